import API
import Exposition
import GESSimulator
import HTTPClient
import InProcessCloud
import Testing
import VirtualTime

@testable import Agent
@testable import GES

@Suite("However often the agent polls", .serialized)
struct CloudRetryTests {
    private struct PollingClient {
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

    private func withClient(
        password: String? = nil,
        _ body: @Sendable (PollingClient) async throws -> Void
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
            try await body(PollingClient(server: server, client: client, metrics: metrics))
        }
    }

    @Test("a wrong password is tried once")
    func wrongPassword() async throws {
        try await withClient(password: "wrong") { polling in
            for _ in 0..<100 { #expect(await polling.poll().hasPrefix("refused 401")) }
            #expect(polling.requests(.createToken) == 1)
            #expect(polling.requests(.listGraphs) == 0)
        }
    }

    @Test("a refused token is renewed once for each request, which is retried once")
    func refusedToken() async throws {
        try await withClient { polling in
            #expect(await polling.poll() == "5 graphs")
            polling.schedule(.tokensRevoked, on: .listGraphs, count: 1)
            #expect(await polling.poll() == "5 graphs")
            #expect(polling.requests(.createToken) == 2)
            #expect(polling.requests(.listGraphs) == 3)
            for _ in 0..<20 { #expect(await polling.poll() == "5 graphs") }
            #expect(polling.requests(.createToken) == 2)
        }
    }

    @Test(
        "nothing is sent before the Retry-After time",
        arguments: [
            (Fault.RetryAfter.seconds(2), Duration.seconds(2)),
            // A date has whole seconds, so it is rounded up.
            (.date(after: .seconds(3)), .seconds(3)),
        ]
    )
    func retryAfter(asked: Fault.RetryAfter, pause: Duration) throws {
        let time = VirtualTime()
        let cloud = InProcessCloud(time: time, latencies: .none)
        let metrics = MetricRegistry()
        try time.run {
            let client = try cloud.client(observer: ClientMeter(metrics: metrics))
            #expect(try await client.listGraphs().graphs.count == 5)
            let match = FaultMatch(operation: .listGraphs)
            cloud.withCloud { cloud, _ in
                _ = cloud.faults.schedule(ScheduledFault(.throttled(asked), on: match, count: 1))
            }
            let error = await #expect(throws: GESError.self) { try await client.listGraphs() }
            #expect(error?.words.hasPrefix("throttled") == true)
            let refused = time.now
            // This request waits for its turn; the others cannot be sent in time.
            #expect(try await client.listGraphs().graphs.count == 5)
            #expect(time.now - refused == pause)
        }
        #expect(cloud.withCloud { cloud, _ in cloud.log.records(of: .listGraphs).count } == 3)
        let waited = metrics.families()
            .first { $0.name == "graphwarden_http_client_throttle_wait_seconds_total" }?
            .samples.first { $0.labelValues == ["ges"] }
        guard case .number(let seconds) = waited?.value else {
            Issue.record("no throttle metric")
            return
        }
        #expect(seconds == pause / .seconds(1))
    }

    @Test("a redirect is never followed, and nothing is sent to the other host")
    func redirect() async throws {
        try await SimulatedCloudServer.serving(SimulatorConfiguration()) { other in
            try await withClient { polling in
                #expect(await polling.poll() == "5 graphs")
                let target = other.endpoints.management + "/v2/p/graphs"
                for operation in [GESSimulator.Operation.listGraphs, .restartGraph, .createToken] {
                    polling.schedule(.redirect(to: target), on: operation)
                }
                let id = try #require(polling.server.withCloud { cloud, _ in cloud.graphIDs.first })
                #expect(await polling.poll() == "error 302")
                guard case .unknown = await polling.client.restart(id).0 else {
                    Issue.record("a redirected restart proves nothing")
                    return
                }
                polling.server.withCloud { cloud, _ in cloud.revokeTokens() }
                _ = await polling.poll()
            }
            #expect(other.withCloud { cloud, _ in cloud.log.total } == 0)
        }
    }
}
