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
        help: "Only attempts or incidents with this outcome, such as verified."
    )
    var outcome: String?

    func validate() throws {
        try KnownWords.check("--kind", kind, AuditEntry.Kind.allCases.map(\.rawValue))
        let outcomes = AuditQuery.outcomes + IncidentRecord.outcomes
        try KnownWords.check("--outcome", outcome, Set(outcomes).sorted())
    }

    /// The path of a page of the audit trail.
    func path(graphID: String?, limit: Int, after: Int64?) -> String {
        path("history", [("kind", kind)], graphID, limit, after.map { "\($0)" })
    }

    /// The path of a page of incidents, which have no kind.
    func incidentPath(graphID: String?, limit: Int, after: String?) -> String {
        path("incidents", [], graphID, limit, after)
    }

    private func path(
        _ name: String,
        _ more: [(String, String?)],
        _ graphID: String?,
        _ limit: Int,
        _ after: String?
    ) -> String {
        let now = Timestamp(milliseconds: Int64(time(nil)) * 1000)
        let items: [(String, String?)] =
            more + [
                ("graph_id", graphID), ("since", since?.moment(at: now).rfc3339),
                ("until", until?.moment(at: now).rfc3339), ("outcome", outcome),
                ("limit", "\(limit)"), ("after", after),
            ]
        let query = items.compactMap { name, value in
            value.map { "\(name)=\(PercentEncoding.encode($0))" }
        }
        return "/api/v1/\(name)?" + query.joined(separator: "&")
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
