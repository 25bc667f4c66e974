import Glibc
import NIOCore
import NIOHTTP1
import Time

/// Writing responses, and what happens to the connection afterwards.
extension ConnectionHandler {
    /// Bodies are written in chunks of this size. The client must accept each one within the write
    /// timeout, so that a slow client with a large response is not cut off but a stalled one is.
    private static let chunkBytes = 64 << 10
    private static let sharedChunkBytes = 512 << 10
    /// How long to wait for the client to close after the last response.
    private static let lingerTimeout = Duration.seconds(2)

    /// Receives the outcome of a request, on the event loop.
    func deliver(_ outcome: AdmittedRequest.Outcome) {
        if let exchange = abandoned {
            abandoned = nil
            switch outcome {
            case .answered, .malformed: break
            case .takenOver(let handOver): handOver(nil)
            case .streaming(_, let handOver): handOver(nil)
            }
            return finish(exchange, status: nil)
        }
        guard case .handling(let exchange) = phase else { return }
        switch outcome {
        case .answered(let response):
            releasePlace()
            phase = .responding(exchange)
            respond(reserved(response, for: exchange))
        case .malformed(let text):
            releasePlace()
            core.releaseBody(exchange.bodyBytes)
            refuse(.malformed, 400, text)
        case .takenOver(let handOver): handOver(takeOver(exchange))
        case .streaming(let response, let handOver): handOver(stream(response, exchange))
        }
    }

    // MARK: Refusals

    func refuseHead() {
        refuse(
            .tooLarge,
            431,
            "the head of the request has more than \(limits.maximumHeadBytes) bytes or"
                + " \(limits.maximumHeadFields) fields"
        )
    }

    func refuseBody(_ limit: Int) {
        refuse(.tooLarge, 413, "the body is larger than \(limit) bytes")
    }

    /// Responds with an error without calling a handler. The connection stays open only if the
    /// request was read completely; otherwise its remaining bytes would be taken for the next
    /// request. A request without a body is complete once its head is read.
    func refuse(
        _ reason: RejectionReason,
        _ status: Int,
        _ text: String,
        _ headers: HeaderFields = [:],
        after head: HTTPRequestHead? = nil
    ) {
        let response = ServerResponse.text(text + "\n", status: status, headers: headers)
        refuse(reason, response, after: head)
    }

    func refuse(
        _ reason: RejectionReason,
        _ response: ServerResponse,
        after head: HTTPRequestHead? = nil
    ) {
        core.rejected(reason, Self.example(remoteAddress, response))
        switch phase {
        case .authenticating(let arrival): abandon(arrival)
        case .readingBody(let exchange): core.releaseBody(exchange.bodyBytes)
        default: break
        }
        if let head, Exchange.declaredLength(head) == 0 { hasReadRequest = true }
        if !hasReadRequest { keepsAlive = false }
        phase = .responding(nil)
        respond(response)
    }

    /// Only the first line, printable and cut: part of it may be the client's text.
    private static func example(_ address: String, _ response: ServerResponse) -> String {
        let line = String(decoding: response.body.prefix { $0 != 0x0a }.prefix(200), as: UTF8.self)
        let printable = line.unicodeScalars.filter { $0.value >= 0x20 && $0.value < 0x7f }
        return "\(address): \(response.status) " + String(String.UnicodeScalarView(printable))
    }

    // MARK: Memory

    /// The response, or 503 if there is no memory to keep it until the client has taken it.
    private func reserved(_ response: ServerResponse, for exchange: Exchange) -> ServerResponse {
        guard mayHaveBody(response) else { return response }
        if let body = response.sharedBody {
            table.hold(body, for: self)
            heldBody = body
            return response
        }
        let count = response.bodyCount
        let isExempt = exchange.route.isExemptFromLimits
        if core.reserveResponse(count, isExempt: isExempt)
            || table.makeRoom(forResponse: count, of: self, isExempt: isExempt)
        {
            responseBytes = count
            return response
        }
        let refusal = ServerResponse.text(
            "too much memory in use by responses (\(count) bytes needed), try again later\n",
            status: 503
        )
        core.rejected(.busy, Self.example(remoteAddress, refusal))
        return refusal
    }

    func releaseResponse() {
        if let body = heldBody {
            heldBody = nil
            table.release(body, of: self)
        }
        guard responseBytes > 0 else { return }
        var isExempt = false
        if case .responding(let exchange?) = phase { isExempt = exchange.route.isExemptFromLimits }
        core.releaseResponse(responseBytes, isExempt: isExempt)
        responseBytes = 0
    }

    // MARK: Responses

    /// - Parameter isLengthKnown: false for the head of a response whose body is streamed.
    func respond(_ response: ServerResponse, isLengthKnown: Bool = true) {
        guard response.headers.areValid else {
            return respond(.text("a header of the response is not valid\n", status: 500))
        }
        awaitsHandler = false
        responseBegan = .now()
        lastProgress = responseBegan
        let head = responseHead(for: response, isLengthKnown: isLengthKnown)
        // Without a length the encoder would end the missing body with an empty chunk.
        guard isLengthKnown else { return send(.head(head)) { $0.sent(status: response.status) } }
        emit(.head(head))
        guard mayHaveBody(response) else { return end(status: response.status) }
        if let shared = response.sharedBody {
            sendShared(shared.buffer, status: response.status)
        } else {
            sendBody(response.body[...], status: response.status)
        }
    }

