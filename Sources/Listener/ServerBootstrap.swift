import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

extension ServerBootstrap {
    /// Bytes that are read from a connection at once. With one read for each readiness event the
    /// loop serves all others in between, and no more than this waits in a connection.
    private static let readBytes = 16 << 10

    /// The pipeline of a connection is: TLS if configured, arrival gate, HTTP codec, connection
    /// handler. That of a listener is the accept gate alone.
    static func make(core: ServerCore, group: any EventLoopGroup) -> ServerBootstrap {
        let table = NIOLoopBoundBox.makeBoxSendingValue(
            ConnectionTable(core: core),
            eventLoop: group.any()
        )
        return ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.backlog, value: 256)
            // One accept per read, so that the gate can check the connection limit each time.
            .serverChannelOption(.maxMessagesPerRead, value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        AcceptGate(core: core, table: table.value)
                    )
                }
            }
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            // Some clients close their sending side right after the request.
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(
                .recvAllocator,
                value: FixedSizeRecvByteBufferAllocator(capacity: readBytes)
            )
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try addHandlers(to: channel, core: core, table: table.value)
                }
            }
    }

    static func addHandlers(
        to channel: any Channel,
        core: ServerCore,
        table: ConnectionTable
    ) throws {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = core.configuration.maximumHeadBytes
        limits.maxHeaderListSize = core.configuration.maximumHeadBytes
        limits.maxHeaderFieldCount = core.configuration.maximumHeadFields
        let tls = core.tls
        let connection = ConnectionHandler(core: core, table: table, isEncrypted: tls != nil)
        let pipeline = channel.pipeline.syncOperations
        if let tls {
            let handler = NIOSSLServerHandler(context: tls.context)
            try pipeline.addHandler(handler, name: ServerCore.tlsHandlerName)
        }
        let arrivals = ArrivalGate(connection)
        connection.arrivals = arrivals
        try pipeline.addHandler(arrivals)
        try pipeline.configureHTTPServerPipeline(
            withPipeliningAssistance: false,
            withErrorHandling: false,
            // `ConnectionHandler` validates the headers, and turns invalid ones into a 500.
            withOutboundHeaderValidation: false,
            withEncoderConfiguration: HTTPResponseEncoder.Configuration(),
            withDecoderLimitConfiguration: limits
        )
        try pipeline.addHandler(connection)
    }

    /// Binds and listens. Listening on `::` accepts IPv4 clients too.
    func listen(at address: ListenAddress) async throws(ListenError) -> any Channel {
        do {
            switch address {
            case .inherited(let descriptor):
                return try await withBoundSocket(descriptor).get()
            case .unix(let path):
                return try await bind(unixDomainSocketPath: path).get()
            case .host("", let port):
                do {
                    return try await bind(host: "::", port: port).get()
                } catch let error as IOError
                    where [EAFNOSUPPORT, EADDRNOTAVAIL].contains(error.errnoCode)
                {
                    // The machine has no IPv6.
                    return try await bind(host: "0.0.0.0", port: port).get()
                }
            case .host(let host, let port):
                return try await bind(host: host, port: port).get()
            }
        } catch let error as IOError {
            let reason = unsafe String(cString: strerror(error.errnoCode))
            throw ListenError(address: address, reason: reason)
        } catch {
            throw ListenError(address: address, reason: "\(error)")
        }
    }
}
