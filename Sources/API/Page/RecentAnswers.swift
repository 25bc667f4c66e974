import Remediation
import Synchronization

/// The answers to the newest orders that were given on pages, until the published status has them.
final class RecentAnswers: Sendable {
    private struct State {
        var answers: [String: OrderAnswer] = [:]
        var order: [String] = []
    }

    private static let capacity = 64

    private let state = Mutex(State())

    subscript(id: String) -> OrderAnswer? { state.withLock { $0.answers[id] } }

    func remember(_ answer: OrderAnswer, of id: String) {
        state.withLock { state in
            if state.answers.updateValue(answer, forKey: id) == nil { state.order.append(id) }
            guard state.order.count > Self.capacity else { return }
            state.answers[state.order.removeFirst()] = nil
        }
    }
}
