import GES
import GESSimulator
import InProcessCloud
import Testing
import VirtualTime
import Time

@Suite("The real client with the in-process cloud")
struct ClientTests {
    enum Proof: CaseIterable {
        case password, accessKey, metadata, token

        func credentials(_ cloud: InProcessCloud) -> Credentials {
            switch self {
            case .password: cloud.passwordCredentials
            case .accessKey: cloud.accessKeyCredentials
            case .metadata: .metadata
            case .token:
                .token(
                    .constant(Secret(cloud.withCloud { cloud, now in cloud.issueToken(at: now) }))
                )
            }
        }
    }

    @Test(
        "lists, probes, restarts and follows, whatever it proves itself with",
        arguments: Proof.allCases,
        [GES.APIVersion.v1, .v2]
    )
    func wholeCourse(proof: Proof, version: GES.APIVersion) throws {
        let time = VirtualTime()
        let cloud = InProcessCloud(time: time)
        let id = try #require(cloud.withCloud { cloud, _ in cloud.graphIDs.first })
        cloud.withCloud { cloud, now in _ = cloud.hang(id, .unresponsive, at: now) }
        try time.run {
            let client = try cloud.client(
                credentials: proof.credentials(cloud),
                apiVersion: version
            )
            let listing = try await client.listGraphs()
            #expect(listing.isComplete)
            #expect(listing.graphs.count == 5)
            let graph = try #require(listing.graphs.first { $0.id == id })
            #expect(
                await client.probe(.version, of: graph, dataPlane: cloud.dataPlane())
                    == .silent(.timeout, duration: .seconds(10))
            )
            guard case .accepted(let jobID?) = await client.restart(id).0 else {
                Issue.record("the restart was not accepted")
                return
            }
            try await time.sleep(for: .seconds(30))
            #expect(try await client.job(graphID: id, jobID: jobID).status == .running)
            #expect(try await client.graph(id).status.code == "901")
            try await time.sleep(for: .seconds(180))
            #expect(try await client.job(graphID: id, jobID: jobID).status == .success)
            #expect(try await client.graph(id).status.isRunning)
        }
        // Three minutes for the restart, ten seconds for the probe, and almost nothing else.
        #expect(time.now < .seconds(225))
    }

    @Test("tokens are renewed during a day")
    func tokenRenewal() throws {
        let time = VirtualTime()
        let cloud = InProcessCloud(time: time)
        try time.run {
            let client = try cloud.client()
            for _ in 0..<60 {
                _ = try await client.listGraphs()
                try await time.sleep(for: .seconds(3600))
            }
        }
        let tokens = cloud.withCloud { cloud, _ in cloud.log.records(of: .createToken).count }
        // A day's tokens, each renewed an hour before it expires.
        #expect(tokens == 3)
    }

    @Test("when the host's clock is set, the gateway's is not, and the client detects it")
    func clockJump() throws {
        let time = VirtualTime()
        let cloud = InProcessCloud(time: time, latencies: .none)
        try time.run {
            let client = try cloud.client(credentials: cloud.accessKeyCredentials)
            _ = try await client.listGraphs()
            #expect(client.gatewayClockOffset == .zero)
            time.moveWall(by: .seconds(-7200))
            // The first signature is off by two hours; the second is corrected.
            _ = try await client.listGraphs()
            #expect(client.gatewayClockOffset == .seconds(7200))
        }
    }

    @Test("two runs with the same seed send the same requests at the same times")
    func determinism() throws {
        func run(seed: UInt64) throws -> UInt64 {
            let time = VirtualTime()
            var configuration = SimulatorConfiguration()
            configuration.seed = seed
            let cloud = InProcessCloud(configuration, time: time)
            try time.run {
                let client = try cloud.client()
                let graphs = try await client.listGraphs().graphs
                await withDiscardingTaskGroup { group in
                    for graph in graphs {
                        group.addTask {
                            for _ in 0..<20 {
                                _ = await client.probe(
                                    .summary,
                                    of: graph,
                                    dataPlane: cloud.dataPlane()
                                )
                                _ = try? await client.graph(graph.id)
                            }
                        }
                    }
                }
            }
            cloud.withCloud { cloud, _ in
                for record in cloud.log.records {
                    time.trace.record("\(record.time.milliseconds) \(record.path)")
                }
            }
            return time.trace.hash
        }
        let first = try run(seed: 3)
        #expect(try run(seed: 3) == first)
        #expect(try run(seed: 4) != first)
    }
}
