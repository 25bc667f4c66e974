package import Remediation
package import Time
package import URI

/// Which lines of the audit trail the page shows. It lives in the URL, so a view can be shared.
package struct AuditFilter: Sendable, Hashable {
    var graphID = ""
    var kind = ""
    var outcome = ""
    var since = MomentFilter()
    var until = MomentFilter()
    /// The number of the last line of the part before.
    var after = ""

    package static let rows = 100

    package init(_ query: [FormEncoding.Item] = []) {
        graphID = query.value("graph_id")
        kind = query.value("kind")
        outcome = query.value("outcome")
        since = MomentFilter(query.value("since"))
        until = MomentFilter(query.value("until"))
        after = query.value("after")
    }

    /// The query of this view; empty for the default one.
    var query: String {
        [
            FormEncoding.Item("graph_id", graphID), FormEncoding.Item("kind", kind),
            FormEncoding.Item("outcome", outcome), FormEncoding.Item("since", since.text),
            FormEncoding.Item("until", until.text), FormEncoding.Item("after", after),
        ].query
    }

    var isFiltering: Bool { !after("").query.isEmpty }

    func after(_ sequence: String) -> AuditFilter {
        var changed = self
        changed.after = sequence
        return changed
    }

    /// What the audit trail is asked for. Words that it does not know are left out; see `problems`.
    package func request(at now: Timestamp) -> AuditQuery {
        var query = AuditQuery(limit: Self.rows)
        query.graphID = graphID.isEmpty ? nil : GraphID(graphID)
        query.kind = AuditEntry.Kind(rawValue: kind)
        query.outcome = AuditQuery.outcomes.first { $0 == outcome }
        query.since = since.moment(now)
        query.until = until.moment(now)
        query.before = Int64(after)
        return query
    }

    var problems: [String] {
        var problems = [since.problem("Since"), until.problem("Until")].compactMap(\.self)
        if !kind.isEmpty, AuditEntry.Kind(rawValue: kind) == nil {
            problems.append("Kind: unknown kind “\(kind)”.")
        }
        if !outcome.isEmpty, !AuditQuery.outcomes.contains(outcome) {
            problems.append("Outcome: unknown outcome “\(outcome)”.")
        }
        if !after.isEmpty, Int64(after) == nil {
            problems.append("After: “\(after)” is not a line number.")
        }
        return problems
    }
}
