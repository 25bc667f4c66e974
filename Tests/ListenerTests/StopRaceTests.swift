import Listener
import Testing

@Suite struct StopRaceTests {
    /// The event loop ends as soon as the last connection is closed; the caller of stop must
    /// neither use it after that nor wait for it.
    @Test("a server may be stopped while its event loop ends")
    func stopRace() async throws {
        for _ in 0..<200 {
            let server = try await HTTPServer.bind(
                to: [.host("127.0.0.1", port: 0)],
                router: Router([])
            )
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await server.run() }
                group.addTask { await server.stop(within: .seconds(5)) }
                await server.stop(within: .seconds(5))
                #expect(server.statistics.openConnections == 0)
            }
        }
    }
}
