import Time
import Cycle
import API
import Listener
import Agent
import History

/// Serves the query API over a recording with the handlers of a running agent. There is no
/// authentication, so the command listens only on loopback by default.
struct RecordingServer: Sendable {
    private let server: HTTPServer
    private let stop: StopSignal

    static func bind(
        _ recording: Recording,
        to addresses: [String],
        options: QueryOptions,
        evaluationInterval: Duration,
        stop: StopSignal,
        clock: AgentClock = .system
    ) async throws(StartError) -> RecordingServer {
        var agentOptions = AgentOptions()
        agentOptions.listenAddresses = addresses
        let api = RecordingAPI(
            recording.series,
            descriptions: recording.descriptions,
            evaluationInterval: evaluationInterval,
            options: options,
            clock: clock,
            older: recording.history.map { HistoryFileReader($0) }
        )
        do {
            let server = try await HTTPServer.bind(
                to: agentOptions.addresses(),
                configuration: HTTPServerConfiguration(),
                tls: nil,
                authenticator: nil,
                router: Router(api.routes)
            )
            return RecordingServer(server: server, stop: stop)
        } catch let error as StartError {
            throw error
        } catch {
            throw .listen("\(error)")
        }
    }

    /// The bound addresses, with the ports that the system chose.
    var addresses: [String] { server.boundAddresses.map { "\($0)" } }

    /// Serves until `stop` is requested.
    func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await server.run() }
            await stop.wait()
            await server.stop(within: .seconds(10))
        }
    }
}
