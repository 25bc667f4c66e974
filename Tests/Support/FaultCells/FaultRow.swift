package import GESSimulator

/// A row of the matrix: one misbehaviour of the cloud or the network.
package struct FaultRow: Sendable {
    package enum Kind: Sendable {
        /// Applies to the requests of the moment's operations.
        case fault(Fault, carriedOut: Bool, count: Int?)
        /// Applies to the whole cloud.
        case outage(Outage)
        /// New connections are shown this certificate, and every connection is new.
        case certificate(CertificateKind)
    }

    package let name: String
    package let kind: Kind
    package let moments: [Moment]

    init(
        _ name: String,
        _ fault: Fault,
        carriedOut: Bool = false,
        count: Int? = nil,
        at moments: [Moment] = Moment.allCases
    ) {
        self.name = name
        self.moments = moments
        kind = .fault(fault, carriedOut: carriedOut, count: count)
    }

    init(_ name: String, _ outage: Outage) {
        self.name = name
        moments = Moment.allCases
        kind = .outage(outage)
    }

    init(_ name: String, _ certificate: CertificateKind) {
        self.name = name
        moments = Moment.allCases
        kind = .certificate(certificate)
    }

    package var needsTLS: Bool {
        if case .certificate = kind { true } else { false }
    }

    /// How long the service asks the agent to wait, which may exceed the fault's duration.
    package var askedPause: Duration {
        switch kind {
        case .fault(.throttled(.seconds(let seconds)), _, _): .seconds(seconds)
        case .fault(.throttled(.date(let delay)), _, _): delay + .seconds(1)
        default: .zero
        }
    }

    /// The row for an agent with production intervals and timeouts: the matrix's real processes
    /// sample 120 times as often, with a tenth of the timeouts.
    package var inProductionTime: FaultRow {
        guard case .fault(let fault, let carriedOut, let count) = kind else { return self }
        let scaled: Fault =
            switch fault {
            case .late(let delay): .late(delay * 10)
            case .throttled(.seconds(let seconds)): .throttled(.seconds(seconds * 120))
            case .throttled(.date(let delay)): .throttled(.date(after: delay * 120))
            default: fault
            }
        return FaultRow(name, scaled, carriedOut: carriedOut, count: count, at: moments)
    }

    package static let all = travel + refusals + nonsense + lies + courses + wholeCloud

    private static let travel = [
        FaultRow("late answer", .late(.milliseconds(1_500))),
        FaultRow("no answer", .hang),
        FaultRow("done, no answer", .hang, carriedOut: true),
        FaultRow("connection dropped", .drop),
        FaultRow("done, then dropped", .drop, carriedOut: true),
        FaultRow("answer cut off", .cut(afterBytes: 10)),
        FaultRow("slow drip", .drip(bytesPerSecond: 10)),
    ]

    private static let refusals = [
        FaultRow("401", error(401, "APIGW.0301", "Incorrect IAM authentication information")),
        FaultRow("403", error(403, "APIGW.0306", "The access is denied")),
        FaultRow("408", error(408, "APIGW.0201", "Request timeout")),
        FaultRow("429", .throttled(nil)),
        FaultRow("429, seconds", .throttled(.seconds(2))),
        FaultRow("429, date", .throttled(.date(after: .seconds(2)))),
        FaultRow("500", error(500, "GES.7006", "An internal error occurs")),
        FaultRow("502 HTML", .html(status: 502)),
        FaultRow("503 empty", .emptyBody(status: 503)),
        FaultRow("504", error(504, "APIGW.0201", "Backend timeout")),
        FaultRow("token revoked", .tokensRevoked, count: 1),
        FaultRow("redirect", .redirect(to: "http://127.0.0.1:1/elsewhere")),
    ]

    private static func error(_ status: Int, _ code: String, _ message: String) -> Fault {
        .error(ServiceError(status: status, code: code, message: message))
    }

    private static let nonsense = [
        FaultRow("200 HTML", .html(status: 200)),
        FaultRow("200 empty", .emptyBody(status: 200)),
        FaultRow("200 garbage", .garbage(status: 200)),
        FaultRow("200 with error code", errorInSuccess),
        FaultRow("truncated JSON", .truncated),
        FaultRow("empty object", .emptyObject),
        FaultRow("wrong types", .wrongTypes),
        FaultRow("loose types", .looseTypes),
        FaultRow("nulls", .nulls),
        FaultRow("huge body", .padded(bytes: 17 << 20)),
        FaultRow("gzip bomb", .gzipBomb(bytes: 20 << 20)),
    ]

    private static let errorInSuccess = Fault.errorInSuccess(
        ServiceError(status: 200, code: "GES.7006", message: "An internal error occurs")
    )

    private static let lies = [
        FaultRow("page shifted", .shiftedPage(by: 2), at: [.listing, .job]),
        FaultRow("total too high", .wrongTotal(99), at: [.listing, .job]),
        FaultRow("total of none", .wrongTotal(0), at: [.listing, .job]),
        FaultRow("wrong clock", .wrongClock(by: .seconds(3_600))),
    ]

    private static let courses = [
        FaultRow("job fails", course(.jobFails(reason: "no resources")), at: [.restart]),
        FaultRow("ends in 300", course(.endsIn("300", reason: "no start")), at: [.restart]),
        FaultRow("stays in 901", course(.staysIn("901")), at: [.restart]),
        FaultRow("job lost", course(.jobLost), at: [.restart]),
        FaultRow("nothing happens", course(.ignored), at: [.restart]),
    ]

    private static func course(_ course: RestartCourse) -> Fault { .restart(course) }

    private static let wholeCloud = [
        FaultRow("cloud silent", Outage(.hang)),
        FaultRow("cloud refuses", Outage(.refuse)),
        FaultRow("cloud answers 503", Outage(.unavailable)),
        FaultRow("certificate expired", .expired),
        FaultRow("of another host", .otherHost),
        FaultRow("of another authority", .otherAuthority),
    ]
}
