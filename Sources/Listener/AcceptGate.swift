import NIOCore

/// Finds a place for each new connection. Pauses accepting while every connection is busy or too
/// many TLS handshakes go on, and briefly after an accept error. Meanwhile new connections wait in
/// the kernel's backlog. Sits in the listener's pipeline, where each inbound "read" is an accepted
/// connection.
final class AcceptGate: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias OutboundIn = any Channel

    /// Event fired at every listener when a connection has closed.
    struct PlaceIsFree {}

    /// Long enough that the loop does not spin while file descriptors are exhausted, short enough
    /// that no scrape times out.
    private static let pause = TimeAmount.milliseconds(500)

    /// How long to wait for a connection that may be closed for a new one.
    private static let retry = TimeAmount.milliseconds(100)

    private let core: ServerCore
    private let table: ConnectionTable
    /// NIO issues the next read only after the last one completes, so a read that is held back must
    /// be replayed, or the listener never accepts again.
    private var hasPendingRead = false
    private var isPausing = false

    init(core: ServerCore, table: ConnectionTable) {
        self.core = core
        self.table = table
    }

    func read(context: ChannelHandlerContext) {
        guard table.mayAccept else {
            hasPendingRead = true
            return retry(context)
        }
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let connection = unwrapInboundIn(data)
        let address = connection.remoteAddress?.plainAddress ?? ""
        guard table.makeRoom(for: address) else {
            core.evicted(.addressLimit)
            connection.close(promise: nil)
            return
        }
        guard core.opened(connection) else {
            connection.close(promise: nil)
            return
        }
        table.opened(connection, from: address)
        let core = core
        let table = NIOLoopBound(table, eventLoop: context.eventLoop)
        connection.closeFuture.whenComplete { _ in
            table.value.remove(connection)
            core.closed(connection)
        }
        context.fireChannelRead(data)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is PlaceIsFree else {
            context.fireUserInboundEventTriggered(event)
            return
        }
        readIfPending(context)
    }

    private func readIfPending(_ context: ChannelHandlerContext) {
        if hasPendingRead, table.mayAccept {
            hasPendingRead = false
            context.read()
        }
    }

    /// A connection may become idle or stalled without being closed.
    private func retry(_ context: ChannelHandlerContext) {
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.retry) {
            guard self.hasPendingRead, context.channel.isActive else { return }
            self.readIfPending(context)
            if self.hasPendingRead { self.retry(context) }
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
