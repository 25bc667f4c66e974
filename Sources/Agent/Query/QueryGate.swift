import Synchronization

/// Lets so many in at a time; the others wait in the order in which they came.
final class QueryGate: Sendable {
    private struct State {
        var free: Int
        var waiting: [Latch] = []
    }

    private let state: Mutex<State>

    init(places: Int) {
        state = Mutex(State(free: places))
    }

    /// Returns whether a place was got before the task was cancelled; it must then be left again.
    func enter() async -> Bool {
        let turn = Latch()
        let isIn = state.withLock { state in
            guard state.free > 0 else {
                state.waiting.append(turn)
                return false
            }
            state.free -= 1
            return true
        }
        if isIn { return true }
        await turn.wait()
        // Who is no longer among the waiting was given a place, even if it no longer wants it.
        return state.withLock { state in
            guard let place = state.waiting.firstIndex(where: { $0 === turn }) else { return true }
            state.waiting.remove(at: place)
            return false
        }
    }

    func leave() {
        let next = state.withLock { state -> Latch? in
            guard !state.waiting.isEmpty else {
                state.free += 1
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.set()
    }
}
