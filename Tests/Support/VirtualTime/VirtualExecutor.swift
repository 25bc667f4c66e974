import Glibc
import Synchronization

/// Queues jobs, and runs them in their order on the thread that asks for it.
final class VirtualExecutor: TaskExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        /// The one thread whose jobs have a place in the order.
        var thread: pthread_t?
        var foreignJobs = 0
        var jobCount = 0
    }

    private let state = Mutex(State())

    /// More than a moment of any simulation needs; run within a second or two.
    private static let jobsPerMomentMaximum = 2_000_000

    /// Jobs that came from other threads.
    var foreignJobs: Int { state.withLock { $0.foreignJobs } }
    var jobCount: Int { state.withLock { $0.jobCount } }
    /// Jobs that were enqueued by those that run now, or before them, and have not begun.
    var queuedJobCount: Int { state.withLock { $0.jobs.count } }

    func adoptThread() {
        state.withLock { $0.thread = pthread_self() }
    }

    func releaseThread() {
        state.withLock { $0.thread = nil }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let thread = pthread_self()
        state.withLock { state in
            if state.thread != thread { state.foreignJobs += 1 }
            state.jobs.append(job)
        }
    }

    func runUntilIdle() throws(VirtualTimeError.Cause) {
        let executor = unsafe asUnownedTaskExecutor()
        // Two buffers in turn: jobs that are enqueued meanwhile come after all of these.
        var batch: [UnownedJob] = []
        var runs = 0
        while true {
            batch.removeAll(keepingCapacity: true)
            state.withLock { state in
                swap(&state.jobs, &batch)
                state.jobCount += batch.count
            }
            guard !batch.isEmpty else { return }
            for job in batch { unsafe job.runSynchronously(on: executor) }
            runs += batch.count
            guard runs <= Self.jobsPerMomentMaximum else { throw .livelock(jobs: runs) }
        }
    }
}
