import Listener
import Synchronization

/// The cloud's two ports. They are closed while an outage refuses connections, and reopened with
/// the same numbers.
final class CloudPorts: Sendable {
    /// One server and its completion. A server is stopped by cancelling the task that runs it, so
    /// that only this task waits for its event loop.
    private struct Front: Sendable {
        let server: HTTPServer
        /// The certificate that it presents; nil without TLS.
        let certificate: CertificateKind?
        let close = Latch()
        let closed = Latch()

        func run() async {
            await withDiscardingTaskGroup { tasks in
                tasks.addTask { await server.run() }
                await close.wait()
                tasks.cancelAll()
            }
            closed.open()
        }
    }

    private enum Command: Sendable {
        case serve(Front)
        case update(after: Duration)
    }

    private enum Step {
        case close([Front])
        case open
        case nothing
    }

    private struct State {
        var fronts: [Front]
        /// Ports are not opened or closed before `run` starts.
        var isRunning = false
        var isChanging = false
    }

    let managementAddress: ListenAddress
    let dataPlaneAddress: ListenAddress
    private let cloud: SharedCloud
    private let certificates: CloudCertificates?
    private let state: Mutex<State>
    /// Consumed by the task of `run`.
    private let commands: AsyncStream<Command>
    private let submission: AsyncStream<Command>.Continuation

    /// - Parameter certificates: enables TLS on the ports.
    static func bind(
        _ configuration: SimulatorConfiguration,
        for cloud: SharedCloud,
        certificates: CloudCertificates?
    ) async throws(ListenError) -> CloudPorts {
        let host = configuration.host
        let fronts = try await bind(
            .host(host, port: configuration.managementPort),
            .host(host, port: configuration.dataPlanePort),
            cloud,
            certificates
        )
        return CloudPorts(cloud, certificates, fronts)
    }

    private init(
        _ cloud: SharedCloud,
        _ certificates: CloudCertificates?,
        _ fronts: [Front]
    ) {
        self.cloud = cloud
        self.certificates = certificates
        managementAddress = fronts[0].server.boundAddress
        dataPlaneAddress = fronts[1].server.boundAddress
        state = Mutex(State(fronts: fronts))
        (commands, submission) = AsyncStream.makeStream()
        for front in fronts { submission.yield(.serve(front)) }
        // An outage may have been declared before `run` starts.
        submission.yield(.update(after: .zero))
    }

    /// Binds both ports or neither.
    private static func bind(
        _ managementAddress: ListenAddress,
        _ dataPlaneAddress: ListenAddress,
        _ cloud: SharedCloud,
        _ certificates: CloudCertificates?
    ) async throws(ListenError) -> [Front] {
        let kind = certificates.map { _ in cloud.withCloud { cloud, _ in cloud.certificate } }
        let tls = kind.flatMap { certificates?[$0] }
        let management = try await bind(.management, managementAddress, cloud, tls)
        do {
            let dataPlane = try await bind(.dataPlane, dataPlaneAddress, cloud, tls)
            return [management, dataPlane].map { Front(server: $0, certificate: kind) }
        } catch {
            await management.abandon()
            throw error
        }
    }

    private static func bind(
        _ entrance: CloudRequest.Entrance,
        _ address: ListenAddress,
        _ cloud: SharedCloud,
        _ tls: ServerTLS?
    ) async throws(ListenError) -> HTTPServer {
        var router = Router()
        router.fallback = Listener.Route(
            "GET",
            "/{rest...}",
            handler: CloudHandler(cloud: cloud, entrance: entrance)
        )
        return try await HTTPServer.bind(
            to: [address],
            configuration: .forSimulation,
            tls: tls,
            router: router
        )
    }

    /// Serves until its task is cancelled.
    func run() async {
        state.withLock { $0.isRunning = true }
        await withDiscardingTaskGroup { tasks in
            for await command in commands {
                switch command {
                case .serve(let front): tasks.addTask { await front.run() }
                case .update(let delay):
                    tasks.addTask {
                        guard (try? await Task.sleep(for: delay)) != nil else { return }
                        // The ports were released by this process. If another program has taken
                        // one, both stay closed, as during the outage.
                        try? await self.update()
                    }
                }
            }
            tasks.cancelAll()
        }
        state.withLock { $0.isRunning = false }
    }

    /// Closes ports that were never served.
    func abandon() async {
        for front in state.withLock({ $0.fronts }) { await front.server.abandon() }
    }

    /// Closes or opens the ports according to the cloud's outage and certificate. If another call
    /// is in progress, that call applies the change.
    func update() async throws(ListenError) {
        while true {
            switch nextStep() {
            case .nothing: return
            case .close(let fronts):
                for front in fronts { front.close.open() }
                for front in fronts { await front.closed.wait() }
                state.withLock { $0.isChanging = false }
            case .open:
                try await open()
            }
        }
    }

    private func nextStep() -> Step {
        let (remaining, certificate) = cloud.withCloud { cloud, now in
            (cloud.refusalRemaining(at: now), cloud.certificate)
        }
        return state.withLock { state in
            guard state.isRunning, !state.isChanging else { return .nothing }
            if remaining != nil, !state.fronts.isEmpty {
                defer { state.fronts = [] }
                state.isChanging = true
                if case .limited(let delay) = remaining { submission.yield(.update(after: delay)) }
                return .close(state.fronts)
            }
            // An open connection keeps its old certificate, so all connections are closed.
            let shown = state.fronts.first.flatMap(\.certificate)
            if shown != nil, shown != certificate {
                defer { state.fronts = [] }
                state.isChanging = true
                return .close(state.fronts)
            }
            if remaining == nil, state.fronts.isEmpty {
                state.isChanging = true
                return .open
            }
            return .nothing
        }
    }

    private func open() async throws(ListenError) {
        defer { state.withLock { $0.isChanging = false } }
        let fronts = try await Self.bind(
            managementAddress,
            dataPlaneAddress,
            cloud,
            certificates
        )
        state.withLock { $0.fronts = fronts }
        for front in fronts { submission.yield(.serve(front)) }
    }
}

extension HTTPServer {
    /// Closes a server that was bound and will not serve.
    func abandon() async {
        await stop(within: .zero)
        await run()
    }
}

extension HTTPServerConfiguration {
    /// High enough that a test with hundreds of hanging graphs never reaches the listener's limits.
    static var forSimulation: HTTPServerConfiguration {
        var configuration = HTTPServerConfiguration()
        configuration.maximumConnections = 8192
        configuration.maximumConnectionsPerAddress = 8192
        configuration.maximumInFlight = 8192
        configuration.maximumBufferedResponseBytes = .max / 2
        configuration.maximumHandshakes = 8192
        configuration.maximumHandshakesPerAddress = 8192
        configuration.maximumHeadBytes = 160 << 10
        configuration.maximumBufferedHeadBytes = .max / 2
        configuration.maximumBodyBytes = 1 << 20
        configuration.defaultHeaders = [:]
        return configuration
    }
}
