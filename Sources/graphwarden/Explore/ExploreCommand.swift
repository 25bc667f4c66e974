import Files
import Agent
import ArgumentParser

struct ExploreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explore",
        abstract: "Answer queries over recorded series until SIGTERM or SIGINT.",
        discussion: """
            FILE holds OpenMetrics in which every sample has its time, as `promtool tsdb \
            create-blocks-from openmetrics` takes it. The query API is that of a running agent: \
            try a rule's expression on what was before you write the rule.
            """
    )

    @Argument(help: "File of recorded series.")
    var file: String

    @Option(
        name: .customLong("web.listen-address"),
        help: "Address on which to serve the API. Repeatable."
    )
    var listenAddresses = ["127.0.0.1:10355"]

    @Option(help: "Step of subqueries that name none: the interval of the rules.")
    var evaluationInterval = DurationArgument(duration: .seconds(60), text: "1m")

    @OptionGroup var query: QueryFlags

    func run() async throws {
        let stop = StopSignal()
        let signals = Signals(stop: stop, onHangup: stop.request)
        defer { signals.end() }
        let server: RecordingServer
        do {
            let recording = try Recording.read(file)
            Terminal.say("\(recording.seriesCount) series")
            server = try await RecordingServer.bind(
                recording,
                to: listenAddresses,
                options: query.options,
                evaluationInterval: evaluationInterval.duration,
                stop: stop
            )
        } catch let error as FileError {
            Terminal.complain("\(error)")
            throw ExitCode(2)
        } catch {
            Terminal.complain("\(error)")
            throw ExitCode(1)
        }
        for address in server.addresses { Terminal.say("http://\(address)") }
        await server.run()
    }
}
