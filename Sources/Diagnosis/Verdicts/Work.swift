package import Time

/// The work that explains why a graph does not answer.
package enum Work: Hashable, Sendable {
    /// A management job runs.
    case job(String, since: Timestamp?)
    case jobAdvanced(at: Timestamp)
    /// A management job has just ended. A graph starts its engine after some of them.
    case jobEnded(at: Timestamp)
    case tasks(advancedAt: Timestamp)
    case queries(advancedAt: Timestamp)
    /// The operation that the status shows. Nothing says that it stands still for too long.
    case operation(HangClass)
}

extension Work: CustomStringConvertible {
    package var description: String {
        switch self {
        case .job(let name, let since):
            "management job \(name)" + (since.map { " since \($0)" } ?? "")
        case .jobAdvanced(let at): "a management job that advanced at \(at)"
        case .jobEnded(let at): "a management job that ended at \(at)"
        case .tasks(let at): "a task that advanced at \(at)"
        case .queries(let at): "queries that advanced at \(at)"
        case .operation(let hangClass): hangClass.rawValue
        }
    }
}
