import NIOCore
import NIOHTTP1

/// Sending a response whose body a handler still produces.
extension ConnectionHandler {
    /// Sends the head. Returns nil if nothing may follow it.
    func stream(_ response: ServerResponse, _ exchange: Exchange) -> ResponseStream? {
        phase = .responding(exchange)
        guard mayHaveBody(response), response.headers.areValid, let context else {
            releasePlace()
            respond(response, isLengthKnown: false)
            return nil
        }
        responseBegan = .now()
        lastProgress = responseBegan
        // Without a length the encoder uses chunks, and the end of the connection for HTTP/1.0.
        var head = responseHead(for: response, isLengthKnown: false)
        if exchange.head.version == .http1_0 { head.version = .http1_0 }
        emit(.head(head))
        awaitsHandler = true
        let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
        let eventLoop = context.eventLoop
        return ResponseStream(
            send: { bytes in
                await withCheckedContinuation { continuation in
                    eventLoop.execute {
                        handler.value.sendPart(bytes) { continuation.resume(returning: $0) }
                    }
                }
            },
            end: { isComplete in
                eventLoop.execute {
                    let handler = handler.value
                    guard case .responding = handler.phase else { return }
                    handler.releasePlace()
                    if isComplete {
                        handler.end(status: response.status)
                    } else {
                        handler.closeAtOnce()
                    }
                }
            }
        )
    }

    private func sendPart(_ bytes: [UInt8], then done: @escaping @Sendable (Bool) -> Void) {
        guard case .responding = phase, let context else { return done(false) }
        awaitsHandler = false
        lastProgress = .now()
        setDeadline(writeLimit) { handler in
            handler.core.evicted(.slowReader)
            handler.closeAtOnce()
        }
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { result in
            self.clearDeadline()
            self.lastProgress = .now()
            self.awaitsHandler = true
            if case .success = result { done(true) } else { done(false) }
        }
        let part = HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(bytes: bytes)))
        context.writeAndFlush(wrapOutboundOut(part), promise: promise)
    }
}
