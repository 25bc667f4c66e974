import ArgumentParser
import Glibc
import Remediation
import Time
import URI

/// Which lines of the history a command asks for.
struct HistoryFilter: ParsableArguments {
    @Option(name: .customLong("since"), help: "From then on: an age such as 24h, or RFC 3339.")
    var since: MomentArgument?

    @Option(name: .customLong("until"), help: "Before then: an age such as 1h, or RFC 3339.")
    var until: MomentArgument?

    @Option(
        name: .customLong("kind"),
        help: "Only lines of this kind, such as \(AuditEntry.Kind.intended.rawValue)."
    )
    var kind: String?

    @Option(
        name: .customLong("outcome"),
        help: "Only lines of attempts with this outcome, such as verified or not_sent."
    )
    var outcome: String?

    func validate() throws {
        try KnownWords.check("--kind", kind, AuditEntry.Kind.allCases.map(\.rawValue))
        try KnownWords.check("--outcome", outcome, AuditQuery.outcomes)
    }

    /// The path of a page.
    func path(graphID: String?, limit: Int, after: Int64?) -> String {
        let now = Timestamp(milliseconds: Int64(time(nil)) * 1000)
        let items: [(String, String?)] = [
            ("graph_id", graphID), ("since", since?.moment(at: now).rfc3339),
            ("until", until?.moment(at: now).rfc3339), ("kind", kind), ("outcome", outcome),
            ("limit", "\(limit)"), ("after", after.map { "\($0)" }),
        ]
        let query = items.compactMap { name, value in
            value.map { "\(name)=\(PercentEncoding.encode($0))" }
        }
        return "/api/v1/history?" + query.joined(separator: "&")
    }
}

/// A moment, or how long ago it was.
enum MomentArgument: ExpressibleByArgument {
    case age(Duration)
    case moment(Timestamp)

    init?(argument: String) {
        if let age = try? PrometheusDuration.parse(argument) {
            self = .age(age)
        } else if let moment = Timestamp(rfc3339: argument) {
            self = .moment(moment)
        } else {
            return nil
        }
    }

    func moment(at now: Timestamp) -> Timestamp {
        switch self {
        case .age(let age): now - age
        case .moment(let moment): moment
        }
    }
}
