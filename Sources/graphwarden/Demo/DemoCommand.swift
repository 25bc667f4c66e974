import Agent
import ArgumentParser
import GESSimulator
import Logging

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Show the whole agent at work against a simulated cloud.",
        discussion: """
            A small fleet, one graph that hangs, the restart, the recovery. All times are \
            shortened: what takes seconds here takes a quarter of an hour with the shipped rules.
            """
    )

    @Flag(
        help: """
            End with status 0 as soon as the graph is verified healthy again, with status 1 when \
            it is not within two minutes.
            """
    )
    var exitAfterRecovery = false

    @Option(
        name: .customLong("web.listen-address"),
        help: "Address on which to serve metrics and the status page."
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
        fleet.timeScale = 0.04
        let cloud: SimulatedCloudServer
        do {
            cloud = try await SimulatedCloudServer.bind(fleet)
        } catch {
            Terminal.complain("\(error)")
            throw ExitCode(1)
        }
        let succeeded = await withTaskGroup(of: Void.self, returning: Bool.self) { group in
            group.addTask { await cloud.run() }
            let succeeded = await show(cloud, stop)
            await cloud.stop()
            return succeeded
        }
        if !succeeded { throw ExitCode(1) }
    }

    /// Plays the demonstration; returns whether the graph was verified healthy again.
    private func show(_ cloud: SimulatedCloudServer, _ stop: StopSignal) async -> Bool {
        do {
            let stage = try DemoStage(cloud, listenAddress: listenAddress)
            defer { stage.remove() }
            // The narration tells the story; the log would tell it twice.
            let counts = LogCounts()
            let logger = Logger(label: "graphwarden") { _ in
                StandardErrorLogHandler(level: .error, format: .logfmt, counts: counts)
            }
            let runtime = try await Application.start(
                stage.options,
                stop: stop,
                reloads: ReloadRequests(),
                logger: logger,
                logs: counts
            )
            let narrator = DemoNarrator(
                cloud: cloud,
                board: runtime.board,
                addresses: runtime.addresses,
                endsAfterRecovery: exitAfterRecovery
            )
            return await withTaskGroup(of: Bool.self) { group in
                group.addTask {
                    let recovered = await narrator.tell(until: stop)
                    stop.request()
                    return recovered
                }
                _ = await runtime.run()
                return await group.next() ?? false
            }
        } catch {
            Terminal.complain("\(error)")
            return false
        }
    }
}
