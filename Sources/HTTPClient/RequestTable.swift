import Synchronization

/// The requests that have not ended, shared by callers and the libcurl thread.
///
/// Each entry holds the continuation of its caller. Whoever removes an entry resumes the
/// continuation, so it is resumed exactly once. Continuations are resumed outside the lock.
final class RequestTable: Sendable {
    typealias ID = RequestQueue.ID
    typealias Outcome = Result<HTTPResponse, HTTPError>
    typealias Caller = CheckedContinuation<Outcome, Never>

    /// What the libcurl thread has to do next.
    struct Work: Sendable {
        var admitted: [(id: ID, request: HTTPRequest, deadline: ContinuousClock.Instant)] = []
        var cancelled: [ID] = []
        /// The earliest deadline of the requests that still wait.
        var nextDeadline: ContinuousClock.Instant?
    }

    private struct Entry {
        let request: HTTPRequest
        let enqueued: ContinuousClock.Instant
        let deadline: ContinuousClock.Instant
        let caller: Caller
        var started: ContinuousClock.Instant?
    }

    private struct State {
        var queue: RequestQueue
        var entries: [ID: Entry] = [:]
        /// Requests in flight that the thread has to stop.
        var cancelled: [ID] = []
        var isStopping = false
        var connectionsOpened = 0
        /// Whether the thread was woken and has not looked for work since. Waking is a system call.
        var isWoken = false

        /// Returns whether the caller must wake the thread once it has released the lock.
        mutating func claimsWake() -> Bool {
            defer { isWoken = true }
            return !isWoken
        }
    }

    private let state: Mutex<State>
    private let lastID = Atomic<ID>(0)
    /// nil before the thread starts and after it has ended. A lock of its own, because waking takes
    /// longer than everything that the other one guards.
    private let waker = Mutex<CurlWaker?>(nil)

    init(configuration: HTTPClientConfiguration) {
        let queue = RequestQueue(
            maximumPerOrigin: configuration.maximumConnectionsPerHost,
            maximumInFlight: configuration.maximumConnections,
            maximumWaiting: configuration.maximumQueuedRequests
        )
        state = Mutex(State(queue: queue))
    }

    var statistics: HTTPClientStatistics {
        state.withLock {
            HTTPClientStatistics(
                connectionsOpened: $0.connectionsOpened,
                inFlight: $0.queue.inFlightCount,
                queued: $0.queue.waitingCount
            )
        }
    }
}

// MARK: - Called on any thread

extension RequestTable {
    func nextID() -> ID {
        lastID.add(1, ordering: .relaxed).newValue
    }

    private func wakeThread() {
        waker.withLock { $0?.wake() }
    }

    func enqueue(_ id: ID, _ request: HTTPRequest, origin: Origin, _ caller: Caller) {
        let now = ContinuousClock.now
        let deadline = now.advanced(by: request.timeout)
        let (refusal, wakes): (HTTPError?, Bool) = state.withLock { state in
            guard !state.isStopping else { return (.shutDown(sent: false), false) }
            guard state.queue.enqueue(id, origin: origin, deadline: deadline) else {
                return (.queueFull(waiting: state.queue.waitingCount), false)
            }
            state.entries[id] = Entry(
                request: request,
                enqueued: now,
                deadline: deadline,
                caller: caller
            )
            return (nil, state.claimsWake())
        }
        if wakes { wakeThread() }
        if let refusal { caller.resume(returning: .failure(refusal)) }
    }

    func cancel(_ id: ID) {
        let (caller, wakes): (Caller?, Bool) = state.withLock { state in
            switch state.queue.cancel(id) {
            case .unknown:
                return (nil, false)
            case .removedFromQueue:
                return (state.entries.removeValue(forKey: id)?.caller, false)
            case .inFlight:
                state.cancelled.append(id)
                return (nil, state.claimsWake())
            }
        }
        if wakes { wakeThread() }
        caller?.resume(returning: .failure(.cancelled(sent: false)))
    }

    /// Fails the requests that wait. The thread fails those in flight, because only it may touch
    /// their handles.
    func stop() {
        let callers = state.withLock { state in
            state.isStopping = true
            return state.queue.removeWaiting().compactMap {
                state.entries.removeValue(forKey: $0)?.caller
            }
        }
        wakeThread()
        for caller in callers {
            caller.resume(returning: .failure(.shutDown(sent: false)))
        }
    }
}

// MARK: - Called on the libcurl thread

extension RequestTable {
    func attach(_ waker: CurlWaker) {
        self.waker.withLock { $0 = waker }
    }

    /// After this call no caller wakes the multi handle, so it may be freed.
    func detach() {
        waker.withLock { $0 = nil }
    }

    /// Returns nil if the thread must end.
    func nextWork() -> Work? {
        let now = ContinuousClock.now
        var expired: [Caller] = []
        let work: Work? = state.withLock { state in
            state.isWoken = false
            guard !state.isStopping else { return nil }
            expired = state.queue.removeExpired(at: now).compactMap {
                state.entries.removeValue(forKey: $0)?.caller
            }
            var work = Work(cancelled: state.cancelled)
            state.cancelled = []
            for id in state.queue.admit() {
                state.entries[id]?.started = now
                guard let entry = state.entries[id] else { continue }
                work.admitted.append((id, entry.request, entry.deadline))
            }
            work.nextDeadline = state.queue.nextDeadline
            return work
        }
        for caller in expired {
            caller.resume(returning: .failure(.timeoutInQueue))
        }
        return work
    }

    /// A request that has ended.
    struct Ended {
        let id: ID
        let connectionsOpened: Int
        /// Receives the time that the request spent in the queue.
        let outcome: (_ queued: Duration) -> Outcome
    }

    func finish(_ ended: [Ended]) {
        let entries = state.withLock { state in
            ended.map { request in
                state.queue.finish(request.id)
                state.connectionsOpened += request.connectionsOpened
                return state.entries.removeValue(forKey: request.id)
            }
        }
        for (request, entry) in zip(ended, entries) {
            guard let entry else { continue }
            let queued = entry.enqueued.duration(to: entry.started ?? .now)
            entry.caller.resume(returning: request.outcome(queued))
        }
    }
}

extension HTTPError {
    static func cancelled(sent: Bool) -> HTTPError {
        HTTPError(.cancelled, requestMayHaveBeenSent: sent, message: "the task was cancelled")
    }

    static func shutDown(sent: Bool) -> HTTPError {
        HTTPError(.shutDown, requestMayHaveBeenSent: sent, message: "the client was shut down")
    }

    static func queueFull(waiting: Int) -> HTTPError {
        HTTPError(
            .queueFull,
            requestMayHaveBeenSent: false,
            message: "\(waiting) requests are already queued; the host is too slow for this rate"
        )
    }

    static let timeoutInQueue = HTTPError(
        .timeout,
        requestMayHaveBeenSent: false,
        message: "no connection became free before the deadline",
        connection: .notTried
    )
}
