import NIOCore
import Synchronization

/// State shared by all connections of one server: current limits, counters, and the queue to the
/// handlers. Thread-safe. Never calls out while holding its lock, except to schedule on the event
/// loop.
final class ServerCore: Sendable {
    private struct State {
        var statistics = ListenerStatistics()
        var examples: [RejectionReason: String] = [:]
        var inFlightByRoute: [String: Int] = [:]
        /// Requests in flight on routes that are not exempt; `statistics` counts all.
        var limitedInFlight = 0
        /// Of these, requests on routes with a pool of their own.
        var inFlightInPools = 0
        var bufferedBodyBytes = 0
        var responseBytes = 0
        /// Of routes that are exempt from limits.
        var exemptResponseBytes = 0
        var connections: [ObjectIdentifier: any Channel] = [:]
        var listeners: [any Channel] = []
        /// Listeners that `stop` has started to close.
        var closingListeners = 0
        var isStopping = false
        var isDrained = false
        var authenticator: Authenticator?
        var tls: ServerTLS?
        var rateLimit: RateLimit?
        var bucket: TokenBucket?
        var defaultHeaders: HeaderFields = [:]
        var originPolicy: OriginPolicy?

        mutating func count(_ route: Route, _ change: Int) {
            if !route.isExemptFromLimits { limitedInFlight += change }
            if route.isInPool { inFlightInPools += change }
            inFlightByRoute[route.name, default: 0] += change
            statistics.requestsInFlight += change
        }
    }

    enum Admission: Equatable {
        case admitted
        case refused(limit: Int, isOfRoute: Bool)
    }

    static let tlsHandlerName = "tls"

    let configuration: HTTPServerConfiguration
    let router: Router
    /// Completes when the server is stopping and its last connection and listener are closed.
    let drained = Completion()
    let jobs: AsyncStream<ServerJob>
    let passwords: PasswordQueue
    private let submission: AsyncStream<ServerJob>.Continuation
    private let state = Mutex(State())

    init(configuration: HTTPServerConfiguration, router: Router) {
        self.configuration = configuration
        self.router = router
        // The stream is unbounded, but `admit` bounds the number of queued requests.
        (jobs, submission) = AsyncStream.makeStream()
        passwords = PasswordQueue(
            memory: PasswordMemory(),
            maximumWaiting: configuration.maximumPasswordsWaiting,
            maximumPerNetwork: configuration.maximumPasswordsWaitingPerAddress
        )
        defaultHeaders = configuration.defaultHeaders
        rateLimit = configuration.rateLimit
    }

    var statistics: ListenerStatistics {
        var statistics = state.withLock { state in
            state.statistics.bodyBytes = state.bufferedBodyBytes
            state.statistics.responseBytes = state.responseBytes + state.exemptResponseBytes
            state.statistics.exemptResponseBytes = state.exemptResponseBytes
            return state.statistics
        }
        statistics.passwordsWaiting = passwords.count
        return statistics
    }
    var isStopping: Bool { state.withLock(\.isStopping) }

    var authenticator: Authenticator? {
        get { state.withLock(\.authenticator) }
        set {
            if newValue != nil { passwords.start() }
            state.withLock { $0.authenticator = newValue }
        }
    }

    var tls: ServerTLS? {
        get { state.withLock(\.tls) }
        set { state.withLock { $0.tls = newValue } }
    }

    /// nil, the default, lets requests from anywhere change something.
    var originPolicy: OriginPolicy? {
        get { state.withLock { $0.originPolicy } }
        set { state.withLock { $0.originPolicy = newValue } }
    }

    /// Becomes empty if any field is invalid.
    var defaultHeaders: HeaderFields {
        get { state.withLock(\.defaultHeaders) }
        set {
            let valid = newValue.areValid ? newValue : [:]
            state.withLock { $0.defaultHeaders = valid }
        }
    }

    /// Setting an equal limit keeps the bucket; a different one starts with a full bucket. So a
    /// reload does not grant a new burst.
    var rateLimit: RateLimit? {
        get { state.withLock(\.rateLimit) }
        set {
            state.withLock { state in
                guard state.rateLimit != newValue else { return }
                state.rateLimit = newValue
                state.bucket = newValue.map { TokenBucket($0, at: .uptime) }
            }
        }
    }

