import Files
import Agent
import ArgumentParser
import GESSimulator

/// Runs the simulator alone, for tests of other programs and for trying out a configuration. The
/// printed endpoints are the only output, so that scripts can read them.
struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Run a simulated Huawei Cloud GES until SIGTERM or SIGINT.",
        discussion: """
            Once ready, prints the endpoints and credentials of the cloud: one name and value per \
            line or, with -o json, a JSON object on one line. The control interface makes graphs \
            hang, makes requests fail, and lists the received requests:

            POST /control/graphs/ID/hang, heal, status, manner, work, task
            POST /control/faults {"kind": ..., "match": {"operation": ...}, "count": ...}
            POST /control/outage, certificate, clock, password, tokens/revoke
            DELETE /control/faults, faults/NUMBER, outage, graphs/ID
            GET /control/summary, graphs, faults, requests

            See the page "Simulated cloud" of the documentation.
            """
    )

    @OptionGroup var cloud: SimulatorOptions

    @Option(name: [.customShort("o"), .customLong("output")], help: "Output format.")
    var output = ClientOptions.Output.table

    func run() async throws {
        let stop = StopSignal()
        let signals = Signals(stop: stop, onHangup: stop.request)
        defer { signals.end() }
        let server: SimulatedCloudServer
        do {
            server = try await SimulatedCloudServer.bind(cloud.configuration)
            if let file = cloud.authorityFile {
                try TextFile.write(server.endpoints.certificateAuthority ?? "", to: file)
            }
        } catch {
            Terminal.error("\(error)")
            throw ExitCode(1)
        }
        Terminal.output(SimulatorDescription(server).text(output))
        await withDiscardingTaskGroup { group in
            group.addTask { await server.run() }
            await stop.wait()
            await server.stop()
        }
    }
}

/// The defaults are those of `SimulatorConfiguration`, with ports that the system chooses.
struct SimulatorOptions: ParsableArguments {
    @Option(help: "Number of graphs, 0 to 10000.")
    var graphs = 5

    @Option(help: "Seed of the names and IDs of the graphs.")
    var seed: UInt64 = 1

    @Option(
        help: """
            Factor for the duration of a restart: 1 takes three minutes, as in the real service; \
            0.01 takes two seconds.
            """
    )
    var timeScale = 1.0

    @Option(help: "Address to listen on.")
    var host = "127.0.0.1"

    @Option(
        help: """
            Port of the GES management plane, IAM and the metadata service; 0 picks a free port.
            """
    )
    var managementPort = 0

    @Option(help: "Port of the data plane of the graphs; 0 picks a free port.")
    var dataPlanePort = 0

    @Option(help: "Port of the control interface; 0 picks a free port.")
    var controlPort = 0

    @Option(
        name: .customLong("tls-ca-file"),
        help: "Enable TLS, and write the CA certificate to trust to this file."
    )
    var authorityFile: String?

    @Option(help: "Validity of IAM tokens in seconds.")
    var tokenLifeSeconds = 24 * 3600

    var configuration: SimulatorConfiguration {
        var configuration = SimulatorConfiguration()
        configuration.graphCount = graphs
        configuration.seed = seed
        configuration.timeScale = timeScale
        configuration.host = host
        configuration.managementPort = managementPort
        configuration.dataPlanePort = dataPlanePort
        configuration.controlPort = controlPort
        configuration.tokenLife = .seconds(tokenLifeSeconds)
        configuration.speaksTLS = authorityFile != nil
        return configuration
    }
}
