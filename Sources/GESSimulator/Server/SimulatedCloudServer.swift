package import Listener
package import Time

/// The addresses of a simulated cloud.
package struct SimulatorEndpoints: Hashable, Sendable {
    /// The base URL of GES' management plane, IAM, Cloud Eye and the metadata service: one port
    /// serves them all, distinguished by path.
    package let management: String
    /// The graphs report this host as their private address.
    package let dataPlaneHost: String
    package let dataPlanePort: Int
    /// The base URL of the control interface, which is below `/control/`.
    package let control: String
    /// The authority to trust, as PEM; nil without TLS.
    package let certificateAuthority: String?
}

/// Why a simulated cloud could not be started.
package enum SimulatorError: Error, Hashable, CustomStringConvertible {
    case configuration([String])
    case listen(ListenError)
    case certificates(String)

    package var description: String {
        switch self {
        case .configuration(let problems): "simulated cloud: " + problems.joined(separator: "; ")
        case .listen(let error): "simulated cloud: \(error)"
        case .certificates(let reason): "simulated cloud: no certificates: \(reason)"
        }
    }
}

/// A simulated cloud on three ports: the management endpoints, the graphs' data plane, and the
/// control interface, which is not part of the simulation.
///
/// `bind` opens the ports; `run` serves until its task is cancelled or `stop` is called.
package final class SimulatedCloudServer: Sendable {
    package let configuration: SimulatorConfiguration
    package let endpoints: SimulatorEndpoints
    private let cloud: SharedCloud
    private let ports: CloudPorts
    private let control: HTTPServer
    private let stopping = Latch()
    private let stopped = Latch()

    private init(
        _ configuration: SimulatorConfiguration,
        _ cloud: SharedCloud,
        _ ports: CloudPorts,
        _ control: HTTPServer,
        _ certificates: CloudCertificates?
    ) {
        self.configuration = configuration
        self.cloud = cloud
        self.ports = ports
        self.control = control
        let dataPlanePort =
            if case .host(_, let port) = ports.dataPlaneAddress { port } else { 0 }
        endpoints = SimulatorEndpoints(
            management: (certificates == nil ? "http" : "https") + "://\(ports.managementAddress)",
            dataPlaneHost: configuration.host,
            dataPlanePort: dataPlanePort,
            control: "http://\(control.boundAddress)",
            certificateAuthority: certificates?.authority
        )
    }

    /// - Parameter clock: the cloud's true time; the system's by default.
    package static func bind(
        _ configuration: SimulatorConfiguration = SimulatorConfiguration(),
        clock: @escaping @Sendable () -> Timestamp = Timestamp.systemTime
    ) async throws(SimulatorError) -> SimulatedCloudServer {
        let problems = configuration.problems
        guard problems.isEmpty else { throw .configuration(problems) }
        let cloud = SharedCloud(configuration, clock: clock)
        let certificates = try certificates(configuration, at: cloud.now)
        do throws(ListenError) {
            let ports = try await CloudPorts.bind(
                configuration,
                for: cloud,
                certificates: certificates
            )
            do throws(ListenError) {
                let control = try await ControlServer.bind(
                    configuration,
                    cloud: cloud,
                    ports: ports
                )
                return SimulatedCloudServer(configuration, cloud, ports, control, certificates)
            } catch {
                await ports.abandon()
                throw error
            }
        } catch {
            throw .listen(error)
        }
    }

    private static func certificates(
        _ configuration: SimulatorConfiguration,
        at now: Timestamp
    ) throws(SimulatorError) -> CloudCertificates? {
        guard configuration.speaksTLS else { return nil }
        do {
            return try CloudCertificates(host: configuration.host, at: now)
        } catch {
            throw .certificates("\(error)")
        }
    }

    package func run() async {
        await withDiscardingTaskGroup { tasks in
            tasks.addTask { await self.ports.run() }
            tasks.addTask { await self.control.run() }
            await stopping.wait()
            tasks.cancelAll()
        }
        stopped.open()
    }

    /// Makes `run` close all connections and ports, and waits until it has. A server that was bound
    /// must be run, if only to be stopped.
    package func stop() async {
        stopping.open()
        await stopped.wait()
    }

    /// Binds, and serves while `body` runs.
    package static func serving<Result: Sendable>(
        _ configuration: SimulatorConfiguration = SimulatorConfiguration(),
        clock: @escaping @Sendable () -> Timestamp = Timestamp.systemTime,
        _ body: @Sendable (SimulatedCloudServer) async throws -> Result
    ) async throws -> Result {
        let server = try await bind(configuration, clock: clock)
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { await server.run() }
            defer { tasks.cancelAll() }
            return try await body(server)
        }
    }

    /// Reads or changes the cloud between two requests.
    /// - Parameter body: receives the cloud and its current time.
    package func withCloud<Result: Sendable, Failure: Error>(
        _ body: (inout SimulatedCloud, Timestamp) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try cloud.withCloud(body)
    }

    /// Starts an outage, or ends it with nil. If the outage refuses connections, the ports are
    /// closed (or opened again) when this returns.
    package func setOutage(_ outage: Outage?) async throws(SimulatorError) {
        cloud.withCloud { cloud, _ in cloud.outage = outage }
        try await updatePorts()
    }

    /// Presents another certificate: all connections close, and the ports reopen with it.
    package func setCertificate(_ kind: CertificateKind) async throws(SimulatorError) {
        cloud.withCloud { cloud, _ in cloud.certificate = kind }
        try await updatePorts()
    }

    private func updatePorts() async throws(SimulatorError) {
        do throws(ListenError) {
            try await ports.update()
        } catch {
            throw .listen(error)
        }
    }
}
