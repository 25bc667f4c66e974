import Time

/// What the next rung of the ladder would do to a graph.
package enum Remedy: Hashable, Sendable {
    case cancel(CancellableTask)
    case restart
    case stopAndStart

    /// The first action of the rung.
    package var action: GraphAction {
        switch self {
        case .cancel: .cancel
        case .restart: .restart
        case .stopAndStart: .stop
        }
    }

    package var rung: Rung { action.rung }

    /// What a person approves: a rung and, of a cancel, its task. nil for a restart, as in ledgers
    /// that know nothing else.
    var approvalKey: String? {
        switch self {
        case .cancel(let task): "cancel/\(task.id)"
        case .restart: nil
        case .stopAndStart: Rung.stopAndStart.rawValue
        }
    }
}

extension Remedy: CustomStringConvertible {
    /// What is asked for, as in "a person must approve it: cancel ...".
    package var description: String {
        switch self {
        case .cancel(let task): "cancel \(task)"
        case .restart: "restart"
        case .stopAndStart: "stop and start"
        }
    }
}
