import NIOCore
import NIOEmbedded
import NIOPosix
import Synchronization

@testable import Listener

/// One connection of a server, without a socket and with a manual clock.
struct VirtualConnection: Sendable {
    let core: ServerCore
    private let channel = NIOAsyncTestingChannel()
    private let peer: HeldWrites

    /// - Parameter takesWrites: false for a client that reads nothing until told to.
    init(
        of routes: [Route] = standardRoutes,
        takesWrites: Bool = true,
        _ change: (inout HTTPServerConfiguration) -> Void = { _ in }
    ) async throws {
        var configuration = HTTPServerConfiguration()
        change(&configuration)
        core = ServerCore(configuration: configuration, router: Router(routes))
        peer = HeldWrites(holds: !takesWrites)
        try await channel.testingEventLoop.executeInContext { [channel, core, peer] in
            try channel.pipeline.syncOperations.addHandler(peer)
            let table = ConnectionTable(core: core)
            try ServerBootstrap.addHandlers(to: channel, core: core, table: table)
        }
        try await channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).get()
    }

    var isOpen: Bool { channel.isActive }

    /// Sends text from the client.
    func send(_ text: String) async throws {
        try await channel.writeInbound(ByteBuffer(string: text))
    }

    /// Passes the next request to its handler; returns when the connection has the reply.
    func handleRequest() async throws {
        var jobs = core.jobs.makeAsyncIterator()
        guard let job = await jobs.next() else { return }
        await job.run()
        await channel.testingEventLoop.run()
    }

    func pass(_ duration: Duration) async {
        let nanoseconds = Int64(duration / .nanoseconds(1))
        await channel.testingEventLoop.advanceTime(by: .nanoseconds(nanoseconds))
    }

    /// What the client has received since the last call.
    func received() async throws -> String {
        var text = ""
        while let bytes = try await channel.readOutbound(as: ByteBuffer.self) {
            text += String(buffer: bytes)
        }
        return text
    }

    /// Lets a blocked client read pending data; returns how much that was.
    func takeWrites() async throws -> Int {
        try await channel.testingEventLoop.executeInContext { [peer] in peer.take() }
    }
}

/// A client that reads only when told to. Confined to the event loop.
private final class HeldWrites: ChannelOutboundHandler, Sendable {
    typealias OutboundIn = ByteBuffer

    private struct State {
        var bytes = 0
        var promises: [EventLoopPromise<Void>?] = []
    }

    private let holds: Bool
    private let state = Mutex(State())

    init(holds: Bool) {
        self.holds = holds
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard holds else { return context.write(data, promise: promise) }
        let count = unwrapOutboundIn(data).readableBytes
        state.withLock { state in
            state.bytes += count
            state.promises.append(promise)
        }
    }

    func take() -> Int {
        let taken = state.withLock { state in
            defer { state = State() }
            return state
        }
        for promise in taken.promises { promise?.succeed() }
        return taken.bytes
    }
}
