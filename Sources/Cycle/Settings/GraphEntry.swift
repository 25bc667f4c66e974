package import PromQL
package import Remediation

/// One entry of `graphs`: a selector and the policy of the selected graphs.
package struct GraphEntry: Sendable {
    /// As orders name it, if the configuration does; unique. See `CycleSettings.entryName`.
    package var name: String?
    package var match: GraphMatch
    package var policy: Policy

    package init(name: String? = nil, match: GraphMatch, policy: Policy) {
        self.name = name
        self.match = match
        self.policy = policy
    }
}

/// Selects graphs; all conditions must hold. Patterns are RE2 and fully anchored, as in Prometheus'
/// configuration.
package struct GraphMatch: Hashable, Sendable {
    package var id: LabelValuePattern?
    package var name: LabelValuePattern?
    package var tags: [String: LabelValuePattern] = [:]

    package init() {}

    package var isEmpty: Bool { id == nil && name == nil && tags.isEmpty }

    package func matches(_ graph: ListedGraph) -> Bool {
        // An entry without conditions matches nothing: a selector for all graphs must be explicit.
        guard !isEmpty else { return false }
        return (id?.matches(graph.id) ?? true)
            && (name?.matches(graph.name) ?? true)
            && tags.allSatisfy { tag, pattern in
                // As with labels in Prometheus, a missing tag counts as an empty one.
                pattern.matches(graph.tags[tag] ?? "")
            }
    }
}
