import Synchronization
import Threads

/// Checks passwords with bcrypt, one at a time on a thread of its own, so that an attacker can
/// occupy one core at most, and that only while nothing else wants it.
///
/// Clients take turns: each address has one queue for each known user and one for all unknown
/// names, and the queues are served in rotation. So a client waits for its own guesses, not for
/// those of others. Within a queue the newest is first: a client that shares its address with an
/// attacker gets an answer before its own deadline, and the attacker waits for itself. What was
/// answered meanwhile is not checked again.
final class PasswordQueue: Sendable {
    /// Whose turn it is.
    struct Party: Hashable, Sendable {
        let address: String
        /// nil for every name that is no user.
        let user: String?
    }

    private struct Entry: Sendable {
        let check: PasswordCheck
        /// The client's departure, after which no answer is needed.
        let departure: Completion
        let answer: @Sendable (Bool) -> Void
    }

    private struct State {
        var waiting: [Party: [Entry]] = [:]
        /// Parties with waiting entries, the next one first.
        var turns: [Party] = []
        var count = 0
        var pool: ThreadPool?

        mutating func startedPool() -> ThreadPool {
            let pool = pool ?? ThreadPool(name: "passwords", count: 1, niceness: 10)
            self.pool = pool
            return pool
        }
    }

    let memory: PasswordMemory
    private let maximumWaiting: Int
    private let state = Mutex(State())

    init(memory: PasswordMemory, maximumWaiting: Int) {
        self.memory = memory
        self.maximumWaiting = maximumWaiting
    }

    /// Starts the thread, so that it exists when memory and threads are short.
    func start() {
        state.withLock { _ = $0.startedPool() }
    }

    /// Passwords that wait.
    var count: Int { state.withLock(\.count) }

    /// Calls `answer` later, on another thread. Returns false, and never calls it, if too many
    /// wait.
    func submit(
        _ check: PasswordCheck,
        from address: String,
        departure: Completion,
        answer: @escaping @Sendable (Bool) -> Void
    ) -> Bool {
        let party = Party(address: address, user: check.isKnown ? check.name : nil)
        let entry = Entry(check: check, departure: departure, answer: answer)
        let pool = state.withLock { state -> ThreadPool? in
            guard state.count < maximumWaiting else { return nil }
            state.count += 1
            if state.waiting[party] == nil { state.turns.append(party) }
            state.waiting[party, default: []].append(entry)
            return state.startedPool()
        }
        guard let pool else { return false }
        pool.submit { [self] in answerNext() }
        return true
    }

    private func answerNext() {
        guard let entry = takeNext() else { return }
        guard !entry.departure.isComplete else { return entry.answer(false) }
        if let known = memory.answer(to: entry.check) { return entry.answer(known) }
        let isRight = entry.check.run()
        memory.remember(entry.check, isRight: isRight)
        entry.answer(isRight)
    }

    private func takeNext() -> Entry? {
        state.withLock { state in
            guard !state.turns.isEmpty else { return nil }
            let party = state.turns.removeFirst()
            guard let entry = state.waiting[party]?.popLast() else { return nil }
            if state.waiting[party]?.isEmpty ?? true {
                state.waiting[party] = nil
            } else {
                state.turns.append(party)
            }
            state.count -= 1
            return entry
        }
    }
}
