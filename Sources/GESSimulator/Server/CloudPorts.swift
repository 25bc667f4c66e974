import Listener
import Synchronization

/// The two ports of the cloud itself. They are closed while an outage refuses connections, and opened
/// again at the same numbers.
final class CloudPorts: Sendable {
    /// One server and its end. A server is ended by cancelling the task that runs it, so that only
    /// this task ever waits for its event loop.
    private struct Front: Sendable {
        let server: HTTPServer
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

    private enum Errand: Sendable {
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
        /// Nothing is closed or opened while nobody runs what is open.
        var isRunning = false
        var isChanging = false
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
        let fronts = try await bind(
            .host(host, port: configuration.managementPort),
            .host(host, port: configuration.dataPlanePort),
            cloud
        )
        return CloudPorts(cloud, fronts)
    }

    private init(_ cloud: SharedCloud, _ fronts: [Front]) {
        self.cloud = cloud
        managementAddress = fronts[0].server.boundAddress
        dataPlaneAddress = fronts[1].server.boundAddress
        state = Mutex(State(fronts: fronts))
        (errands, submission) = AsyncStream.makeStream()
        for front in fronts { submission.yield(.serve(front)) }
        // An outage may have been declared before anything runs.
        submission.yield(.update(after: .zero))
    }

    /// Both or none.
    private static func bind(
        _ managementAddress: ListenAddress,
        _ dataPlaneAddress: ListenAddress,
        _ cloud: SharedCloud
    ) async throws(ListenError) -> [Front] {
        let management = try await bind(.management, managementAddress, cloud)
        do {
            let dataPlane = try await bind(.dataPlane, dataPlaneAddress, cloud)
            return [Front(server: management), Front(server: dataPlane)]
        } catch {
            await management.abandon()
            throw error
        }
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

    /// Serves until its task is cancelled.
    func run() async {
        state.withLock { $0.isRunning = true }
        await withDiscardingTaskGroup { tasks in
            for await errand in errands {
                switch errand {
                case .serve(let front): tasks.addTask { await front.run() }
                case .update(let delay):
                    tasks.addTask {
                        guard (try? await Task.sleep(for: delay)) != nil else { return }
                        // The port is free: it was ours. Another program may have taken it
                        // meanwhile; then it stays closed, as the outage had it.
                        try? await self.update()
                    }
                }
            }
            tasks.cancelAll()
        }
        state.withLock { $0.isRunning = false }
    }

    /// Closes ports that were never run.
    func abandon() async {
        for front in state.withLock({ $0.fronts }) { await front.server.abandon() }
    }

    /// Closes or opens the ports, as the cloud's outage has it. When another call is at it, that one
    /// sees to it.
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
        let remaining = cloud.withCloud { cloud, now in cloud.refusalRemaining(at: now) }
        return state.withLock { state in
            guard state.isRunning, !state.isChanging else { return .nothing }
            if remaining != nil, !state.fronts.isEmpty {
                defer { state.fronts = [] }
                state.isChanging = true
                if case .limited(let delay) = remaining { submission.yield(.update(after: delay)) }
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
        let fronts = try await Self.bind(managementAddress, dataPlaneAddress, cloud)
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
