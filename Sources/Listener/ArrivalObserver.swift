import NIOCore

/// Sits in front of the HTTP parser and reports arriving bytes to the connection. The parser is
/// silent until a head is complete, so only this handler sees when a request starts and how large
/// an unfinished head has become.
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
