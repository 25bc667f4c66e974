import NIOCore

/// Sits in front of the HTTP parser. Reports arriving bytes to the connection: the parser is silent
/// until a head is complete, so only this handler sees when a request starts and how large an
/// unfinished head has become. And it passes them on in small pieces, none of them while a request
/// is being served: the parser turns 18 bytes into a request of several hundred, so what arrives
/// ahead must wait unparsed.
final class ArrivalGate: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// At most 57 requests fit into a piece.
    private static let pieceBytes = 1024
    /// Reading pauses while bytes wait, but when the client closes its sending side, NIO reads all
    /// that the kernel has.
    private static let maximumWaitingBytes = 64 << 10

    private let connection: ConnectionHandler
    private var waiting: ByteBuffer?
    private var isPassing = false
    private var context: ChannelHandlerContext?

    init(_ connection: ConnectionHandler) {
        self.connection = connection
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        waiting = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        if waiting?.writeBuffer(&bytes) == nil { waiting = bytes }
        pass()
        guard waitingBytes > Self.maximumWaitingBytes else { return }
        waiting = nil
        connection.inputIsLost()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // After this event the parser would drop what waits, such as the body of a request whose
        // password is being checked.
        guard case ChannelEvent.inputClosed = event, waitingBytes > 0 else {
            return context.fireUserInboundEventTriggered(event)
        }
        connection.inputClosed()
    }

    /// Bytes that wait for the end of the current request.
    var waitingBytes: Int { waiting?.readableBytes ?? 0 }

    /// Passes on what waits, until the connection pauses reading.
    func pass() {
        guard !isPassing else { return }
        isPassing = true
        defer { isPassing = false }
        while connection.isReading, let context, var bytes = waiting {
            // A slice that is parsed while `waiting` shares its memory would be copied.
            waiting = nil
            guard let piece = bytes.readSlice(length: min(Self.pieceBytes, bytes.readableBytes))
            else { return }
            if bytes.readableBytes > 0 { waiting = bytes }
            guard !connection.discardsInput else { continue }
            connection.bytesWillBeParsed()
            context.fireChannelRead(wrapInboundOut(piece))
            connection.bytesWereParsed(piece.readableBytes)
        }
    }
}
