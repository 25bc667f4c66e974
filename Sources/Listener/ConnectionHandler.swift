import NIOCore
import NIOHTTP1
import NIOTLS

/// One connection: reads requests, passes them to handlers, writes responses, enforces time limits.
///
/// Confined to the event loop. Serves one request at a time. While one is being served it stops
/// reading from the socket, so pipelined requests wait in the kernel, except for those that arrived
/// with the last read, which wait in the `ArrivalGate`. That bounds the memory that a client can
/// occupy.
final class ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// Event fired at every connection when the server starts to stop.
    struct ServerIsStopping {}

    enum Phase {
        /// No byte of a request has arrived. Next: `readingHead`.
        case idle
        /// Part of a head has arrived. Next: `authenticating`, `readingBody`, or `responding` if
        /// refused.
        case readingHead
        /// Reading is paused until it is known who sent the request. Next: `readingHead` for a
        /// moment, then `readingBody` or `responding`.
        case authenticating(Arrival)
        /// Next: `handling` at the end of the body, or `responding` if refused.
        case readingBody(Exchange)
        /// The handler has the request. Next: `responding` or `takenOver`.
        case handling(Exchange)
        /// A response is being sent; nil for a refusal, which occupies no place among the requests
        /// in flight. Next: `idle` or `lingering`.
        case responding(Exchange?)
        /// The handler writes to the connection itself. Next: `closed`.
        case takenOver(Exchange, Completion)
        /// The response is sent and our side is closed. Input is discarded until the client closes
        /// or the linger timeout ends: closing a socket with unread input resets the connection,
        /// and the client may lose the response.
        case lingering
        case closed
    }

    let core: ServerCore
    let table: ConnectionTable
    var phase = Phase.idle
    /// When the phase began, or the last part of a response was taken by the client.
    var lastProgress = NIODeadline.now()
    /// Whether a request on this connection came with valid credentials.
    var isAuthenticated = false
    /// The route whose place among the requests in flight this connection occupies.
    private var occupied: Route?
    /// Bytes of the response that the client has yet to take, as reserved from the server.
    var responseBytes = 0
    /// The shared body of the response that is being sent.
    var heldBody: SharedBody?
    let isEncrypted: Bool
    /// Whether the TLS handshake is not finished.
    private(set) var isHandshaking = false
    var responseBegan = NIODeadline.now()
    /// Whether a response is being sent whose next part the handler has yet to produce.
    var awaitsHandler = false
    var context: ChannelHandlerContext?
    /// Whether the connection may serve another request after this one.
    var keepsAlive = true
    /// Whether the current request is a `HEAD` request.
    var isAnsweringHead = false
    /// Whether the current request has been read completely.
    var hasReadRequest = true
    /// Whether the client has closed its sending side.
    private(set) var isInputClosed = false
    /// Whether the parser has given up on what the client sends.
    private(set) var isInputBroken = false
    /// Bytes of the unfinished head so far.
    var headBytes = 0
    /// Bytes of the head of the current request, as reserved from the server.
    var reservedHeadBytes = 0
    /// Parsed parts of pipelined requests that arrived in one piece with the current one.
    private var ahead: CircularBuffer<HTTPServerRequestPart> = []
    /// Passes arriving bytes to the parser.
    weak var arrivals: ArrivalGate?
    /// Whether NIO asked for a read while reading was paused.
    private var hasPendingRead = false
    /// At most one deadline at a time: that of the current phase.
    private var deadline: Scheduled<Void>?
    private(set) var remoteAddress = ""

    /// See `HTTPServerConfiguration.smallBodyReserveBytes`.
    private static let smallBodyBytes = 64 << 10

    init(core: ServerCore, table: ConnectionTable, isEncrypted: Bool) {
        self.core = core
        self.table = table
        self.isEncrypted = isEncrypted
    }

    var limits: HTTPServerConfiguration { core.configuration }

    // MARK: Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        remoteAddress = context.remoteAddress?.plainAddress ?? ""
        table.add(self, context.channel)
        if isEncrypted {
            isHandshaking = true
            core.countHandshakes(1)
        }
        // A client that connects wants to send a request: the first one gets the shorter head
        // timeout, later ones the idle timeout.
        setDeadline(limits.headTimeout) { $0.close() }
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        handshakeEnded()
        releaseHead()
        releaseResponse()
        switch phase {
        case .authenticating(let arrival): abandon(arrival)
        case .readingBody(let exchange): core.releaseBody(exchange.bodyBytes)
        case .responding(let exchange?): finish(exchange, status: nil)
        case .takenOver(let exchange, let closed):
            finish(exchange, status: nil)
            closed.complete()
        // The request stays in flight until its handler returns: it still uses memory and CPU.
        case .handling(let exchange):
            abandoned = exchange
            exchange.departure.complete()
        case .idle, .readingHead, .responding(nil), .lingering, .closed: break
        }
        phase = .closed
        table.remove(context.channel)
        context.fireChannelInactive()
    }

    private func handshakeEnded() {
        guard isHandshaking else { return }
        isHandshaking = false
        core.countHandshakes(-1)
    }

    /// The exchange of a client that disconnected while the handler was running.
    var abandoned: Exchange?

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        guard isReading else { return ahead.append(part) }
        accept(part)
    }

    func read(context: ChannelHandlerContext) {
        guard isReading else { return hasPendingRead = true }
        context.read()
    }

    /// Whether arriving bytes belong to no request that will be served.
    var discardsInput: Bool {
        switch phase {
        case .lingering, .closed: true
        case .responding: !hasReadRequest
        case .idle, .readingHead, .authenticating, .readingBody, .handling, .takenOver: false
        }
    }

    /// Parsed requests that wait for the current one.
    var countAhead: Int { ahead.count }

    /// False while a completely read request is being served.
    var isReading: Bool {
        switch phase {
        case .authenticating: false
        case .handling, .responding, .takenOver: !hasReadRequest
        case .idle, .readingHead, .readingBody, .lingering, .closed: true
        }
    }

    /// Continues with the next request, which may have arrived already.
    func becomeIdle() {
        phase = .idle
        lastProgress = .now()
        isAnsweringHead = false
        setDeadline(limits.idleTimeout) { $0.close() }
        continueReading()
    }

    /// Takes up what arrived while reading was paused.
    func continueReading() {
        while isReading, let part = ahead.popFirst() { accept(part) }
        arrivals?.pass()
        resumeReading()
    }

    func resumeReading() {
        guard isReading, hasPendingRead else { return }
        hasPendingRead = false
        context?.read()
    }

    private func accept(_ part: HTTPServerRequestPart) {
        switch part {
        case .head(let head): receive(head)
        case .body(let bytes): receive(bytes)
        case .end: receiveEnd()
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ServerIsStopping: stop()
        case ChannelEvent.inputClosed: inputClosed()
        case TLSUserEvent.handshakeCompleted: handshakeEnded()
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else { return close() }
        switch phase {
        case .idle, .readingHead, .readingBody:
            guard error == .headerOverflow else { return refuse(.malformed, 400, "\(error)") }
            refuseHead()
        // The request before the malformed one still gets its response.
        case .authenticating, .handling, .responding:
            keepsAlive = false
            isInputBroken = true
        case .takenOver, .lingering, .closed: break
        }
    }

    // MARK: Time

    /// Replaces the current deadline.
    func setDeadline(_ limit: Duration, _ action: @escaping (ConnectionHandler) -> Void) {
        deadline?.cancel()
        guard let context else { return }
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(limit)) {
            action(self)
        }
    }

    func clearDeadline() {
        deadline?.cancel()
        deadline = nil
    }

    // MARK: Reading

    private func receive(_ bytes: ByteBuffer) {
        guard case .readingBody(var exchange) = phase else { return }
        let limit = exchange.route.maximumBodyBytes ?? limits.maximumBodyBytes
        guard exchange.bodyBytes + bytes.readableBytes <= limit else {
            return refuseBody(limit)
        }
        let isSmall = exchange.bodyBytes + bytes.readableBytes <= Self.smallBodyBytes
        guard
            core.reserveBody(bytes.readableBytes, isSmall: isSmall)
                || table.makeRoom(forBody: bytes.readableBytes, of: self)
        else {
            return refuse(.busy, 503, "too much memory in use by request bodies, try again later")
        }
        // The phase holds the second reference to the buffer: drop it, or every append copies the
        // whole body.
        phase = .idle
        let isReasonable = exchange.append(bytes)
        phase = .readingBody(exchange)
        if !isReasonable { refuse(.malformed, 400, "the chunks of the body are too small") }
    }

    private func receiveEnd() {
        hasReadRequest = true
        guard case .readingBody(var exchange) = phase else { return }
        clearDeadline()
        if case .refused(let limit, _) = admit(exchange.route) {
            let text = "Limit of concurrent requests reached (\(limit)), try again later."
            return refuse(.busy, 503, text)
        }
        let request = exchange.takeRequest(remoteAddress: remoteAddress)
        phase = .handling(exchange)
        if let response = exchange.route.preparedResponse?(request) {
            return deliver(.answered(response))
        }
        guard let context else { return }
        let loopBound = NIOLoopBound(self, eventLoop: context.eventLoop)
        let eventLoop = context.eventLoop
        let admitted = AdmittedRequest(
            request: request,
            target: exchange.target,
            route: exchange.route
        ) { outcome in
            eventLoop.execute { loopBound.value.deliver(outcome) }
        }
        core.submit(
            ServerJob(pool: core.pool(for: exchange.route)) { await admitted.run() }
        )
    }

    /// Closes connections whose clients do not read, if their streams occupy the place.
    private func admit(_ route: Route) -> ServerCore.Admission {
        var admission = core.admit(route)
        while case .refused(_, isOfRoute: false) = admission, table.makeRoom(forRequestTo: route) {
            admission = core.admit(route)
        }
        if case .admitted = admission { occupied = route }
        return admission
    }

    /// Whether a handler works for this connection.
    var occupiesPlace: Bool { occupied != nil }

    /// The handler has done its work, or is told to end.
    func releasePlace() {
        guard let route = occupied else { return }
        occupied = nil
        core.release(route)
    }

    // MARK: Ending

    /// A half-closed client still gets the response to a complete request.
    func inputClosed() {
        isInputClosed = true
        switch phase {
        case .handling(let exchange):
            keepsAlive = false
            if exchange.route.pool != nil { exchange.departure.complete() }
        case .authenticating, .responding: keepsAlive = false
        case .idle, .readingHead, .readingBody, .takenOver, .lingering, .closed: close()
        }
    }

    /// More arrived than may wait: nothing of it can be served.
    func inputIsLost() {
        keepsAlive = false
        if case .authenticating = phase { close() }
    }

    private func stop() {
        keepsAlive = false
        switch phase {
        case .idle, .lingering: close()
        case .readingHead, .authenticating, .readingBody, .handling, .responding, .takenOver,
            .closed:
            break
        }
    }

    func close() {
        clearDeadline()
        context?.close(promise: nil)
    }

    /// Closes without waiting for the client: the TLS handler would wait for its close_notify.
    func closeAtOnce() {
        clearDeadline()
        guard let context else { return }
        let tls = try? context.pipeline.syncOperations.context(name: ServerCore.tlsHandlerName)
        if let tls { tls.close(promise: nil) } else { context.close(promise: nil) }
    }
}
