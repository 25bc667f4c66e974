package import Time

/// A person's word that nothing is to be restarted for a while. Persistent: an agent that is
/// started again is still paused.
package struct Pause: Hashable, Sendable, Codable {
    package let scope: PauseScope
    package let by: String
    package let reason: String
    package let since: Timestamp
    package let until: Timestamp
    /// How many of `announcements` were made; nil for none.
    var announced: Int?

    package init(scope: PauseScope, by: String, reason: String, since: Timestamp, until: Timestamp)
    {
        self.scope = scope
        self.by = by
        self.reason = reason
        self.since = since
        self.until = until
    }

    /// A pause that nobody ends would turn the agent off without anybody noticing.
    package static let longest: Duration = .seconds(14 * 86_400)
    /// How long before its end people are told of it.
    static let announcements: [Duration] = [.seconds(3600), .seconds(600)]
    /// More than people can keep track of.
    static let most = 1_000
}

package enum PauseScope: Hashable, Sendable, Codable {
    case fleet
    /// An entry of `graphs` in the configuration, by its name.
    case entry(String)
    case graph(GraphID)
}

extension PauseScope {
    /// nil for more than one graph.
    package var graphID: GraphID? {
        if case .graph(let id) = self { id } else { nil }
    }

    /// A word from a fixed set, for metrics and the API.
    package var label: String {
        switch self {
        case .fleet: "fleet"
        case .entry: "entry"
        case .graph: "graph"
        }
    }

    package static let labels = ["entry", "fleet", "graph"]

    /// Sorts the fleet first, then entries and then graphs, by name and id.
    private var key: (Int, String) {
        switch self {
        case .fleet: (0, "")
        case .entry(let name): (1, name)
        case .graph(let id): (2, id.rawValue)
        }
    }

    static func < (lhs: PauseScope, rhs: PauseScope) -> Bool { lhs.key < rhs.key }
}

extension PauseScope: CustomStringConvertible {
    package var description: String {
        switch self {
        case .fleet: "the whole fleet"
        case .entry(let name): "entry \"\(name)\""
        case .graph(let id): "graph \(id)"
        }
    }
}

extension Pause: CustomStringConvertible {
    package var description: String {
        let what =
            switch scope {
            case .graph: "this graph"
            case .entry, .fleet: "\(scope)"
            }
        return "\(what) is paused until \(until) by \(by): \(reason)"
    }
}
