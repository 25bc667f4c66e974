import Files
import Agent
import ArgumentParser
import History

/// Serves recorded series, with the same limits on queries as a running agent.
struct ExploreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explore",
        abstract: "Serve the query API over recorded series until SIGTERM or SIGINT.",
        discussion: """
            The file is the history.db of an agent, which may be running, or OpenMetrics text with \
            a timestamp on every sample, as accepted by `promtool tsdb create-blocks-from \
            openmetrics`. The query API is that of a running agent. Use it to try an expression on \
            past data before writing a rule.
            """
    )

    @Argument(help: "The file with the recorded series.")
    var file: String

    @Option(
        name: .customLong("web.listen-address"),
        help: "Address on which to expose the API. Repeatable for multiple addresses."
    )
    var listenAddresses = ["127.0.0.1:10355"]

    @Option(help: "Default step of subqueries: the evaluation interval of the rules.")
    var evaluationInterval = DurationArgument(duration: .seconds(60), text: "1m")

    @OptionGroup var query: QueryFlags

    func run() async throws {
        let stop = StopSignal()
        let signals = Signals(stop: stop, onHangup: stop.request)
        defer { signals.end() }
        let server: RecordingServer
        do {
            let recording =
                RecordedHistory.isDatabase(file)
                ? try Recording(RecordedHistory(file)) : try Recording.read(file)
            Terminal.output("\(recording.seriesCount) series")
            server = try await RecordingServer.bind(
                recording,
                to: listenAddresses,
                options: query.options,
                evaluationInterval: evaluationInterval.duration,
                stop: stop
            )
        } catch let error as FileError {
            Terminal.error("\(error)")
            throw ExitCode(2)
        } catch let error as HistoryError {
            Terminal.error("\(error)")
            throw ExitCode(2)
        } catch {
            Terminal.error("\(error)")
            throw ExitCode(1)
        }
        for address in server.addresses { Terminal.output("http://\(address)") }
        await server.run()
    }
}
