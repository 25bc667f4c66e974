import Synchronization

/// Limits the number of concurrent queries. Further queries wait in order of arrival. The number of
/// waiting queries is limited as well, because each of them occupies a connection of the listener.
final class QueryGate: Sendable {
    private struct State {
        var free: Int
        var waiting: [AsyncEvent] = []
    }

    /// The result of `enter`. After `.admitted` the caller must call `leave`.
    enum Entry: Sendable {
        case admitted
        /// The task was cancelled while it waited.
        case cancelled
        /// Too many queries are waiting.
        case rejected
    }

    static let maximumWaiting = 32

    private let places: Int
    private let state: Mutex<State>

    /// How many queries are admitted and how many wait now.
    var use: (admitted: Int, waiting: Int) {
        state.withLock { (places - $0.free, $0.waiting.count) }
    }

    init(places: Int) {
        self.places = places
        state = Mutex(State(free: places))
    }

    func enter() async -> Entry {
        let turn = AsyncEvent()
        let entry = state.withLock { state -> Entry? in
            if state.free > 0 {
                state.free -= 1
                return .admitted
            }
            guard state.waiting.count < Self.maximumWaiting else { return .rejected }
            state.waiting.append(turn)
            return nil
        }
        if let entry { return entry }
        await turn.wait()
        // A query that is no longer in the list was admitted by `leave`, even if its task has been
        // cancelled since.
        return state.withLock { state in
            guard let place = state.waiting.firstIndex(where: { $0 === turn }) else {
                return .admitted
            }
            state.waiting.remove(at: place)
            return .cancelled
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
