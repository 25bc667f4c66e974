import Glibc
import Synchronization

/// Queues jobs, and runs them in order on the thread that calls it.
final class VirtualExecutor: TaskExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        /// The only thread that may enqueue jobs deterministically.
        var thread: pthread_t?
        var foreignJobs = 0
        var jobCount = 0
    }

    private let state = Mutex(State())

    /// More than any simulation needs at one moment, yet run within a second or two.
    private static let jobsPerMomentMaximum = 2_000_000

    /// Jobs enqueued by other threads.
    var foreignJobs: Int { state.withLock { $0.foreignJobs } }
    var jobCount: Int { state.withLock { $0.jobCount } }
    /// Jobs that were enqueued and have not started.
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
        // Two alternating buffers: jobs enqueued meanwhile run after all of these.
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
