import NIOCore

/// Stops accepting while the server has as many connections as it may have, and for a while when
/// accepting failed. The kernel's backlog holds the others.
final class AcceptGate: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias OutboundIn = any Channel

    /// Fired at a listener when a connection has ended.
    struct PlaceIsFree {}

    /// Long enough that the loop does not spin while there are no file descriptors left, short
    /// enough that no scrape times out.
    private static let pause = TimeAmount.milliseconds(500)

    private let core: ServerCore
    private var hasPendingRead = false
    private var isPausing = false

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

    /// The listener lives on after the errors of `accept` that may pass, such as EMFILE. It would
    /// be told at once that connections wait, again and again, so its reading is switched off.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        core.acceptFailed()
        guard !isPausing else { return }
        isPausing = true
        let channel = context.channel
        _ = channel.setOption(.autoRead, value: false)
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.pause) {
            self.isPausing = false
            _ = channel.setOption(.autoRead, value: true)
        }
    }
}
