package import Time

/// A job of the management plane. Like a graph's status, its status is a function of time.
package struct SimulatedJob: Hashable, Sendable {
    package enum Outcome: Hashable, Sendable {
        case success
        case failed(reason: String)
    }

    package enum Status: String, Sendable {
        case pending, running, success, failed
    }

    package let id: String
    package let graphID: String
    /// The `related_graph` of the answer: the graph's name.
    package let graphName: String
    package let name: String
    package let begin: Timestamp
    /// When it leaves the queue; not before `begin`.
    package internal(set) var runs: Timestamp
    /// nil if it runs until something ends it.
    package internal(set) var end: Timestamp?
    package internal(set) var outcome: Outcome
    /// The service reports that the job does not exist, and does not list it.
    package internal(set) var isLost = false

    package func status(at instant: Timestamp) -> Status {
        if let end, instant >= end {
            return outcome == .success ? .success : .failed
        }
        return instant < runs ? .pending : .running
    }

    func isOpen(at instant: Timestamp) -> Bool {
        end.map { instant < $0 } ?? true
    }

    mutating func fail(at instant: Timestamp, reason: String) {
        guard isOpen(at: instant) else { return }
        end = instant
        outcome = .failed(reason: reason)
    }
}
