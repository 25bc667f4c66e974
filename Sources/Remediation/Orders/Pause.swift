package import Time

/// A person's word that nothing is to be restarted for a while. Persistent: an agent that is
/// started again is still paused.
package struct Pause: Hashable, Sendable, Codable {
    package let scope: PauseScope
    package let by: String
    package let reason: String
    package let since: Timestamp
    /// nil for a pause that only an order ends.
    package let until: Timestamp?

    package init(scope: PauseScope, by: String, reason: String, since: Timestamp, until: Timestamp?)
    {
        self.scope = scope
        self.by = by
        self.reason = reason
        self.since = since
        self.until = until
    }
}

package enum PauseScope: Hashable, Sendable, Codable {
    case fleet
    case graph(GraphID)
}

extension PauseScope {
    /// nil for the whole fleet.
    var graphID: GraphID? {
        if case .graph(let id) = self { id } else { nil }
    }

    /// Sorts the fleet first, then by graph id.
    var key: String { graphID?.rawValue ?? "" }
}

extension Pause: CustomStringConvertible {
    package var description: String {
        let what = scope == .fleet ? "the whole fleet" : "this graph"
        return "\(what) is paused\(until.map { " until \($0)" } ?? "") by \(by): \(reason)"
    }
}
