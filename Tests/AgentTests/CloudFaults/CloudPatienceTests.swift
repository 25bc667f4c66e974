import API
import Exposition
import GESSimulator
import HTTPClient
import Testing

@testable import Agent
@testable import GES

@Suite("However often the agent polls", .serialized)
struct CloudPatienceTests {
    private struct Scene {
        let server: SimulatedCloudServer
        let client: GESClient
        let metrics: MetricRegistry

        func requests(_ operation: GESSimulator.Operation) -> Int {
            server.withCloud { cloud, _ in cloud.log.records(of: operation).count }
        }

        func schedule(_ fault: Fault, on operation: GESSimulator.Operation, count: Int? = nil) {
            let match = FaultMatch(operation: operation)
            let scheduled = ScheduledFault(fault, on: match, count: count)
            server.withCloud { cloud, _ in _ = cloud.faults.schedule(scheduled) }
        }

        /// The outcome of one listing.
        func poll() async -> String {
            do throws(GESError) {
                return "\(try await client.listGraphs().graphs.count) graphs"
            } catch {
                return error.words
            }
        }
    }

    private func playing(
        password: String? = nil,
        _ body: @Sendable (Scene) async throws -> Void
    ) async throws {
        try await SimulatedCloudServer.serving(SimulatorConfiguration()) { server in
            let http = try HTTPClient()
            defer { http.shutdown() }
            let metrics = MetricRegistry()
            let client = try CloudTable.client(
                server,
                http,
                ClientMeter(metrics: metrics),
                password: password
            )
            try await body(Scene(server: server, client: client, metrics: metrics))
        }
    }

    @Test("a wrong password is tried once")
    func wrongPassword() async throws {
        try await playing(password: "wrong") { scene in
            for _ in 0..<100 { #expect(await scene.poll().hasPrefix("refused 401")) }
            #expect(scene.requests(.createToken) == 1)
            #expect(scene.requests(.listGraphs) == 0)
        }
    }

    @Test("a token that is refused is renewed once for each request, which is sent once more")
    func refusedToken() async throws {
        try await playing { scene in
            #expect(await scene.poll() == "5 graphs")
            scene.schedule(.tokensRevoked, on: .listGraphs, count: 1)
            #expect(await scene.poll() == "5 graphs")
            #expect(scene.requests(.createToken) == 2)
            #expect(scene.requests(.listGraphs) == 3)
            for _ in 0..<20 { #expect(await scene.poll() == "5 graphs") }
            #expect(scene.requests(.createToken) == 2)
        }
    }

    @Test(
        "nothing is sent before the time that the service names",
        arguments: [Fault.RetryAfter.seconds(2), .date(after: .seconds(3))]
    )
    func retryAfter(asked: Fault.RetryAfter) async throws {
        try await playing { scene in
            #expect(await scene.poll() == "5 graphs")
            scene.schedule(.throttled(asked), on: .listGraphs, count: 1)
            #expect(await scene.poll().hasPrefix("throttled"))
            let refused = ContinuousClock.now
            // This one waits for its turn; all others find no room in time.
            #expect(await scene.poll() == "5 graphs")
            // A date has whole seconds.
            #expect(ContinuousClock.now - refused > .milliseconds(1_500))
            #expect(scene.requests(.listGraphs) == 3)
            let waited = scene.metrics.families()
                .first { $0.name == "graphwarden_http_client_throttle_wait_seconds_total" }?
                .samples.first { $0.labelValues == ["ges"] }
            guard case .number(let seconds) = waited?.value else {
                Issue.record("no throttle metric")
                return
            }
            #expect(seconds > 1.5)
        }
    }

    @Test("a redirect is never followed, and the other host learns nothing")
    func redirect() async throws {
        try await SimulatedCloudServer.serving(SimulatorConfiguration()) { other in
            try await playing { scene in
                #expect(await scene.poll() == "5 graphs")
                let target = other.endpoints.management + "/v2/p/graphs"
                for operation in [GESSimulator.Operation.listGraphs, .restartGraph, .createToken] {
                    scene.schedule(.redirect(to: target), on: operation)
                }
                let id = try #require(scene.server.withCloud { cloud, _ in cloud.graphIDs.first })
                #expect(await scene.poll() == "error 302")
                guard case .unknown = await scene.client.restart(id) else {
                    Issue.record("a redirected restart proves nothing")
                    return
                }
                scene.server.withCloud { cloud, _ in cloud.revokeTokens() }
                _ = await scene.poll()
            }
            #expect(other.withCloud { cloud, _ in cloud.log.total } == 0)
        }
    }
}