    // MARK: Requests

    /// The threads that pass requests to their handlers.
    var dispatchPool: any TaskExecutor {
        configuration.reservePool ?? globalConcurrentExecutor
    }

    /// The threads for a request of this route. If the route has a pool, only its handler runs
    /// there.
    func pool(for route: Route) -> any TaskExecutor {
        if route.pool != nil { return dispatchPool }
        let reserve = route.isExemptFromLimits ? configuration.reservePool : nil
        return reserve ?? configuration.requestPool ?? globalConcurrentExecutor
    }

    func submit(_ job: ServerJob) {
        submission.yield(job)
    }

    /// Counts the request as in flight unless a limit is reached. Every admitted request must be
    /// passed to `release` once its handler has done its work.
    func admit(_ route: Route) -> Admission {
        state.withLock { state in
            let limit = configuration.maximumInFlight
            guard route.isExemptFromLimits || state.limitedInFlight < limit else {
                return .refused(limit: limit, isOfRoute: false)
            }
            let poolLimit = configuration.maximumInFlightInPools
            guard !route.isInPool || state.inFlightInPools < poolLimit else {
                return .refused(limit: poolLimit, isOfRoute: false)
            }
            if let limit = route.maximumInFlight,
                state.inFlightByRoute[route.name, default: 0] >= limit
            {
                return .refused(limit: limit, isOfRoute: true)
            }
            state.count(route, 1)
            return .admitted
        }
    }

    func release(_ route: Route) {
        state.withLock { $0.count(route, -1) }
    }

    /// Counts a response that was sent completely.
    func finished(_ route: Route, status: Int, seconds: Double) {
        state.withLock { state in
            let request = ListenerStatistics.Request(handler: route.name, status: status)
            state.statistics.requests[request, default: 0] += 1
            state.statistics.durations[route.name, default: .init()].observe(seconds: seconds)
        }
    }

    /// Returns false if the request exceeds the rate limit.
    func takeToken() -> Bool {
        state.withLock { $0.bucket?.take(at: .uptime) ?? true }
    }

    /// - Parameter example: what was rejected; kept if it is the first since the last time that
    ///   examples were taken.
    func rejected(_ reason: RejectionReason, _ example: @autoclosure () -> String) {
        let isFirst = state.withLock { state in
            state.statistics.rejections[reason, default: 0] += 1
            return state.examples[reason] == nil
        }
        guard isFirst else { return }
        let text = example()
        state.withLock { $0.examples[reason] = text }
    }

    func takeExamples() -> [RejectionReason: String] {
        state.withLock { state in
            defer { state.examples = [:] }
            return state.examples
        }
    }

    /// Reserves memory for part of a large head. Returns false if the server's limit is reached.
    func reserveHead(_ count: Int) -> Bool {
        state.withLock { state in
            guard state.statistics.headBytes + count <= configuration.maximumBufferedHeadBytes
            else {
                return false
            }
            state.statistics.headBytes += count
            return true
        }
    }

    func releaseHead(_ count: Int) {
        state.withLock { $0.statistics.headBytes -= count }
    }

    /// Reserves memory for part of a body. Returns false if the server's limit is reached.
    ///
    /// - Parameter isSmall: whether the body is small enough for the reserve.
    func reserveBody(_ count: Int, isSmall: Bool) -> Bool {
        let reserve = isSmall ? configuration.smallBodyReserveBytes : 0
        let limit = configuration.maximumBufferedBodyBytes + reserve
        return state.withLock { state in
            guard state.bufferedBodyBytes + count <= limit else {
                return false
            }
            state.bufferedBodyBytes += count
            return true
        }
    }

    func releaseBody(_ count: Int) {
        state.withLock { $0.bufferedBodyBytes -= count }
    }

    /// Reserves memory for a response. Returns false if the server's limit is reached.
    func reserveResponse(_ count: Int, isExempt: Bool = false) -> Bool {
        let limit = configuration.maximumBufferedResponseBytes
        return state.withLock { state in
            let used = isExempt ? state.exemptResponseBytes : state.responseBytes
            // A single response of a route that is exempt is sent, however large it is.
            guard used + count <= limit || isExempt && used == 0 else { return false }
            if isExempt { state.exemptResponseBytes += count } else { state.responseBytes += count }
            return true
        }
    }

