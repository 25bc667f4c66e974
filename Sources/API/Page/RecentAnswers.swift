import Remediation
import Synchronization

/// The answers to the newest orders that were given on pages, until the published status has them.
final class RecentAnswers: Sendable {
    private struct State {
        var answers: [String: AnsweredOrder] = [:]
        var order: [String] = []
    }

    private static let capacity = 64

    private let state = Mutex(State())

    subscript(id: String) -> AnsweredOrder? { state.withLock { $0.answers[id] } }

    func remember(_ answer: AnsweredOrder) {
        state.withLock { state in
            let isNew = state.answers.updateValue(answer, forKey: answer.id) == nil
            if isNew { state.order.append(answer.id) }
            guard state.order.count > Self.capacity else { return }
            state.answers[state.order.removeFirst()] = nil
        }
    }
}
