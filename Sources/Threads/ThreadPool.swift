// Threads is for work that must not occupy the threads of Swift's concurrency pool. That pool has
// one thread for each core and serves the cycle, so a task that computes for long or waits in the
// kernel would delay the polls and the watchdog.

import Dispatch
import Glibc
import Synchronization

/// A task executor with threads of its own. A task started with it as its preference, and the
/// children of that task, run on these threads wherever no actor demands another.
///
/// The threads end once the pool is released. A task does not retain its executor: keep the pool
/// until the last task on it has ended.
package final class ThreadPool: TaskExecutor {
    private let queue: JobQueue

    /// The number of threads.
    package let count: Int

    /// - Parameters:
    ///   - name: shown by `top -H`; the kernel keeps 15 bytes.
    ///   - count: the number of threads, at least 1.
    ///   - niceness: how far the threads give way to the others of this process when all cores are
    ///     busy, from 0 to 19, as in nice(1).
    package init(name: String, count: Int, niceness: Int32 = 0) {
        self.count = max(1, count)
        queue = JobQueue()
        for _ in 0..<self.count {
            WorkerThread.start(name: name, niceness: niceness) { [queue] in
                while let job = queue.next() { job() }
            }
        }
    }

    deinit {
        queue.end(threads: count)
    }

    /// One thread less than the machine has cores, and at least one: work on so many threads leaves
    /// a core to everything else.
    package static let spareCores = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)) - 1)

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = unsafe asUnownedTaskExecutor()
        queue.put { unsafe job.runSynchronously(on: executor) }
    }

    /// Runs work on one of the threads, after everything that was passed before.
    package func submit(_ work: @escaping @Sendable () -> Void) {
        queue.put(work)
    }

    /// Runs blocking work on one of the threads, after everything that was passed before.
    package func run<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            queue.put { continuation.resume(returning: work()) }
        }
    }
}

/// A first-in, first-out queue that threads wait for.
private final class JobQueue: Sendable {
    private struct State {
        /// Jobs in reverse order of arrival, ready to be popped.
        var ready: [@Sendable () -> Void] = []
        var arrived: [@Sendable () -> Void] = []
    }

    private let state = Mutex(State())
    /// Counts the queued jobs, and at the end one more for each thread.
    private let available = DispatchSemaphore(value: 0)

    func put(_ job: @escaping @Sendable () -> Void) {
        state.withLock { $0.arrived.append(job) }
        available.signal()
    }

    /// Waits for a job; nil once the queue has ended and is empty.
    func next() -> (@Sendable () -> Void)? {
        available.wait()
        return state.withLock { state in
            if state.ready.isEmpty {
                state.ready = state.arrived.reversed()
                state.arrived = []
            }
            return state.ready.popLast()
        }
    }

    func end(threads: Int) {
        for _ in 0..<threads { available.signal() }
    }
}
