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
        var lastID: ID = 0
        var isStopping = false
        var connectionsOpened = 0
        /// nil before the thread starts and after it has ended.
        var waker: CurlWaker?
        /// Whether the thread was woken and has not looked for work since. Waking is a system call.
        var isWoken = false

        mutating func wake() {
            guard !isWoken, let waker else { return }
            isWoken = true
            waker.wake()
        }
    }

    private let state: Mutex<State>

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
        state.withLock {
            $0.lastID += 1
            return $0.lastID
        }
    }

    func enqueue(_ id: ID, _ request: HTTPRequest, origin: Origin, _ caller: Caller) {
        let now = ContinuousClock.now
        let deadline = now.advanced(by: request.timeout)
        let refusal: HTTPError? = state.withLock { state in
            guard !state.isStopping else { return .shutDown(sent: false) }
            guard state.queue.enqueue(id, origin: origin, deadline: deadline) else {
                return .queueFull(waiting: state.queue.waitingCount)
            }
            state.entries[id] = Entry(
                request: request,
                enqueued: now,
                deadline: deadline,
                caller: caller
            )
            state.wake()
            return nil
        }
        if let refusal { caller.resume(returning: .failure(refusal)) }
    }

    func cancel(_ id: ID) {
        let caller: Caller? = state.withLock { state in
            switch state.queue.cancel(id) {
            case .unknown:
                return nil
            case .removedFromQueue:
                return state.entries.removeValue(forKey: id)?.caller
            case .inFlight:
                state.cancelled.append(id)
                state.wake()
                return nil
            }
        }
        caller?.resume(returning: .failure(.cancelled(sent: false)))
    }

    /// Fails the requests that wait. The thread fails those in flight, because only it may touch
    /// their handles.
    func stop() {
        let callers = state.withLock { state in
            state.isStopping = true
            state.wake()
            return state.queue.removeWaiting().compactMap {
                state.entries.removeValue(forKey: $0)?.caller
            }
        }
        for caller in callers {
            caller.resume(returning: .failure(.shutDown(sent: false)))
        }
    }
}

// MARK: - Called on the libcurl thread

extension RequestTable {
    func attach(_ waker: CurlWaker) {
        state.withLock { $0.waker = waker }
    }

    /// After this call no caller wakes the multi handle, so it may be freed.
    func detach() {
        state.withLock { $0.waker = nil }
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

    /// Ends one request. `outcome` receives the time that the request spent in the queue.
    func finish(
        _ id: ID,
        connectionsOpened: Int,
        _ outcome: (_ queued: Duration) -> Outcome
    ) {
        let entry = state.withLock { state in
            state.queue.finish(id)
            state.connectionsOpened += connectionsOpened
            return state.entries.removeValue(forKey: id)
        }
        guard let entry else { return }
        entry.caller.resume(
            returning: outcome(entry.enqueued.duration(to: entry.started ?? .now))
        )
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
        message: "no connection became free before the deadline"
    )
}
