import NIOCore
import NIOHTTP1

/// Handing the connection over to a request handler that writes raw bytes to it.
extension ConnectionHandler {
    /// Returns nil if the connection is closed. From here on only the write timeout applies.
    func takeOver(_ exchange: Exchange) -> RawConnection? {
        guard let eventLoop = context?.eventLoop else { return nil }
        clearDeadline()
        let closed = Completion()
        phase = .takenOver(exchange, closed)
        if isInputClosed { closed.complete() }
        let handler = NIOLoopBound(self, eventLoop: eventLoop)
        return RawConnection(
            closed: closed,
            send: { bytes in
                await withCheckedContinuation { continuation in
                    eventLoop.execute {
                        handler.value.sendRaw(bytes) { continuation.resume(returning: $0) }
                    }
                }
            },
            close: { eventLoop.execute { handler.value.close() } }
        )
    }

    /// Writes from the encoder's position in the pipeline, so that the bytes bypass the encoder but
    /// not TLS.
    private func sendRaw(_ bytes: [UInt8], then done: @escaping @Sendable (Bool) -> Void) {
        guard case .takenOver = phase, let context,
            let encoder = try? context.pipeline.syncOperations.context(
                handlerType: HTTPResponseEncoder.self
            )
        else { return done(false) }
        setDeadline(limits.writeTimeout) { $0.close() }
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { result in
            self.clearDeadline()
            if case .success = result { done(true) } else { done(false) }
        }
        encoder.writeAndFlush(NIOAny(ByteBuffer(bytes: bytes)), promise: promise)
    }
}
