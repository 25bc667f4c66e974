import NIOCore

/// Stops accepting while the server has as many connections as it may have. The kernel's backlog
/// holds the others.
final class AcceptGate: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias OutboundIn = any Channel

    /// Fired at a listener when a connection has ended.
    struct PlaceIsFree {}

    private let core: ServerCore
    private var hasPendingRead = false

    init(core: ServerCore) {
        self.core = core
    }

    func read(context: ChannelHandlerContext) {
        guard core.mayAccept else {
            hasPendingRead = true
            return
        }
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let connection = unwrapInboundIn(data)
        guard core.opened(connection) else {
            connection.close(promise: nil)
            return
        }
        let core = core
        connection.closeFuture.whenComplete { _ in core.closed(connection) }
        context.fireChannelRead(data)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is PlaceIsFree else {
            context.fireUserInboundEventTriggered(event)
            return
        }
        if hasPendingRead, core.mayAccept {
            hasPendingRead = false
            context.read()
        }
    }
}
