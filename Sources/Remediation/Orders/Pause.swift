package import Time

package struct Pause: Hashable, Sendable, Codable {
    package let scope: PauseScope
    package let by: String
    package let reason: String
    package let since: Timestamp
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
    var graphID: GraphID? {
        if case .graph(let id) = self { id } else { nil }
    }

    /// The whole fleet first, then by graph id.
    var key: String { graphID?.rawValue ?? "" }
}

extension Pause: CustomStringConvertible {
    package var description: String {
        let what = scope == .fleet ? "the whole fleet" : "this graph"
        return "\(what) is paused\(until.map { " until \($0)" } ?? "") by \(by): \(reason)"
    }
}
