import Listener

/// Serves the query API over a recording instead of over a running agent: the same handlers.
package struct RecordingServer: Sendable {
    private let server: HTTPServer
    private let stop: StopSignal

    package static func bind(
        _ recording: Recording,
        to addresses: [String],
        options: QueryOptions,
        evaluationInterval: Duration,
        stop: StopSignal,
        clock: AgentClock = .system
    ) async throws(StartError) -> RecordingServer {
        var agentOptions = AgentOptions()
        agentOptions.listenAddresses = addresses
        let board = StatusBoard()
        var status = FleetStatus.starting
        status.notReady = []
        board.publish(status)
        board.series.publish(
            SeriesSnapshot(series: recording.series, evaluationInterval: evaluationInterval)
        )
        let api = PrometheusAPI(
            board: board,
            options: options,
            clock: clock,
            descriptions: recording.descriptions
        )
        do {
            let server = try await HTTPServer.bind(
                to: agentOptions.addresses(),
                configuration: HTTPServerConfiguration(),
                tls: nil,
                authenticator: nil,
                router: Router(api.routes + HealthAPI(board: board).routes)
            )
            return RecordingServer(server: server, stop: stop)
        } catch let error as StartError {
            throw error
        } catch {
            throw .listen("\(error)")
        }
    }

    /// The ports that the system chose are filled in.
    package var addresses: [String] { server.boundAddresses.map { "\($0)" } }

    /// Serves until the end is asked for.
    package func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await server.run() }
            await stop.wait()
            await server.stop(within: .seconds(10))
        }
    }
}
