import Listener
import Synchronization

/// The two ports of the cloud itself. They are closed while an outage refuses connections, and opened
/// again at the same numbers.
final class CloudPorts: Sendable {
    private enum Errand: Sendable {
        case serve(HTTPServer)
        case update(after: Duration)
    }

    private enum Step {
        case close([HTTPServer])
        case open
        case nothing
    }

    private struct State {
        var servers: [HTTPServer]
        var isChanging = false
        var isStopped = false
    }

    let managementAddress: ListenAddress
    let dataPlaneAddress: ListenAddress
    private let cloud: SharedCloud
    private let state: Mutex<State>
    /// Waits for the task of `run`.
    private let errands: AsyncStream<Errand>
    private let submission: AsyncStream<Errand>.Continuation

    static func bind(
        _ configuration: SimulatorConfiguration,
        for cloud: SharedCloud
    ) async throws(ListenError) -> CloudPorts {
        let host = configuration.host
        let management = try await bind(
            .management,
            .host(host, port: configuration.managementPort),
            cloud
        )
        do {
            let dataPlane = try await bind(
                .dataPlane,
                .host(host, port: configuration.dataPlanePort),
                cloud
            )
            return CloudPorts(cloud, management, dataPlane)
        } catch {
            await management.abandon()
            throw error
        }
    }

    private init(_ cloud: SharedCloud, _ management: HTTPServer, _ dataPlane: HTTPServer) {
        self.cloud = cloud
        managementAddress = management.boundAddress
        dataPlaneAddress = dataPlane.boundAddress
        state = Mutex(State(servers: [management, dataPlane]))
        (errands, submission) = AsyncStream.makeStream()
        submission.yield(.serve(management))
        submission.yield(.serve(dataPlane))
    }

    private static func bind(
        _ entrance: CloudRequest.Entrance,
        _ address: ListenAddress,
        _ cloud: SharedCloud
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
            router: router
        )
    }

    func run() async {
        await withDiscardingTaskGroup { tasks in
            for await errand in errands {
                switch errand {
                case .serve(let server): tasks.addTask { await server.run() }
                case .update(let delay):
                    tasks.addTask {
                        guard (try? await Task.sleep(for: delay)) != nil else { return }
                        try? await self.update()
                    }
                }
            }
            tasks.cancelAll()
        }
    }

    func stop() async {
        let servers = state.withLock { state in
            state.isStopped = true
            defer { state.servers = [] }
            return state.servers
        }
        for server in servers { await server.stop(within: .zero) }
        submission.finish()
    }

    /// Closes ports that will not serve.
    func abandon() async {
        await stop()
        await run()
    }

    /// Closes or opens the ports, as the cloud's outage has it. When another call is at it, that one
    /// sees to it.
    func update() async throws(ListenError) {
        while true {
            switch nextStep() {
            case .nothing: return
            case .close(let servers):
                for server in servers { await server.stop(within: .zero) }
                state.withLock { $0.isChanging = false }
            case .open:
                try await open()
            }
        }
    }

    private func nextStep() -> Step {
        let remaining = cloud.withCloud { cloud, now in cloud.refusalRemaining(at: now) }
        return state.withLock { state in
            guard !state.isChanging, !state.isStopped else { return .nothing }
            if remaining != nil, !state.servers.isEmpty {
                defer { state.servers = [] }
                state.isChanging = true
                if case .limited(let delay) = remaining { submission.yield(.update(after: delay)) }
                return .close(state.servers)
            }
            if remaining == nil, state.servers.isEmpty {
                state.isChanging = true
                return .open
            }
            return .nothing
        }
    }

    private func open() async throws(ListenError) {
        defer { state.withLock { $0.isChanging = false } }
        let management = try await Self.bind(.management, managementAddress, cloud)
        let dataPlane: HTTPServer
        do {
            dataPlane = try await Self.bind(.dataPlane, dataPlaneAddress, cloud)
        } catch {
            await management.abandon()
            throw error
        }
        state.withLock { $0.servers = [management, dataPlane] }
        submission.yield(.serve(management))
        submission.yield(.serve(dataPlane))
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
    /// Wide enough that the limits of the listener are never what a test of hundreds of hanging graphs
    /// meets.
    static var forSimulation: HTTPServerConfiguration {
        var configuration = HTTPServerConfiguration()
        configuration.maximumConnections = 8192
        configuration.maximumInFlight = 8192
        configuration.maximumHeadBytes = 160 << 10
        configuration.maximumBodyBytes = 1 << 20
        configuration.defaultHeaders = [:]
        return configuration
    }
}