    func responseHead(for response: ServerResponse, isLengthKnown: Bool) -> HTTPResponseHead {
        if core.isStopping { keepsAlive = false }
        var headers = HTTPHeaders()
        for field in response.headers { headers.add(name: field.name, value: field.value) }
        for field in core.defaultHeaders where !headers.contains(name: field.name) {
            headers.add(name: field.name, value: field.value)
        }
        // Only this function decides how the body is delimited.
        headers.remove(name: "Transfer-Encoding")
        if !headers.contains(name: "Date") {
            let now = Timestamp(milliseconds: Int64(time(nil)) * 1000)
            headers.add(name: "Date", value: now.httpDate)
        }
        if !isLengthKnown {
            headers.remove(name: "Content-Length")
        } else if response.status >= 200 && response.status != 204 && response.status != 304 {
            headers.replaceOrAdd(name: "Content-Length", value: "\(response.bodyCount)")
        }
        if !keepsAlive { headers.replaceOrAdd(name: "Connection", value: "close") }
        return HTTPResponseHead(
            version: .http1_1,
            status: HTTPResponseStatus(statusCode: response.status),
            headers: headers
        )
    }

    func mayHaveBody(_ response: ServerResponse) -> Bool {
        !isAnsweringHead && response.status != 204 && response.status != 304
    }

    /// Slices of the buffer share its memory, so they can be larger than chunks that are copied, or
    /// encrypted.
    private func sendShared(_ rest: ByteBuffer, status: Int) {
        var later = rest
        let limit = isEncrypted ? Self.chunkBytes : Self.sharedChunkBytes
        guard let chunk = later.readSlice(length: min(limit, rest.readableBytes))
        else { return end(status: status) }
        let part = HTTPServerResponsePart.body(.byteBuffer(chunk))
        guard later.readableBytes == 0 else {
            return send(part) { [later] in $0.sendShared(later, status: status) }
        }
        emit(part)
        end(status: status)
    }

    private func sendBody(_ rest: ArraySlice<UInt8>, status: Int) {
        let chunk = rest.prefix(Self.chunkBytes)
        let later = rest.dropFirst(chunk.count)
        let part = HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(bytes: chunk)))
        guard later.isEmpty else {
            return send(part) { $0.sendBody(later, status: status) }
        }
        emit(part)
        end(status: status)
    }

    func end(status: Int?) {
        awaitsHandler = false
        send(.end(nil)) { $0.sent(status: status) }
    }

    func emit(_ part: HTTPServerResponsePart) {
        context?.write(wrapOutboundOut(part), promise: nil)
    }

    /// Calls `next` once everything is written, or closes after the write timeout. `next` runs in a
    /// later turn of the event loop, so that other connections get served in between and writes
    /// that complete at once do not recurse.
    func send(
        _ part: HTTPServerResponsePart,
        then next: @escaping (ConnectionHandler) -> Void
    ) {
        guard let context else { return }
        setDeadline(writeLimit) { handler in
            handler.core.evicted(.slowReader)
            handler.close()
        }
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { result in
            guard case .success = result else { return self.close() }
            self.lastProgress = .now()
            context.eventLoop.assumeIsolated().execute { next(self) }
        }
        context.writeAndFlush(wrapOutboundOut(part), promise: promise)
    }

    /// The time left for the next part: no part may take longer than the write timeout, nor all
    /// together longer than the response timeout.
    var writeLimit: Duration {
        let elapsed = Duration.nanoseconds((NIODeadline.now() - responseBegan).nanoseconds)
        return max(.zero, min(limits.writeTimeout, limits.responseTimeout - elapsed))
    }

    // MARK: After the response

    /// After the last response the connection lingers instead of closing: see `Phase.lingering`.
    private func sent(status: Int?) {
        guard case .responding(let exchange) = phase else { return }
        releaseHead()
        releaseResponse()
        if let exchange { finish(exchange, status: status) }
        phase = .responding(nil)
        if keepsAlive && !core.isStopping { return becomeIdle() }
        if isInputClosed || core.isStopping { return close() }
        phase = .lingering
        setDeadline(Self.lingerTimeout) { $0.close() }
        context?.close(mode: .output, promise: nil)
        resumeReading()
    }

    /// Gives back what the exchange holds. Must be called exactly once per admitted request, or the
    /// memory of bodies is used up.
    ///
    /// - Parameter status: nil if no response was sent completely; the request is then not counted.
    func finish(_ exchange: Exchange, status: Int?) {
        releasePlace()
        core.releaseBody(exchange.bodyBytes)
        guard let status else { return }
        let elapsed = NIODeadline.now() - exchange.began
        core.finished(
            exchange.route,
            status: status,
            seconds: Double(elapsed.nanoseconds) / 1_000_000_000
        )
    }
}
