import GES
import GESSimulator
import HTTPClient
import InProcessCloud
import Testing
import Time
import VirtualTime

@Suite("The transport of the in-process cloud takes virtual time")
struct TransportTests {
    private let time = VirtualTime()

    private func cloud(
        management: ClosedRange<Int64> = 40...40,
        dataPlane: ClosedRange<Int64> = 3...3
    ) -> InProcessCloud {
        InProcessCloud(
            time: time,
            latencies: Latencies(
                management: Latency(milliseconds: management),
                dataPlane: Latency(milliseconds: dataPlane)
            )
        )
    }

    private func request(
        _ cloud: InProcessCloud,
        timeout: Duration = .seconds(10)
    ) -> HTTPRequest {
        HTTPRequest(url: cloud.managementURL + "/v2/p/graphs", timeout: timeout)
    }

    @Test("every response takes the latency of its plane")
    func latencies() throws {
        let cloud = cloud()
        try time.run { [time] in
            let answer = try await cloud.send(request(cloud))
            #expect(answer.status == 401)
            #expect(answer.duration == .milliseconds(40))
            #expect(time.now == .milliseconds(40))
            let url = "http://127.0.0.1:\(cloud.dataPlanePort)/ges/v1.0/p/graphs/g/version"
            _ = try await cloud.send(HTTPRequest(url: url))
            #expect(time.now == .milliseconds(43))
        }
    }

    @Test("latencies stay within their range and are determined by the seed")
    func seededLatencies() throws {
        func draw(seed: UInt64) throws -> [Duration] {
            var configuration = SimulatorConfiguration()
            configuration.seed = seed
            let time = VirtualTime()
            let cloud = InProcessCloud(configuration, time: time)
            return try time.run {
                var durations: [Duration] = []
                for _ in 0..<200 {
                    durations.append(try await cloud.send(request(cloud)).duration)
                }
                return durations
            }
        }
        let first = try draw(seed: 1)
        #expect(try draw(seed: 1) == first)
        #expect(try draw(seed: 2) != first)
        #expect(first.allSatisfy { (.milliseconds(20)...(.milliseconds(200))).contains($0) })
        #expect(Set(first).count > 50)
    }

