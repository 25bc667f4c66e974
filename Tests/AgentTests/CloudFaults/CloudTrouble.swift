import GESSimulator
import Testing

/// A row of the table.
struct CloudTrouble: Sendable, CustomTestStringConvertible {
    let name: String
    var fault: Fault?
    var carriedOut = false
    var outage: Outage?
    var certificate: CertificateKind?

    var testDescription: String { name }

    /// Whether only a timeout ends the request.
    var takesForever: Bool {
        switch fault {
        case .late, .hang, .drip: true
        default: outage?.manner == .hang
        }
    }

    init(_ name: String, _ fault: Fault, carriedOut: Bool = false) {
        self.name = name
        self.fault = fault
        self.carriedOut = carriedOut
    }

    init(_ name: String, _ outage: Outage) {
        self.name = name
        self.outage = outage
    }

    init(_ name: String, _ certificate: CertificateKind) {
        self.name = name
        self.certificate = certificate
    }

    private static func error(_ status: Int, _ code: String) -> Fault {
        .error(ServiceError(status: status, code: code, message: "no"))
    }

    static let all = [
        CloudTrouble("late answer", .late(.seconds(600))),
        CloudTrouble("no answer", .hang),
        CloudTrouble("connection dropped", .drop),
        CloudTrouble("done, then dropped", .drop, carriedOut: true),
        CloudTrouble("answer cut off", .cut(afterBytes: 10)),
        CloudTrouble("slow drip", .drip(bytesPerSecond: 1)),
        CloudTrouble("400", error(400, "GES.7016")),
        CloudTrouble("401", error(401, "APIGW.0301")),
        CloudTrouble("403", error(403, "APIGW.0306")),
        CloudTrouble("404", error(404, "GES.7000")),
        CloudTrouble("408", error(408, "APIGW.0201")),
        CloudTrouble("429", .throttled(nil)),
        CloudTrouble("429, seconds", .throttled(.seconds(7))),
        CloudTrouble("429, date", .throttled(.date(after: .seconds(7)))),
        CloudTrouble("500", error(500, "GES.7006")),
        CloudTrouble("502 HTML", .html(status: 502)),
        CloudTrouble("503 empty", .emptyBody(status: 503)),
        CloudTrouble("504", error(504, "APIGW.0201")),
        CloudTrouble("token revoked", .tokensRevoked),
        CloudTrouble("redirect", .redirect(to: "http://127.0.0.1:1/elsewhere")),
        CloudTrouble("200 HTML", .html(status: 200)),
        CloudTrouble("200 empty", .emptyBody(status: 200)),
        CloudTrouble("200 garbage", .garbage(status: 200)),
        CloudTrouble(
            "200 with error code",
            .errorInSuccess(ServiceError(status: 200, code: "GES.7016", message: "no"))
        ),
        CloudTrouble("truncated JSON", .truncated),
        CloudTrouble("empty object", .emptyObject),
        CloudTrouble("wrong types", .wrongTypes),
        CloudTrouble("loose types", .looseTypes),
        CloudTrouble("nulls", .nulls),
        CloudTrouble("huge body", .padded(bytes: 17 << 20)),
        CloudTrouble("gzip bomb", .gzipBomb(bytes: 20 << 20)),
        CloudTrouble("page shifted", .shiftedPage(by: 2)),
        CloudTrouble("total too high", .wrongTotal(99)),
        CloudTrouble("total too low", .wrongTotal(2)),
        CloudTrouble("wrong clock", .wrongClock(by: .seconds(3_600))),
        CloudTrouble("cloud silent", Outage(.hang)),
        CloudTrouble("cloud refuses", Outage(.refuse)),
        CloudTrouble("cloud answers 503", Outage(.unavailable)),
        CloudTrouble("certificate expired", .expired),
        CloudTrouble("of another host", .otherHost),
        CloudTrouble("of another authority", .otherAuthority),
    ]
}
