import GESSimulator

extension Fault {
    /// One fault of every kind, in a chain that the compiler keeps complete: a new kind has no
    /// successor until it is added. Faults that make credentials look refused come last, because
    /// the agent then stops using these credentials.
    static var oneOfEachKind: [Fault] {
        var faults = [Fault.late(.milliseconds(300))]
        while let next = faults.last?.next { faults.append(next) }
        return faults
    }

    private static let refusal = ServiceError(
        status: 500,
        code: "GES.7006",
        message: "An internal error occurs."
    )

    private var next: Fault? {
        switch self {
        case .late: .hang
        case .hang: .drop
        case .drop: .cut(afterBytes: 20)
        case .cut: .drip(bytesPerSecond: 50)
        case .drip: .delayed(by: .milliseconds(300))
        case .delayed: .error(Self.refusal)
        case .error: .throttled(nil)
        case .throttled: .html(status: 502)
        case .html: .emptyBody(status: 503)
        case .emptyBody: .garbage(status: 200)
        case .garbage: .redirect(to: "http://127.0.0.1:1/")
        case .redirect: .errorInSuccess(Self.refusal)
        case .errorInSuccess: .emptyObject
        case .emptyObject: .truncated
        case .truncated: .looseTypes
        case .looseTypes: .wrongTypes
        case .wrongTypes: .nulls
        case .nulls: .padded(bytes: 1 << 20)
        case .padded: .gzipBomb(bytes: 32 << 20)
        case .gzipBomb: .shiftedPage(by: 1)
        case .shiftedPage: .wrongTotal(3)
        case .wrongTotal: .list(.empty)
        case .list: .metrics(.partial(entries: 1))
        case .metrics: .restart(.jobLost)
        case .restart: .tokenDiesAfter(.milliseconds(10))
        case .tokenDiesAfter: .tokensRevoked
        case .tokensRevoked: .quoting(status: 500)
        case .quoting(status: 500): .quoting(status: 200)
        case .quoting(status: 200): .quoting(status: 400)
        case .quoting(status: 400): .wrongClock(by: .seconds(3600))
        case .wrongClock: .quoting(status: 401)
        case .quoting: nil
        }
    }
}
