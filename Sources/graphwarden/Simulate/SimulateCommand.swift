import Files
import Agent
import ArgumentParser
import GESSimulator

struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Run a simulated Huawei Cloud GES until SIGTERM or SIGINT.",
        discussion: """
            Prints the endpoints and the credentials of the cloud once it serves, as lines of \
            name and value or, with -o json, as one JSON object on one line. The control \
            interface lets graphs hang, makes requests fail and tells what was asked:

            POST /control/graphs/ID/hang, heal, status, manner, work, task
            POST /control/faults {"kind": ..., "match": {"operation": ...}, "count": ...}
            POST /control/outage, certificate, clock, password, tokens/revoke
            DELETE /control/faults, faults/NUMBER, outage, graphs/ID
            GET /control/summary, graphs, faults, requests

            All of it is described in Sources/GESSimulator/GESSimulator.docc/ControlInterface.md.
            """
    )

    @OptionGroup var cloud: SimulatorOptions

    @Option(name: [.customShort("o"), .customLong("output")], help: "Form of what is printed.")
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
            Terminal.complain("\(error)")
            throw ExitCode(1)
        }
        Terminal.say(SimulatorDescription(server).text(output))
        await withDiscardingTaskGroup { group in
            group.addTask { await server.run() }
            await stop.wait()
            await server.stop()
        }
    }
}

struct SimulatorOptions: ParsableArguments {
    @Option(help: "Number of graphs, 0 to 10000.")
    var graphs = 5

    @Option(help: "Names and ids of the graphs follow from it.")
    var seed: UInt64 = 1

    @Option(help: "Pace of a restart: 1 takes three minutes as the real service, 0.01 two seconds.")
    var timeScale = 1.0

    @Option(help: "Address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "Port of GES' management plane, IAM and the metadata service; 0 is any.")
    var managementPort = 0

    @Option(help: "Port of the graphs' own interface; 0 is any.")
    var dataPlanePort = 0

    @Option(help: "Port of the control interface; 0 is any.")
    var controlPort = 0

    @Option(
        name: .customLong("tls-ca-file"),
        help: "Speak TLS, and write the authority to trust to this file."
    )
    var authorityFile: String?

    @Option(help: "How many seconds an IAM token is good for.")
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
