package import Time

/// A person's word that nothing is to be restarted for a while. Persistent: an agent that is
/// started again is still paused.
package struct Pause: Hashable, Sendable, Codable {
    package let scope: PauseScope
    package let by: String
    package let reason: String
    package private(set) var since: Timestamp
    package private(set) var until: Timestamp
    /// How many of `announcements` were made; nil for none.
    var announced: Int?
    /// For how many whole days people were reminded of it; nil for none.
    var remindedDays: Int?
    /// When it ended; nil while it is in force. A pause that ended is kept for as long as what it
    /// covered may have to be observed afresh, also by an agent that is started meanwhile.
    private(set) var endedAt: Timestamp?

    package init(scope: PauseScope, by: String, reason: String, since: Timestamp, until: Timestamp)
    {
        self.scope = scope
        self.by = by
        self.reason = reason
        self.since = since
        self.until = until
    }

    /// `until` is the end as well: a version that knows no `endedAt` takes the pause for one that
    /// has just expired.
    func ended(at instant: Timestamp) -> Pause {
        var ended = self
        ended.until = min(until, instant)
        ended.endedAt = instant
        return ended
    }

    func shifted(by jump: Duration) -> Pause {
        var shifted = self
        shifted.since = since + jump
        shifted.until = until + jump
        shifted.endedAt = endedAt.map { $0 + jump }
        return shifted
    }

    /// For how many whole days it has been in force.
    package func days(at instant: Timestamp) -> Int {
        Int((instant - since) / Pause.reminderInterval)
    }

    /// How often people are reminded of a pause: one that was forgotten leaves graphs unattended.
    package static let reminderInterval: Duration = .seconds(86_400)
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
