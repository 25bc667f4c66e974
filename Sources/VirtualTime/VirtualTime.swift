import Synchronization

/// A thread and two clocks for a simulated program: everything that the body of `run` starts with
/// structured concurrency runs on the calling thread, one job after another, and time advances only
/// when all of it waits.
///
/// `run` alternates between two steps until the body has returned: run jobs in the order in which
/// they were enqueued until none is left, then advance time to the earliest deadline and wake its
/// sleeper. So a simulated day takes only as long as its jobs take, and the same body runs in the
/// same order each time.
///
/// Requirements:
/// - Task groups, `async let` and default actors inherit the executor; `Task {}` does not. A job
///   enqueued from another thread makes `run` fail, because its order is not deterministic.
/// - Nothing may block the thread or read the system's clocks.
/// - Code whose effects depend on the iteration order of a `Set` or a `Dictionary` is not
///   deterministic: Swift seeds hashing differently in each process.
package final class VirtualTime: Sendable {
    private struct State {
        /// Time since the start of the simulation; never set back.
        var now: Duration = .zero
        /// Wall clock minus `now`.
        var wallOffset: Duration
        /// `now` at the last boot, minus what the boot clock showed then.
        var bootOffset: Duration
        var boots = 1
        var wallJumps = 0
        var sleepers = SleeperQueue()
    }

    /// What the simulated program did, in order. Everything that belongs to the trace of a run is
    /// recorded here; errors of `run` quote its last lines.
    package let trace = EventTrace()
    private let executor = VirtualExecutor()
    private let state: Mutex<State>

    /// - Parameters:
    ///   - wallMilliseconds: the initial wall clock, since the Unix epoch; 2025-01-02T03:04:05Z by
    ///     default.
    ///   - elapsed: how long ago the simulated host was booted.
    package init(
        wallMilliseconds: Int64 = 1_735_787_045_000,
        elapsed: Duration = .seconds(1000)
    ) {
        state = Mutex(
            State(
                wallOffset: .milliseconds(wallMilliseconds),
                bootOffset: .zero - elapsed
            )
        )
    }

    // MARK: Clocks

    /// Time since the start of the simulation. Neither a jump of the wall clock nor a boot changes
    /// it, so it is the time of the world outside the simulated host.
    package var now: Duration { state.withLock { $0.now } }

    /// Since the last boot.
    package var elapsed: Duration { state.withLock { $0.now - $0.bootOffset } }

    /// Since the Unix epoch, rounded down.
    package var wallMilliseconds: Int64 {
        let (seconds, attoseconds) = state.withLock { $0.now + $0.wallOffset }.components
        let (milliseconds, rest) = attoseconds.quotientAndRemainder(
            dividingBy: 1_000_000_000_000_000
        )
        return seconds * 1000 + milliseconds - (rest < 0 ? 1 : 0)
    }

    /// Changes with each boot.
    package var bootID: String { "boot-\(state.withLock { $0.boots })" }

    /// Sets the wall clock forward, or back if negative. Sleeping tasks are not affected.
    package func moveWall(by jump: Duration) {
        state.withLock { state in
            state.wallOffset += jump
            state.wallJumps += 1
        }
    }

    package func setWall(toMilliseconds milliseconds: Int64) {
        state.withLock { state in
            state.wallOffset = .milliseconds(milliseconds) - state.now
            state.wallJumps += 1
        }
    }

    /// Number of times the wall clock was set.
    package var wallJumps: Int { state.withLock { $0.wallJumps } }

    /// Restarts the boot clock at zero. Deadlines do not change: the test ends the tasks that must
    /// not survive the boot.
    package func reboot() {
        state.withLock { state in
            state.boots += 1
            state.bootOffset = state.now
        }
    }

    /// Returns after `duration`. Sleepers with the same deadline wake in the order in which they
    /// started to sleep. A sleep of zero lets every ready job run.
    ///
    /// Throws if the task is cancelled, without waking any other sleeper.
    package func sleep(for duration: Duration) async throws(CancellationError) {
        let id = state.withLock { $0.sleepers.nextID() }
        let isOver = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isCancelled = state.withLock { state in
                    // A later cancellation finds the sleeper; an earlier one did not.
                    guard !Task.isCancelled else { return true }
                    let deadline = state.now + max(duration, .zero)
                    state.sleepers.insert(id, until: deadline, continuation)
                    return false
                }
                if isCancelled { continuation.resume(returning: false) }
            }
        } onCancel: {
            state.withLock { $0.sleepers.remove(id) }?.resume(returning: false)
        }
        guard isOver else { throw CancellationError() }
    }

    // MARK: Running

    /// Runs `body` to completion on this thread.
    ///
    /// - Parameter limit: how much time may pass.
    /// - Throws: what `body` throws, or a `VirtualTimeError` if it cannot complete: it waits for an
    ///   event that cannot happen, waits beyond the limit, never waits, or has left this thread.
    package func run<Value: Sendable>(
        limit: Duration = .seconds(400 * 86_400),
        _ body: @escaping @Sendable () async throws -> Value
    ) throws -> Value {
        let outcome = Mutex<Result<Value, any Error>?>(nil)
        let end = now + limit
        executor.adoptThread()
        defer { executor.releaseThread() }
        let root = Task(executorPreference: executor) {
            let result: Result<Value, any Error>
            do {
                result = .success(try await body())
            } catch {
                result = .failure(error)
            }
            outcome.withLock { $0 = result }
        }
        do {
            let result = try passTime(until: end) { outcome.withLock { $0 } }
            guard executor.foreignJobs == 0 else {
                throw VirtualTimeError.Cause.leftThread(jobs: executor.foreignJobs)
            }
            return try result.get()
        } catch let cause as VirtualTimeError.Cause {
            let error = VirtualTimeError(cause, at: now, trace: trace.newest(10))
            // Tasks that honour the cancellation release what they hold.
            root.cancel()
            try? executor.runUntilIdle()
            throw error
        }
    }

    /// Runs jobs and advances time until there is a result.
    private func passTime<Result>(
        until end: Duration,
        _ result: () -> Result?
    ) throws(VirtualTimeError.Cause) -> Result {
        while true {
            try executor.runUntilIdle()
            if let result = result() { return result }
            let next = state.withLock { $0.sleepers.first }
            guard let next else { throw .deadlock }
            guard next <= end else {
                throw .limit(sleepers: state.withLock { $0.sleepers.count }, until: next)
            }
            let sleeper = state.withLock { state in
                state.now = next
                return state.sleepers.removeFirst()
            }
            sleeper?.resume(returning: true)
        }
    }

    /// Jobs run so far, which is the same for the same simulation.
    package var jobCount: Int { executor.jobCount }

    /// Jobs queued behind those of this moment: it grows when a task is started, before the task
    /// has done anything.
    package var queuedJobCount: Int { executor.queuedJobCount }
}
