import NIOCore
import NIOHTTP1

/// One connection: reads requests, hands them out, writes the replies, keeps the time limits.
/// Lives on the event loop. Answers one request at a time; what a client sends ahead waits in the
/// kernel, but for the rest of the last read.
final class ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// Fired at every connection when the server begins to stop.
    struct ServerIsStopping {}

    enum Phase {
        /// No byte of a request has come. Leaves to `readingHead` with the first.
        case idle
        /// Part of a head has come. Leaves to `readingBody`, or to `responding` when refused.
        case readingHead
        /// Leaves to `handling` at the body's end, or to `responding` when refused.
        case readingBody(Exchange)
        /// The handler has the request. Leaves to `responding`.
        case handling(Exchange)
        /// A response, or nothing at all, is being sent. Leaves to `idle` or `lingering`.
        case responding(Exchange?)
        /// The handler writes to the connection itself. Leaves to `closed`.
        case takenOver(Exchange, Completion)
        /// All is sent and our side is closed; what the client still sends is thrown away, since
        /// closing on unread bytes would reset the connection and lose the response.
        case lingering
        case closed
    }

    let core: ServerCore
    var phase = Phase.idle
    var context: ChannelHandlerContext?
    /// Whether the connection may serve another request after this one.
    var keepsAlive = true
    /// Whether the request being answered asked for the head alone.
    var isAnsweringHead = false
    /// Whether the request being answered has been read to its end.
    var hasReadRequest = true
    /// Whether the client has said that nothing more will come.
    private(set) var isInputClosed = false
    private var headBytes = 0
    /// What the parser has found beyond the request being answered.
    private var ahead: CircularBuffer<HTTPServerRequestPart> = []
    private var hasPendingRead = false
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
        // A client that connects has something to say: the first request has less time than the
        // later ones.
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
        // A handler's request is counted until the handler is done with it.
        case .handling(let exchange): abandoned = exchange
        case .idle, .readingHead, .responding(nil), .lingering, .closed: break
        }
        phase = .closed
        context.fireChannelInactive()
    }

    /// The exchange whose client left while the handler had its request.
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

    /// False while a request is being answered.
    private var isReading: Bool {
        switch phase {
        case .handling, .responding, .takenOver: !hasReadRequest
        case .idle, .readingHead, .readingBody, .lingering, .closed: true
        }
    }

    /// Goes on to the next request.
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
        // The request before the broken one still gets its answer.
        case .handling, .responding: keepsAlive = false
        case .takenOver, .lingering, .closed: break
        }
    }

    // MARK: Time

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
            $0.refuse(.timeout, 408, "the head of the request did not come in time")
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
        // The parser takes what follows an offer to upgrade for another protocol.
        let offersUpgrade = head.headers.contains(name: "Upgrade")
        keepsAlive =
            head.isKeepAlive && head.version == .http1_1 && !offersUpgrade && !core.isStopping
        guard hasOneHost(head) else {
            return refuse(.malformed, 400, "exactly one Host field is required")
        }
        guard let target = RequestTarget(head.uri) else {
            return refuse(.malformed, 400, "the request target cannot be read")
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

    /// RFC 9112, section 3.2: exactly one, in every request of HTTP/1.1.
    private func hasOneHost(_ head: HTTPRequestHead) -> Bool {
        let count = head.headers["Host"].count
        return count == 1 || (count == 0 && head.version == .http1_0)
    }

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
            $0.refuse(.timeout, 408, "the body of the request did not come in time")
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
            return refuse(.busy, 503, "too many bytes of request bodies wait, try again later")
        }
        // Without this the buffer would be copied whole with every part of the body.
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

    private func inputClosed() {
        isInputClosed = true
        switch phase {
        case .handling, .responding: keepsAlive = false
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
