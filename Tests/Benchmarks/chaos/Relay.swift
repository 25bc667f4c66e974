import Glibc
import NIOCore
import NIOPosix
import Synchronization
import Workbench

/// A TCP proxy on a port of its own, between one agent and one server, that can be told to misbehave.
final class Relay: Sendable {
    enum Manner: Equatable, Sendable {
        case open
        /// Connections are accepted and nothing passes. What waits passes later, also on behalf of
        /// a client that has given up: a network may deliver what it has for a dead sender.
        case silent
        /// What the client sends passes, and no answer.
        case deaf
        /// Connections are reset, and new ones as soon as they are accepted.
        case cut
        /// Everything arrives later by this many milliseconds.
        case slow(Int64)
    }

    private struct State {
        var manner = Manner.open
        var links: [ObjectIdentifier: Link] = [:]
        var listener: (any Channel)?
    }

    private let target: Int
    private let state = Mutex(State())
    /// Sees everything that the client sends, before it passes.
    private let inspect: @Sendable (ByteBuffer, Relay) -> Void

    private init(
        to target: Int,
        inspect: @escaping @Sendable (ByteBuffer, Relay) -> Void
    ) {
        self.target = target
        self.inspect = inspect
    }

    static func start(
        to target: Int,
        on group: any EventLoopGroup,
        inspect: @escaping @Sendable (ByteBuffer, Relay) -> Void = { _, _ in }
    ) async throws -> Relay {
        let relay = Relay(to: target, inspect: inspect)
        let listener = try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { client in relay.accept(client) }
            .bind(host: "127.0.0.1", port: 0).get()
        relay.state.withLock { $0.listener = listener }
        return relay
    }

    var port: Int { state.withLock { $0.listener?.localAddress?.port ?? 0 } }

    var manner: Manner { state.withLock(\.manner) }

    func set(_ manner: Manner) {
        let links = state.withLock { state in
            state.manner = manner
            return Array(state.links.values)
        }
        for link in links {
            if manner == .cut { link.reset() } else { link.pass() }
        }
    }

    func stop() async {
        let (listener, links) = state.withLock { ($0.listener, Array($0.links.values)) }
        for link in links { link.reset() }
        try? await listener?.close()
    }

    func look(at bytes: ByteBuffer) {
        inspect(bytes, self)
    }

    func forget(_ link: Link) {
        _ = state.withLock { $0.links.removeValue(forKey: ObjectIdentifier(link)) }
    }

    private func accept(_ client: any Channel) -> EventLoopFuture<Void> {
        if manner == .cut { return client.close() }
        return ClientBootstrap(group: client.eventLoop)
            .channelOption(.autoRead, value: false)
            .connect(host: "127.0.0.1", port: target)
            .flatMap { server in
                let link = Link(self, client: client, server: server)
                self.state.withLock { $0.links[ObjectIdentifier(link)] = link }
                return link.begin()
            }
            .flatMapError { _ in client.close() }
    }
}

/// The two connections of one client, both on the same event loop.
final class Link: Sendable {
    enum End: Sendable { case client, server }

    private struct Direction {
        var waiting: [(bytes: ByteBuffer, due: NIODeadline)] = []
        /// Whether the sender has closed: the receiver follows when it has everything.
        var isEnding = false
    }

    private struct State {
        /// By the end that sends.
        var fromClient = Direction()
        var fromServer = Direction()
    }

    private let relay: Relay
    private let client: any Channel
    private let server: any Channel
    private let state = Mutex(State())

    init(_ relay: Relay, client: any Channel, server: any Channel) {
        self.relay = relay
        self.client = client
        self.server = server
    }

    func begin() -> EventLoopFuture<Void> {
        let client = client
        let server = server
        return client.pipeline.addHandler(LinkHandler(self, .client))
            .flatMap { server.pipeline.addHandler(LinkHandler(self, .server)) }
            .flatMap { client.setOption(.autoRead, value: true) }
            .flatMap { server.setOption(.autoRead, value: true) }
    }

    func received(_ bytes: ByteBuffer, from end: End) {
        if end == .client { relay.look(at: bytes) }
        var due = NIODeadline.now()
        if case .slow(let delay) = relay.manner { due = due + .milliseconds(delay) }
        change(end) { $0.waiting.append((bytes, due)) }
        pass()
    }

    func closed(_ end: End) {
        change(end) { $0.isEnding = true }
        pass()
    }

    private func change(_ end: End, _ body: (inout Direction) -> Void) {
        state.withLock { state in
            if end == .client { body(&state.fromClient) } else { body(&state.fromServer) }
        }
    }

    /// Sends what may pass now. Called from any thread.
    func pass() {
        client.eventLoop.execute { [self] in
            let manner = relay.manner
            guard manner != .silent, manner != .cut else { return }
            pass(from: .client, to: server)
            if manner != .deaf { pass(from: .server, to: client) }
        }
    }

    private func pass(from end: End, to receiver: any Channel) {
        var ready: [ByteBuffer] = []
        var next: NIODeadline?
        var isOver = false
        let now = NIODeadline.now()
        change(end) { direction in
            while let first = direction.waiting.first, first.due <= now {
                ready.append(first.bytes)
                direction.waiting.removeFirst()
            }
            next = direction.waiting.first?.due
            isOver = direction.isEnding && direction.waiting.isEmpty
        }
        for bytes in ready { receiver.write(bytes, promise: nil) }
        if !ready.isEmpty { receiver.flush() }
        if let next {
            client.eventLoop.scheduleTask(deadline: next) { self.pass() }
        } else if isOver {
            receiver.close(promise: nil)
            relay.forget(self)
        }
    }

    func reset() {
        relay.forget(self)
        for channel in [client, server] {
            // Without lingering the other side gets a reset.
            let options = channel as? any SocketOptionProvider
            let isSet =
                options?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
                ?? channel.eventLoop.makeSucceededVoidFuture()
            isSet.whenComplete { _ in channel.close(promise: nil) }
        }
    }
}

/// Hands what one end sends to the link.
private final class LinkHandler: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    private let link: Link
    private let end: Link.End

    init(_ link: Link, _ end: Link.End) {
        self.link = link
        self.end = end
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        link.received(unwrapInboundIn(data), from: end)
    }

    func channelInactive(context: ChannelHandlerContext) {
        link.closed(end)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
