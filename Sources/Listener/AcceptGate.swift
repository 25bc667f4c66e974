import NIOCore

/// Pauses accepting while the server is at its connection limit, and briefly after an accept error.
/// Meanwhile new connections wait in the kernel's backlog. Sits in the listener's pipeline, where
/// each inbound "read" is an accepted connection.
final class AcceptGate: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias OutboundIn = any Channel

    /// Event fired at every listener when a connection has closed.
    struct PlaceIsFree {}

    /// Long enough that the loop does not spin while file descriptors are exhausted, short enough
    /// that no scrape times out.
    private static let pause = TimeAmount.milliseconds(500)

    private let core: ServerCore
    /// NIO issues the next read only after the last one completes, so a read that is held back must
    /// be replayed, or the listener never accepts again.
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

    /// The listener survives transient `accept` errors such as EMFILE. The waiting connection keeps
    /// the socket readable, so without a pause the loop would retry without end.
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
