import Synchronization

/// Where callers and the libcurl thread meet. Every continuation lies here until its request is
/// over, and whoever takes it out resumes it: taking out is what makes it happen exactly once.
final class Switchboard: Sendable {
    typealias ID = RequestQueue.ID
    typealias Answer = Result<HTTPResponse, HTTPError>
    typealias Caller = CheckedContinuation<Answer, Never>

    /// What the thread has to do next.
    struct Work: Sendable {
        var admitted: [(id: ID, request: HTTPRequest, deadline: ContinuousClock.Instant)] = []
        var cancelled: [ID] = []
        /// The first moment at which a waiting request would be too late.
        var nextDeadline: ContinuousClock.Instant?
    }

    private struct Call {
        let request: HTTPRequest
        let enqueued: ContinuousClock.Instant
        let deadline: ContinuousClock.Instant
        let caller: Caller
        var started: ContinuousClock.Instant?
    }

    private struct State {
        var queue: RequestQueue
        var calls: [ID: Call] = [:]
        var cancelled: [ID] = []
        var lastID: ID = 0
        var isStopping = false
        var connectionsOpened = 0
        /// Nil before the thread runs and after it has ended.
        var waker: CurlWaker?
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

// MARK: - For callers, on any thread

extension Switchboard {
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
            state.calls[id] = Call(
                request: request,
                enqueued: now,
                deadline: deadline,
                caller: caller
            )
            state.waker?.wake()
            return nil
        }
        if let refusal { caller.resume(returning: .failure(refusal)) }
    }

    func cancel(_ id: ID) {
        let caller: Caller? = state.withLock { state in
            switch state.queue.cancel(id) {
            case .unknown:
                return nil
            case .leftQueue:
                return state.calls.removeValue(forKey: id)?.caller
            case .underWay:
                state.cancelled.append(id)
                state.waker?.wake()
                return nil
            }
        }
        caller?.resume(returning: .failure(.cancelled(sent: false)))
    }

    /// Requests under way are failed by the thread, which alone may touch their handles.
    func stop() {
        let callers = state.withLock { state in
            state.isStopping = true
            state.waker?.wake()
            return state.queue.removeWaiting().compactMap {
                state.calls.removeValue(forKey: $0)?.caller
            }
        }
        for caller in callers {
            caller.resume(returning: .failure(.shutDown(sent: false)))
        }
    }
}

// MARK: - For the thread

extension Switchboard {
    func attach(_ waker: CurlWaker) {
        state.withLock { $0.waker = waker }
    }

    /// After this nobody wakes the multi handle any more, so that it may be freed.
    func detach() {
        state.withLock { $0.waker = nil }
    }

    /// Nil when the thread must end.
    func nextWork() -> Work? {
        let now = ContinuousClock.now
        var late: [Caller] = []
        let work: Work? = state.withLock { state in
            guard !state.isStopping else { return nil }
            late = state.queue.removeExpired(at: now).compactMap {
                state.calls.removeValue(forKey: $0)?.caller
            }
            var work = Work(cancelled: state.cancelled)
            state.cancelled = []
            for id in state.queue.admit() {
                state.calls[id]?.started = now
                guard let call = state.calls[id] else { continue }
                work.admitted.append((id, call.request, call.deadline))
            }
            work.nextDeadline = state.queue.nextDeadline
            return work
        }
        for caller in late {
            caller.resume(returning: .failure(.timeoutInQueue))
        }
        return work
    }

    /// Ends one request; `answer` is told how long it had waited.
    func finish(
        _ id: ID,
        connectionsOpened: Int,
        _ answer: (_ queued: Duration) -> Answer
    ) {
        let call = state.withLock { state in
            state.queue.finish(id)
            state.connectionsOpened += connectionsOpened
            return state.calls.removeValue(forKey: id)
        }
        guard let call else { return }
        call.caller.resume(returning: answer(call.enqueued.duration(to: call.started ?? .now)))
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
            message: "\(waiting) requests wait already; the host is too slow for this rate"
        )
    }

    static let timeoutInQueue = HTTPError(
        .timeout,
        requestMayHaveBeenSent: false,
        message: "no connection became free before the deadline"
    )
}
