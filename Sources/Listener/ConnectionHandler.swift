import NIOCore
import NIOHTTP1

/// One connection: reads requests, passes them to handlers, writes responses, enforces time limits.
///
/// Confined to the event loop. Serves one request at a time. While one is being served it stops
/// reading from the socket, so pipelined requests wait in the kernel, except for those that arrived
/// with the last read. That bounds the memory that a client can occupy.
final class ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// Event fired at every connection when the server starts to stop.
    struct ServerIsStopping {}

    enum Phase {
        /// No byte of a request has arrived. Next: `readingHead`.
        case idle
        /// Part of a head has arrived. Next: `readingBody`, or `responding` if refused.
        case readingHead
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
    var phase = Phase.idle
    var context: ChannelHandlerContext?
    /// Whether the connection may serve another request after this one.
    var keepsAlive = true
    /// Whether the current request is a `HEAD` request.
    var isAnsweringHead = false
    /// Whether the current request has been read completely.
    var hasReadRequest = true
    /// Whether the client has closed its sending side.
    private(set) var isInputClosed = false
    /// Bytes of the unfinished head so far.
    private var headBytes = 0
    /// Parsed parts of pipelined requests that arrived with the current one.
    private var ahead: CircularBuffer<HTTPServerRequestPart> = []
    /// Whether NIO asked for a read while reading was paused.
    private var hasPendingRead = false
    /// At most one deadline at a time: that of the current phase.
    private var deadline: Scheduled<Void>?
    private var remoteAddress = ""

    init(core: ServerCore) {
        self.core = core
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
        // A client that connects wants to send a request: the first one gets the shorter head
        // timeout, later ones the idle timeout.
        setDeadline(limits.headTimeout) { $0.close() }
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        switch phase {
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
        context.fireChannelInactive()
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

    /// False while a completely read request is being served.
    private var isReading: Bool {
        switch phase {
        case .handling, .responding, .takenOver: !hasReadRequest
        case .idle, .readingHead, .readingBody, .lingering, .closed: true
        }
    }

    /// Continues with the next request, which may have arrived already.
    func becomeIdle() {
        phase = .idle
        isAnsweringHead = false
        setDeadline(limits.idleTimeout) { $0.close() }
        while isReading, let part = ahead.popFirst() { accept(part) }
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
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else { return close() }
        switch phase {
        case .idle, .readingHead, .readingBody:
            let status = error == .headerOverflow ? 431 : 400
            refuse(status == 431 ? .tooLarge : .malformed, status, "\(error)")
        // The request before the malformed one still gets its response.
        case .handling, .responding: keepsAlive = false
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

    func bytesWillBeParsed() {
        guard case .idle = phase else { return }
        phase = .readingHead
        headBytes = 0
        hasReadRequest = false
        setDeadline(limits.headTimeout) {
            $0.refuse(.timeout, 408, "timeout while reading the request head")
        }
    }

    func bytesWereParsed(_ count: Int) {
        guard case .readingHead = phase else { return }
        headBytes += count
        if headBytes > limits.maximumHeadBytes {
            refuse(.tooLarge, 431, "the head of the request is too large")
        }
    }

    private func receive(_ head: HTTPRequestHead) {
        switch phase {
        case .readingHead, .idle: break
        default: return
        }
        hasReadRequest = false
        isAnsweringHead = head.method == .HEAD
        // After an Upgrade field the parser treats all further bytes as another protocol.
        let offersUpgrade = head.headers.contains(name: "Upgrade")
        keepsAlive =
            head.isKeepAlive && head.version == .http1_1 && !offersUpgrade && !core.isStopping
        guard hasOneHost(head) else {
            return refuse(.malformed, 400, "exactly one Host header is required")
        }
        guard let target = RequestTarget(head.uri) else {
            return refuse(.malformed, 400, "invalid request target")
        }
        switch core.router.match(method: head.method.rawValue, segments: target.segments) {
        case .notFound:
            refuse(.notFound, 404, "404 page not found", after: head)
        case .methodNotAllowed(let allow):
            refuse(.methodNotAllowed, 405, "method not allowed", ["Allow": allow], after: head)
        case .found(let route, let parameters):
            begin(
                Exchange(
                    head: head,
                    target: target,
                    route: route,
                    parameters: parameters,
                    began: .now()
                )
            )
        }
    }

    /// RFC 9112, section 3.2: every HTTP/1.1 request has exactly one Host field.
    private func hasOneHost(_ head: HTTPRequestHead) -> Bool {
        let count = head.headers["Host"].count
        return count == 1 || (count == 0 && head.version == .http1_0)
    }

    /// Starts reading the body. Limits that the head can violate are checked here, before the
    /// client sends the body.
    private func begin(_ exchange: Exchange) {
        guard exchange.route.isExemptFromLimits || core.takeToken() else {
            return refuse(.rateLimited, 429, "Too Many Requests", after: exchange.head)
        }
        let limit = exchange.route.maximumBodyBytes ?? limits.maximumBodyBytes
        if let length = Exchange.declaredLength(exchange.head), length > limit {
            return refuseBody(limit)
        }
        phase = .readingBody(exchange)
        setDeadline(limits.bodyTimeout) {
            $0.refuse(.timeout, 408, "timeout while reading the request body")
        }
        if exchange.head.headers.first(name: "Expect")?.lowercased() == "100-continue" {
            emit(.head(HTTPResponseHead(version: .http1_1, status: .continue)))
            context?.flush()
        }
    }

    private func receive(_ bytes: ByteBuffer) {
        guard case .readingBody(var exchange) = phase else { return }
        let limit = exchange.route.maximumBodyBytes ?? limits.maximumBodyBytes
        guard exchange.bodyBytes + bytes.readableBytes <= limit else {
            return refuseBody(limit)
        }
        guard core.reserveBody(bytes.readableBytes) else {
            return refuse(.busy, 503, "too much memory in use by request bodies, try again later")
        }
        // The phase holds the second reference to the buffer: drop it, or every append copies the
        // whole body.
        phase = .idle
        exchange.append(bytes)
        phase = .readingBody(exchange)
    }

    private func receiveEnd() {
        hasReadRequest = true
        guard case .readingBody(var exchange) = phase else { return }
        clearDeadline()
        if case .refused(let limit) = core.admit(exchange.route) {
            let text = "Limit of concurrent requests reached (\(limit)), try again later."
            return refuse(.busy, 503, text)
        }
        let request = exchange.takeRequest(remoteAddress: remoteAddress)
        phase = .handling(exchange)
        guard let context else { return }
        let loopBound = NIOLoopBound(self, eventLoop: context.eventLoop)
        let eventLoop = context.eventLoop
        core.submit(
            AdmittedRequest(request: request, route: exchange.route) { outcome in
                eventLoop.execute { loopBound.value.deliver(outcome) }
            }
        )
    }

    // MARK: Ending

    /// A half-closed client still gets the response to a complete request.
    private func inputClosed() {
        isInputClosed = true
        switch phase {
        case .handling(let exchange):
            keepsAlive = false
            if exchange.route.pool != nil { exchange.departure.complete() }
        case .responding: keepsAlive = false
        case .idle, .readingHead, .readingBody, .takenOver, .lingering, .closed: close()
        }
    }

    private func stop() {
        keepsAlive = false
        switch phase {
        case .idle, .lingering: close()
        case .readingHead, .readingBody, .handling, .responding, .takenOver, .closed: break
        }
    }

    func close() {
        clearDeadline()
        context?.close(promise: nil)
    }
}
