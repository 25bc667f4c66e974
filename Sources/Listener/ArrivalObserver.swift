import NIOCore

/// Stands before the parser and tells the connection that bytes have come: only so can it know when
/// a request began, and how long a head has grown that never ends.
final class ArrivalObserver: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let connection: ConnectionHandler

    init(_ connection: ConnectionHandler) {
        self.connection = connection
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let count = unwrapInboundIn(data).readableBytes
        connection.bytesWillBeParsed()
        context.fireChannelRead(data)
        connection.bytesWereParsed(count)
    }
}
