import Agent
import ArgumentParser
import GESSimulator
import Logging

/// Runs the production agent against the simulator over real HTTP, both in this process. Nothing is
/// simplified except the durations.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Run the whole agent against a simulated cloud.",
        discussion: """
            Shows a small fleet, a graph that hangs, its restart and its recovery. All durations \
            are shortened: what takes seconds here takes about 15 minutes with the shipped rules.
            """
    )

    @Flag(
        help: """
            Exit with status 0 once the graph is verified healthy again, or with status 1 if that \
            takes more than two minutes.
            """
    )
    var exitAfterRecovery = false

    @Option(
        name: .customLong("web.listen-address"),
        help: "Address on which to expose metrics and the status page."
    )
    var listenAddress = "127.0.0.1:10355"

    func validate() throws {
        guard AgentOptions.isAddress(listenAddress) else {
            throw ValidationError("\"\(listenAddress)\" is not an address such as 127.0.0.1:10355")
        }
    }

    func run() async throws {
        let stop = StopSignal()
        let signals = Signals(stop: stop, onHangup: stop.request)
        defer { signals.end() }
        var fleet = SimulatorConfiguration()
        // A restart takes 7 seconds instead of three minutes.
        fleet.timeScale = 0.04
        let cloud: SimulatedCloudServer
        do {
            cloud = try await SimulatedCloudServer.bind(fleet)
        } catch {
            Terminal.error("\(error)")
            throw ExitCode(1)
        }
        let succeeded = await withTaskGroup(of: Void.self, returning: Bool.self) { group in
            group.addTask { await cloud.run() }
            let succeeded = await show(cloud, stop)
            // Only now: an agent that loses its cloud while stopping would log errors.
            await cloud.stop()
            return succeeded
        }
        if !succeeded { throw ExitCode(1) }
    }

    /// Runs the demonstration. Returns whether the graph was verified healthy again.
    private func show(_ cloud: SimulatedCloudServer, _ stop: StopSignal) async -> Bool {
        do {
            let files = try DemoFiles(cloud, listenAddress: listenAddress)
            defer { files.remove() }
            // The narrator reports what happens, so only errors are logged.
            let counts = LogCounts()
            let logger = Logger(label: "graphwarden") { _ in
                StandardErrorLogHandler(level: .error, format: .logfmt, counts: counts)
            }
            let application = try await Application.start(
                files.options,
                stop: stop,
                reloads: ReloadRequests(),
                logger: logger,
                logs: counts
            )
            let narrator = DemoNarrator(
                cloud: cloud,
                board: application.board,
                addresses: application.addresses,
                endsAfterRecovery: exitAfterRecovery
            )
            return await withTaskGroup(of: Bool.self) { group in
                // The narrator decides when the demonstration ends, the agent then stops in order.
                group.addTask {
                    let recovered = await narrator.run(until: stop)
                    stop.request()
                    return recovered
                }
                _ = await application.run()
                return await group.next() ?? false
            }
        } catch {
            Terminal.error("\(error)")
            return false
        }
    }
}