    @Test("a silent cloud takes the whole timeout, and may have carried out the request")
    func silence() throws {
        let cloud = cloud()
        cloud.withCloud { cloud, _ in cloud.outage = .hanging }
        try time.run { [time] in
            let error = try await #require(throws: HTTPError.self) {
                try await cloud.send(request(cloud, timeout: .seconds(7)))
            }
            #expect(error.kind == .timeout)
            #expect(error.requestMayHaveBeenSent)
            #expect(time.now == .seconds(7))
        }
    }

    @Test("a response that arrives exactly at the timeout is too late")
    func lateness() throws {
        let cloud = cloud()
        try time.run { [time] in
            _ = try await cloud.send(request(cloud, timeout: .milliseconds(41)))
            await #expect(throws: HTTPError.self) {
                try await cloud.send(request(cloud, timeout: .milliseconds(40)))
            }
            #expect(time.now == .milliseconds(80))
        }
    }

    @Test("closed ports are refused before anything is sent, and nothing is recorded")
    func refusal() throws {
        let cloud = cloud()
        cloud.withCloud { cloud, now in
            cloud.outage = Outage(.refuse, until: now + .seconds(60))
        }
        try time.run { [time] in
            let error = try await #require(throws: HTTPError.self) {
                try await cloud.send(request(cloud))
            }
            #expect(error.kind == .connect)
            #expect(!error.requestMayHaveBeenSent)
            #expect(cloud.withCloud { cloud, _ in cloud.log.total } == 0)
            try await time.sleep(for: .seconds(60))
            #expect(try await cloud.send(request(cloud)).status == 401)
        }
    }

    @Test(
        "only the cloud's own addresses are reached",
        arguments: [
            ("http://ges.cn-north-4.myhuaweicloud.com/v2", HTTPError.Kind.nameResolution),
            ("http://127.0.0.1:9/v2", .connect), ("http://127.0.0.1/v2", .connect),
            ("https://127.0.0.1:8443/v2", .tls), ("127.0.0.1:8443/v2", .invalidRequest),
        ]
    )
    func unknownAddresses(url: String, kind: HTTPError.Kind) throws {
        let cloud = cloud()
        try time.run {
            let error = try await #require(throws: HTTPError.self) {
                try await cloud.send(HTTPRequest(url: url))
            }
            #expect(error.kind == kind)
            #expect(!error.requestMayHaveBeenSent)
        }
    }

    /// A graph's own address leads to the data plane, like routing would.
    @Test("graphs may have their own addresses")
    func graphAddresses() throws {
        var configuration = SimulatorConfiguration()
        configuration.host = "10.0.0.7"
        let cloud = InProcessCloud(configuration, time: time)
        try time.run {
            let client = try cloud.client()
            let graph = try #require(try await client.listGraphs().graphs.first)
            #expect(graph.privateIP == "10.0.0.7")
            let probe = await client.probe(.version, of: graph, dataPlane: cloud.dataPlane())
            guard case .alive(let answer) = probe else {
                Issue.record("\(probe)")
                return
            }
            #expect(answer.text == "200")
        }
    }

    @Test(
        "a connection fails as the network or the graph does",
        arguments: [
            ("timeout", HTTPError.Connection.timedOut, Duration.seconds(4)),
            ("refused", .refused, .milliseconds(3)), ("silent", .established, .seconds(4)),
        ]
    )
    func connections(
        manner: String,
        connection: HTTPError.Connection,
        after delay: Duration
    ) throws {
        let cloud = cloud()
        let name = cloud.withCloud { cloud, now in
            let fault = NetworkFault.Manner(rawValue: manner).map { NetworkFault($0) }
            if let fault { cloud.schedule(fault) }
            return cloud.graphs[0].name
        }
        let url = "http://127.0.0.1:\(cloud.dataPlanePort)/ges/v1.0/p/graphs/\(name)/version"
        try time.run { [time] in
            let error = try await #require(throws: HTTPError.self) {
                try await cloud.send(HTTPRequest(url: url, timeout: .seconds(4)))
            }
            #expect(error.connection == connection)
            #expect(error.requestMayHaveBeenSent == (manner == "silent"))
            #expect(time.now == delay)
        }
    }

    @Test("a cancelled request ends at once, but is carried out if it was sent")
    func cancellation() throws {
        let cloud = cloud()
        let error = try time.run { [time] in
            let token = cloud.withCloud { cloud, now in cloud.issueToken(at: now) }
            let id = try #require(cloud.withCloud { cloud, _ in cloud.graphIDs.first })
            let project = cloud.configuration.projectID
            let restart = HTTPRequest(
                .post,
                url: "\(cloud.managementURL)/v2/\(project)/graphs/\(id)/restart",
                headers: [HTTPHeader("X-Auth-Token", token)]
            )
            let error = await withTaskGroup(of: HTTPError?.self) { group in
                group.addTask { await failure(of: restart, cloud) }
                try? await time.sleep(for: .milliseconds(10))
                group.cancelAll()
                return await group.next() ?? nil
            }
            #expect(time.now == .milliseconds(10))
            let status = cloud.withCloud { cloud, now in cloud.graph(id)?.status(at: now) }
            #expect(status == .stopping)
            return error
        }
        #expect(error?.kind == .cancelled)
        #expect(error?.requestMayHaveBeenSent == true)
    }

    private func failure(of request: HTTPRequest, _ cloud: InProcessCloud) async -> HTTPError? {
        do {
            _ = try await cloud.send(request)
            return nil
        } catch {
            return error
        }
    }

    @Test("a request of a cancelled task is not sent")
    func cancelledBefore() throws {
        let cloud = cloud()
        try time.run {
            await withTaskGroup(of: Void.self) { group in
                group.cancelAll()
                group.addTask {
                    let error = await #expect(throws: HTTPError.self) {
                        try await cloud.send(request(cloud))
                    }
                    #expect(error?.requestMayHaveBeenSent == false)
                }
            }
        }
        #expect(cloud.withCloud { cloud, _ in cloud.log.total } == 0)
    }
}
