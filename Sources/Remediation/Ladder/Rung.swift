/// A step of a ladder: what is tried on a graph that hangs, from the mildest to the strongest. A
/// person comes after the last one.
///
/// The raw values are keys of the configuration and metric labels.
package enum Rung: String, Hashable, Sendable, Codable, CaseIterable {
    /// Cancels the one oldest task that is over its limit.
    case cancel
    case restart
    /// Stops the graph and, once it is stopped, starts it with its current data.
    case stopAndStart = "stop_and_start"
}

extension Rung: Comparable {
    package static func < (lhs: Rung, rhs: Rung) -> Bool { lhs.position < rhs.position }

    private var position: Int {
        switch self {
        case .cancel: 0
        case .restart: 1
        case .stopAndStart: 2
        }
    }
}
