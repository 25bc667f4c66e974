package import Remediation
package import Time
package import URI

/// Which incidents the list shows. It lives in the URL, so a view can be shared.
package struct IncidentListFilter: Sendable, Hashable {
    var graphID = ""
    var outcome = ""
    var since = MomentFilter()
    var until = MomentFilter()
    /// `only` or `no`; anything else shows both.
    var shadow = ""
    /// The id of the last incident of the part before.
    var after = ""

    package static let rows = 50

    package init(_ query: [FormEncoding.Item] = []) {
        graphID = query.value("graph_id")
        outcome = query.value("outcome")
        since = MomentFilter(query.value("since"))
        until = MomentFilter(query.value("until"))
        shadow = query.value("shadow")
        after = query.value("after")
    }

    /// The query of this view; empty for the default one.
    var query: String {
        [
            FormEncoding.Item("graph_id", graphID), FormEncoding.Item("outcome", outcome),
            FormEncoding.Item("since", since.text), FormEncoding.Item("until", until.text),
            FormEncoding.Item("shadow", shadow), FormEncoding.Item("after", after),
        ].query
    }

    var isFiltering: Bool {
        !graphID.isEmpty || !outcome.isEmpty || !since.isEmpty || !until.isEmpty || !shadow.isEmpty
    }

    func after(_ id: String) -> IncidentListFilter {
        var changed = self
        changed.after = id
        return changed
    }

    /// What the source of the incidents is asked for. An outcome that does not exist is left out; see
    /// `problems`. The source knows nothing of `shadow`; see `shows`.
    package func request(at now: Timestamp) -> IncidentFilter {
        var filter = IncidentFilter()
        filter.graphID = graphID.isEmpty ? nil : GraphID(graphID)
        filter.outcome = IncidentRecord.outcomes.first { $0 == outcome }
        filter.since = since.moment(now)
        filter.until = until.moment(now)
        filter.after = after.isEmpty ? nil : after
        return filter
    }

    /// Whether the source can filter by itself.
    package var isWhole: Bool { shadow != "only" && shadow != "no" }

    package func shows(_ record: IncidentRecord) -> Bool {
        isWhole || record.isShadow == (shadow == "only")
    }

    var problems: [String] {
        let unknown =
            !outcome.isEmpty && !IncidentRecord.outcomes.contains(outcome)
            ? "Outcome: unknown outcome “\(outcome)”." : nil
        return [unknown, since.problem("Since"), until.problem("Until")].compactMap(\.self)
    }
}