    /// Reserves memory of routes that are exempt from limits, even beyond the limit.
    func reserveExemptResponse(_ count: Int) {
        state.withLock { $0.exemptResponseBytes += count }
    }

    func isExemptMemoryUsedTwice(with count: Int) -> Bool {
        let limit = configuration.maximumBufferedResponseBytes
        return state.withLock { $0.exemptResponseBytes + count > 2 * limit }
    }

    func releaseResponse(_ count: Int, isExempt: Bool) {
        state.withLock { state in
            if isExempt { state.exemptResponseBytes -= count } else { state.responseBytes -= count }
        }
    }

    func evicted(_ reason: EvictionReason) {
        state.withLock { $0.statistics.evictions[reason, default: 0] += 1 }
    }

    // MARK: Connections

    func listening(_ listener: any Channel) {
        state.withLock { $0.listeners.append(listener) }
    }

    /// Returns false if the server is stopping; the caller must then close the connection.
    func opened(_ connection: any Channel) -> Bool {
        state.withLock { state in
            guard !state.isStopping else { return false }
            state.connections[ObjectIdentifier(connection)] = connection
            state.statistics.openConnections = state.connections.count
            return true
        }
    }

    func closed(_ connection: any Channel) {
        let listeners = state.withLock { state in
            state.connections[ObjectIdentifier(connection)] = nil
            state.statistics.openConnections = state.connections.count
            return state.listeners
        }
        for listener in listeners {
            listener.pipeline.fireUserInboundEventTriggered(AcceptGate.PlaceIsFree())
        }
        finishIfDrained()
    }

    /// TLS handshakes that are not finished.
    var handshakes: Int { state.withLock(\.statistics.handshakes) }

    func countHandshakes(_ change: Int) {
        state.withLock { $0.statistics.handshakes += change }
    }

    func acceptFailed() {
        state.withLock { $0.statistics.acceptErrors += 1 }
    }

    // MARK: Stopping

    /// Closes the listeners, lets every connection finish its current response, and closes the
    /// remaining connections after `limit`. May be called again, for example to shorten the limit.
    func stop(within limit: TimeAmount, on eventLoop: any EventLoop) {
        let open = state.withLock { state -> ([any Channel], [any Channel])? in
            // Once drained, the event loop may have shut down. While this lock is held, it cannot.
            guard !state.isDrained else { return nil }
            state.isStopping = true
            eventLoop.scheduleTask(in: limit) { self.closeConnections() }
            eventLoop.execute { self.finishIfDrained() }
            defer { state.listeners = [] }
            state.closingListeners += state.listeners.count
            return (state.listeners, Array(state.connections.values))
        }
        guard let (listeners, connections) = open else { return }
        for listener in listeners {
            // Until the listener is closed, the kernel completes handshakes of connections that
            // will never be served.
            listener.closeFuture.whenComplete { _ in self.listenerClosed() }
            listener.close(promise: nil)
        }
        for connection in connections {
            connection.pipeline.fireUserInboundEventTriggered(ConnectionHandler.ServerIsStopping())
        }
    }

    /// Must run on the event loop.
    private func closeConnections() {
        for connection in state.withLock({ Array($0.connections.values) }) {
            // Bypass the TLS handler, which would wait for the client's close_notify.
            let tls = try? connection.pipeline.syncOperations.context(name: Self.tlsHandlerName)
            if let tls { tls.close(promise: nil) } else { connection.close(promise: nil) }
        }
    }

    private func listenerClosed() {
        state.withLock { $0.closingListeners -= 1 }
        finishIfDrained()
    }

    private func finishIfDrained() {
        let isNewlyDrained = state.withLock { state in
            guard state.isStopping, state.connections.isEmpty, state.closingListeners == 0,
                !state.isDrained
            else {
                return false
            }
            state.isDrained = true
            return true
        }
        guard isNewlyDrained else { return }
        submission.finish()
        drained.complete()
    }
}

extension Duration {
    /// Time since the machine booted.
    static var uptime: Duration {
        .nanoseconds(Int64(NIODeadline.now().uptimeNanoseconds))
    }
}
