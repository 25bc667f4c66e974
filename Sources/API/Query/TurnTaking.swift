import Dispatch
import Synchronization

/// Lets at most a number of threads compute at once, and shares that in turns: whoever computes for
/// longer than a slice while others wait goes to the end of the line. So queries never use all
/// cores, and a short query does not wait for a long one to end.
final class TurnTaking: Sendable {
    private struct State {
        var free: Int
        /// First come, first served: a semaphore alone would let the one who yields in again.
        var waiting: [DispatchSemaphore] = []
    }

    private let state: Mutex<State>

    init(places: Int) {
        state = Mutex(State(free: places))
    }

    /// Waits for a turn. Blocks the thread.
    func begin() {
        let turn = state.withLock { state -> DispatchSemaphore? in
            guard state.free == 0 else {
                state.free -= 1
                return nil
            }
            let turn = DispatchSemaphore(value: 0)
            state.waiting.append(turn)
            return turn
        }
        turn?.wait()
    }

    func end() {
        let next = state.withLock { state -> DispatchSemaphore? in
            guard !state.waiting.isEmpty else {
                state.free += 1
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.signal()
    }

    /// Runs short work in a turn of its own. Blocks the thread until it has one.
    func turn<Value, Failure: Error>(
        _ work: () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        begin()
        defer { end() }
        return try work()
    }

    var isAwaited: Bool { state.withLock { !$0.waiting.isEmpty } }
}

/// The turns of one query.
final class QueryTurns: Sendable {
    /// How long one query computes before it lets others.
    private static let slice = Duration.milliseconds(20)

    private let taking: TurnTaking
    private let elapsed: @Sendable () -> Duration
    private let began: Mutex<Duration>

    /// Waits for the first turn. `end` must be called.
    init(_ taking: TurnTaking, elapsed: @escaping @Sendable () -> Duration) {
        taking.begin()
        self.taking = taking
        self.elapsed = elapsed
        began = Mutex(elapsed())
    }

    func end() {
        taking.end()
    }

    /// Ends the turn and waits for the next one if its slice is over and somebody waits.
    func yield() {
        guard taking.isAwaited, elapsed() - began.withLock({ $0 }) >= Self.slice else { return }
        taking.end()
        taking.begin()
        began.withLock { $0 = elapsed() }
    }
}
