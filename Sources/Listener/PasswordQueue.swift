import Synchronization
import Threads

/// Checks passwords with bcrypt, one at a time on a thread of its own, so that an attacker can
/// occupy one core at most, and that only while nothing else wants it. What was answered meanwhile
/// is not checked again. The order is that of `PasswordLine`.
final class PasswordQueue: Sendable {
    enum Answer: Sendable {
        case right
        case wrong
        /// Not checked, because too many wait.
        case dropped
    }

    private struct State {
        var line: PasswordLine
        var isWorking = false
        var pool: ThreadPool?

        mutating func startedPool() -> ThreadPool {
            let pool = pool ?? ThreadPool(name: "passwords", count: 1, niceness: 10)
            self.pool = pool
            return pool
        }
    }

    let memory: PasswordMemory
    private let state: Mutex<State>

    init(memory: PasswordMemory, maximumWaiting: Int, maximumPerNetwork: Int) {
        self.memory = memory
        let line = PasswordLine(maximum: maximumWaiting, maximumPerNetwork: maximumPerNetwork)
        state = Mutex(State(line: line))
    }

    /// Starts the thread, so that it exists when memory and threads are short.
    func start() {
        state.withLock { _ = $0.startedPool() }
    }

    /// Passwords that wait.
    var count: Int { state.withLock(\.line.count) }

    /// Calls `answer` once, later or at once, on any thread, unless the password is withdrawn
    /// before.
    func submit(
        _ check: PasswordCheck,
        from address: String,
        departure: Completion,
        answer: @escaping @Sendable (Answer) -> Void
    ) {
        let entry = PasswordLine.Entry(
            check: check,
            network: ClientNetwork(address),
            departure: departure,
            answer: answer
        )
        let (dropped, pool) = state.withLock { state -> (PasswordLine.Entry?, ThreadPool?) in
            let dropped = state.line.add(entry)
            guard !state.isWorking else { return (dropped, nil) }
            state.isWorking = true
            return (dropped, state.startedPool())
        }
        dropped?.answer(.dropped)
        pool?.submit { [self] in answerAll() }
    }

    /// The client has left: its password waits no longer.
    func withdraw(from address: String, departure: Completion) {
        let network = ClientNetwork(address)
        state.withLock { _ = $0.line.remove(from: network, departure: departure) }
    }

    private func answerAll() {
        while let turn = nextTurn() {
            switch turn {
            case .answer(let entry): entry.answer(isRight(entry) ? .right : .wrong)
            case .refuse(let entry): entry.answer(.wrong)
            case .tryEarly(let entry):
                guard isRight(entry) else { continue }
                // Unless it has been dropped or withdrawn meanwhile.
                let waiting = state.withLock {
                    $0.line.remove(from: entry.network, departure: entry.departure)
                }
                waiting?.answer(.right)
            }
        }
    }

    private func nextTurn() -> PasswordLine.Turn? {
        state.withLock { state in
            let turn = state.line.next()
            state.isWorking = turn != nil
            return turn
        }
    }

    private func isRight(_ entry: PasswordLine.Entry) -> Bool {
        guard !entry.departure.isComplete else { return false }
        if let known = memory.answer(to: entry.check) { return known }
        let isRight = entry.check.run()
        memory.remember(entry.check, isRight: isRight)
        return isRight
    }
}
