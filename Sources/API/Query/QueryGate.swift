import Synchronization

/// Lets so many in at a time; others wait in the order in which they came, but not too many: they
/// take places of the listener, which others need.
final class QueryGate: Sendable {
    private struct State {
        var free: Int
        var waiting: [AsyncEvent] = []
    }

    /// A place that was got must be left again.
    enum Entry: Sendable {
        case isIn
        /// The task was cancelled before its turn came.
        case gaveUp
        /// Too many wait already.
        case turnedAway
    }

    private static let mostWaiting = 32

    private let state: Mutex<State>

    init(places: Int) {
        state = Mutex(State(free: places))
    }

    func enter() async -> Entry {
        let turn = AsyncEvent()
        let entry = state.withLock { state -> Entry? in
            if state.free > 0 {
                state.free -= 1
                return .isIn
            }
            guard state.waiting.count < Self.mostWaiting else { return .turnedAway }
            state.waiting.append(turn)
            return nil
        }
        if let entry { return entry }
        await turn.wait()
        // Who is no longer among the waiting was given a place, even if it no longer wants it.
        return state.withLock { state in
            guard let place = state.waiting.firstIndex(where: { $0 === turn }) else { return .isIn }
            state.waiting.remove(at: place)
            return .gaveUp
        }
    }

    func leave() {
        let next = state.withLock { state -> AsyncEvent? in
            guard !state.waiting.isEmpty else {
                state.free += 1
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.set()
    }
}
