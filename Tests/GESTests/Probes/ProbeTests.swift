import HTTPClient
import TestSupport
import Testing

@testable import GES
import Time

@Suite("Probes of the data plane")
struct ProbeTests {
    private static var graph: Graph {
        var graph = Graph(id: "g", name: "demo", status: GraphStatus(code: "200"))
        graph.privateIP = "192.168.0.4"
        graph.publicIP = "49.4.81.183"
        graph.trafficIPs = ["192.168.0.5", "192.168.0.6", "fd00::7"]
        return graph
    }

    private func probe(
        _ kind: ProbeKind = .version,
        _ script: @escaping ScriptedCloud.Script
    ) async throws -> String {
        let fixture = try ClientFixture(ScriptedCloud(script))
        let result = await fixture.client.probe(
            kind,
            of: Self.graph,
            dataPlane: DataPlaneConfiguration()
        )
        return result.label
    }

    @Test(
        "an answer is judged by who gave it and what it takes to give it",
        arguments: [
            (200, #"{"version":"2.4.6"}"#, "alive 200"),
            (400, #"{"errorCode":"GES.8503"}"#, "alive 400 GES.8503"),
            (400, #"{"errorCode":"GES.8904"}"#, "alive 400 GES.8904"),
            (400, #"{"errorCode":"GES.8101"}"#, "alive 400 GES.8101"),
            (500, #"{"errorCode":"GES.8601"}"#, "engine 500 GES.8601"),
            (503, #"{"errorCode":"GES.8602"}"#, "engine 503 GES.8602"),
            (400, #"{"errorCode":"GES.8602"}"#, "engine 400 GES.8602"),
            (200, #"{"errorCode":"GES.8601"}"#, "engine 200 GES.8601"),
            (500, #"{"errorCode":"GES.8504"}"#, "engine 500 GES.8504"),
            (
                400, #"{"errorMessage":"graph [x] is not found","errorCode":"GES.8001"}"#,
                "misdirected 400 GES.8001"
            ),
            (
                400, #"{"errorMessage":"graph : x not exist","errorCode":"GES.8000"}"#,
                "misdirected 400 GES.8000"
            ),
            (400, #"{"errorCode":"GES.8001"}"#, "unclear 400 GES.8001"),
            (
                400,
                #"{"errorMessage":"Failed to query graph statistics.","errorCode":"GES.8001"}"#,
                "unclear 400 GES.8001"
            ), (500, #"{"errorCode":"GES.8000"}"#, "unclear 500 GES.8000"),
            (400, #"{"errorCode":"GES.8005"}"#, "credential 400 GES.8005"),
            (400, #"{"errorCode":"GES.8007"}"#, "credential 400 GES.8007"),
            (401, "", "credential 401 not JSON"),
            (403, #"{"errorCode":"GES.8020"}"#, "credential 403 GES.8020"),
            (500, #"{"errorCode":"GES.8002"}"#, "unclear 500 GES.8002"),
            (
                500,
                #"{"errorMessage":"Graph statistics query error.","errorCode":"GES.8002"}"#,
                "unclear 500 GES.8002"
            ),
            (
                500, #"{"errorMessage":"The Token expired","errorCode":"GES.8002"}"#,
                "credential 500 GES.8002"
            ),
            (429, "", "throttled 429 not JSON"),
            (200, "what is this", "foreignAnswer 200 not JSON"),
            (200, "{}", "foreignAnswer 200"), (404, "<html>", "foreignAnswer 404 not JSON"),
            (302, "", "foreignAnswer 302 not JSON"), (500, "", "foreignAnswer 500 not JSON"),
            (502, "", "foreignAnswer 502 not JSON"), (503, "<p>", "foreignAnswer 503 not JSON"),
            (504, "{}", "foreignAnswer 504"),
            (400, #"{"errorCode":"APIGW.0101"}"#, "foreignAnswer 400 APIGW.0101"),
            (400, #"{"errorCode":"GES.7016"}"#, "foreignAnswer 400 GES.7016"),
        ]
    )
    func answers(status: Int, body: String, label: String) async throws {
        let result = try await probe { (_) async throws(HTTPError) in
            .json(body, status: status)
        }
        #expect(result == label)
    }

    @Test("only a query can have an answer that is too large", arguments: ProbeKind.allCases)
    func tooLarge(kind: ProbeKind) async throws {
        let result = try await probe(kind) { (_) async throws(HTTPError) in
            throw HTTPError(.responseTooLarge, requestMayHaveBeenSent: true, message: "m")
        }
        let isQuery = kind == .gremlin || kind == .cypher
        let label = isQuery ? "alive" : "foreignAnswer"
        #expect(result == "\(label) an answer that is too large")
    }

    @Test("each kind is recognised by its own result", arguments: ProbeKind.allCases)
    func results(kind: ProbeKind) async throws {
        let bodies: [ProbeKind: String] = [
            .version: #"{"version":"2.4.6"}"#, .summary: #"{"data":{"vertexNum":1}}"#,
            .gremlin: #"{"data":{"vertices":[]}}"#, .cypher: #"{"results":[],"errors":[]}"#,
        ]
        for (other, body) in bodies {
            let result = try await probe(kind) { (_) async throws(HTTPError) in .json(body) }
            let isSameShape = other == kind || Set([other, kind]) == [.summary, .gremlin]
            #expect(result == (isSameShape ? "alive 200" : "foreignAnswer 200"))
        }
    }

    @Test(
        "silence is evidence only if the graph can have caused it",
        arguments: [
            (.timeout, .established, "silent timeout"),
            (.timeout, .timedOut, "silent notConnected"),
            (.timeout, .notTried, "path timeout"), (.connect, .refused, "silent refused"),
            (.connect, .timedOut, "silent notConnected"), (.cut, .established, "silent cut"),
            (.connect, .noRoute, "path connect: m (the request was not sent)"),
            (.responseTooLarge, .established, "foreignAnswer an answer that is too large"),
            (.tls, .established, "path tls: m (the request was not sent)"),
            (.nameResolution, .notTried, "path dns: m (the request was not sent)"),
            (.protocolViolation, .established, "foreignAnswer not HTTP: m"),
            (.cancelled, .notTried, "path cancelled"), (.queueFull, .notTried, "path queue_full"),
            (.shutDown, .notTried, "path shut_down"), (.other, .notTried, "path other"),
            (.invalidRequest, .notTried, "path invalid_request"),
        ] as [(HTTPError.Kind, HTTPError.Connection, String)]
    )
    func silence(
        kind: HTTPError.Kind,
        connection: HTTPError.Connection,
        label: String
    ) async throws {
        let result = try await probe { (_) async throws(HTTPError) in
            throw HTTPError(
                kind,
                requestMayHaveBeenSent: false,
                message: "m",
                connection: connection
            )
        }
        #expect(result == label)
    }

    @Test("the request names the graph and carries the token")
    func request() async throws {
        let cloud = ScriptedCloud(answers: [
            .json(#"{"data":{"vertexNum":"146","edgeNum":1659}}"#)
        ])
        let fixture = try ClientFixture(cloud)
        let result = await fixture.client.probe(
            .summary,
            of: Self.graph,
            dataPlane: DataPlaneConfiguration()
        )
        #expect(result.label == "alive 200")
        let request = try #require(cloud.received.first)
        #expect(
            request.url
                == "http://192.168.0.4/ges/v1.0/\(ClientFixture.project)/graphs/demo/summary"
                + "?label_details=false"
        )
        #expect(request.header("X-Auth-Token") == "token-1")
        #expect(request.header("X-Language") == "en-us")
        let finished = fixture.observer.record.requests
        #expect(finished.map(\.service) == [.dataPlane])
        #expect(finished.map(\.operation) == ["probe_summary"])
    }

    @Test("with an access key the request is signed for the graph's own address")
    func signed() async throws {
        let cloud = ScriptedCloud(answers: [.json("{}")])
        let fixture = try ClientFixture(cloud, credentials: .testKey)
        _ = await fixture.client.probe(
            .version,
            of: Self.graph,
            dataPlane: DataPlaneConfiguration(port: 8080)
        )
        #expect(cloud.received[0].url.hasPrefix("http://192.168.0.4:8080/"))
        #expect(cloud.received[0].header("Authorization")?.contains("Access=AK") == true)
    }

    @Test("a 401 of a graph does not invalidate the token")
    func unauthorised() async throws {
        let cloud = ScriptedCloud { (request) async throws(HTTPError) in
            request.path == "/v3/auth/tokens"
                ? .token("t", issuedAt: Timestamp(milliseconds: 1_735_787_045_000))
                : .json("", status: 401)
        }
        let fixture = try ClientFixture(cloud, credentials: .password(.constant(Secret("p"))))
        for _ in 0..<3 {
            let result = await fixture.client.probe(
                .version,
                of: Self.graph,
                dataPlane: DataPlaneConfiguration()
            )
            #expect(result.label == "credential 401 not JSON")
            fixture.clock.advance(by: .seconds(60))
        }
        #expect(fixture.observer.operations.filter { $0 == "create_token" }.count == 1)
        #expect(fixture.observer.operations.filter { $0 == "probe_version" }.count == 3)
    }

    @Test("a graph that requests a pause does not delay others")
    func throttled() async throws {
        let cloud = ScriptedCloud(answers: [
            .json("", status: 429, headers: [HTTPHeader("Retry-After", "60")]),
            .json(#"{"version":"2.4.6"}"#),
        ])
        let fixture = try ClientFixture(cloud)
        for label in ["throttled 429 not JSON", "alive 200"] {
            let result = await fixture.client.probe(
                .version,
                of: Self.graph,
                dataPlane: DataPlaneConfiguration()
            )
            #expect(result.label == label)
        }
        #expect(fixture.clock.sleeps.isEmpty)
    }

    @Test("without credentials or address nothing is known about the graph")
    func notProbed() async throws {
        let cloud = ScriptedCloud(answers: [.json("{}")])
        let blind = try ClientFixture(cloud, credentials: .token(.file("/nonexistent")))
        let withoutToken = await blind.client.probe(
            .version,
            of: Self.graph,
            dataPlane: DataPlaneConfiguration(address: .physical)
        )
        #expect(withoutToken.label == "path auth")
        let sighted = try ClientFixture(cloud)
        let withoutAddress = await sighted.client.probe(
            .version,
            of: Graph(id: "g", name: "demo", status: GraphStatus(code: "200")),
            dataPlane: DataPlaneConfiguration()
        )
        #expect(withoutAddress.label == "path no_address")
        #expect(cloud.received.isEmpty)
    }

    @Test("the first address has the timeout, and the others share as much again")
    func physicalAddresses() async throws {
        let clock = ManualClock()
        let cloud = ScriptedCloud { (request) async throws(HTTPError) in
            guard request.url.contains("[fd00::7]") else {
                clock.advance(by: request.timeout)
                throw HTTPError(.timeout, requestMayHaveBeenSent: true, message: "m")
            }
            return .json(#"{"version":"2.4.6"}"#)
        }
        let client = GESClient(
            configuration: GESConfiguration(
                projectID: "p",
                endpoints: try Endpoints(region: "cn-north-4"),
                credentials: .token(.constant(Secret("t"))),
                clock: clock.clock
            ),
            http: cloud,
            dataPlaneHTTP: cloud,
            observer: RecordingObserver()
        )
        let result = await client.probe(
            .version,
            of: Self.graph,
            dataPlane: DataPlaneConfiguration(address: .physical, timeout: .seconds(9))
        )
        #expect(result.label == "alive 200")
        #expect(
            cloud.received.map(\.timeout) == [
                .seconds(9), .milliseconds(4500), .milliseconds(4500),
            ]
        )
    }

    @Test("one working node is enough, whatever the others answer")
    func oneNodeWorks() async throws {
        let cloud = ScriptedCloud { (request) async throws(HTTPError) in
            request.url.contains("192.168.0.6")
                ? .json(#"{"version":"2.4.6"}"#)
                : .json(#"{"errorCode":"GES.8602"}"#, status: 500)
        }
        let fixture = try ClientFixture(cloud)
        var graph = Self.graph
        let dataPlane = DataPlaneConfiguration(address: .physical)
        let works = await fixture.client.probe(.version, of: graph, dataPlane: dataPlane)
        #expect(works.label == "alive 200")
        #expect(cloud.received.count == 2)
        graph.trafficIPs = ["192.168.0.5", "192.168.0.7"]
        let down = await fixture.client.probe(.version, of: graph, dataPlane: dataPlane)
        #expect(down.label == "engine 500 GES.8602")
        #expect(cloud.received.count == 4)
    }

    @Test("if the floating address fails, an address of a node may answer in its place")
    func fallback() async throws {
        let cloud = ScriptedCloud { (request) async throws(HTTPError) in
            guard request.url.contains("192.168.0.6") else {
                throw HTTPError(.connect, requestMayHaveBeenSent: false, message: "m")
            }
            return .json(#"{"version":"2.4.6"}"#)
        }
        let fixture = try ClientFixture(cloud)
        let result = await fixture.client.probe(
            .version,
            of: Self.graph,
            dataPlane: DataPlaneConfiguration()
        )
        #expect(result.label == "alive 200")
        #expect(result.fallback == "http://192.168.0.6")
        #expect(result.configuredFailure == .silent(.refused))
        #expect(cloud.received.count == 3)
    }

    @Test(
        "an answer at another address than the configured one says so",
        arguments: [
            (#"{"version":"2.4.6"}"#, 200, true), (#"{"errorCode":"GES.8602"}"#, 500, true),
            (#"{"errorCode":"GES.8001","errorMessage":"graph not found"}"#, 400, false),
            ("<html>", 404, false), ("<html>", 403, false),
        ]
    )
    func responder(body: String, status: Int, isGraph: Bool) async throws {
        let cloud = ScriptedCloud { (request) async throws(HTTPError) in
            guard request.url.contains("192.168.0.6") else {
                throw HTTPError(.connect, requestMayHaveBeenSent: false, message: "m")
            }
            return .json(body, status: status)
        }
        let fixture = try ClientFixture(cloud)
        let result = await fixture.client.probe(
            .version,
            of: Self.graph,
            dataPlane: DataPlaneConfiguration()
        )
        #expect(result.responder == "http://192.168.0.6")
        #expect(result.configuredFailure == .silent(.refused))
        #expect((result.fallback != nil) == isGraph)
    }

    @Test("an address of a node is not the configured one where that one must not be used")
    func unusableConfigured() async throws {
        let cloud = ScriptedCloud { _ in .json(#"{"version":"2.4.6"}"#) }
        let fixture = try ClientFixture(cloud)
        var graph = Self.graph
        graph.privateIP = "not an address"
        let dataPlane = DataPlaneConfiguration()
        let result = await fixture.client.probe(.version, of: graph, dataPlane: dataPlane)
        #expect(result.configuredFailure == .cannotTell(.path))
        #expect(result.responder != nil)
    }

    @Test("of several failures the one that proves the connection counts")
    func strongestFailure() async throws {
        let cloud = ScriptedCloud { (request) async throws(HTTPError) in
            let isFirst = request.url.contains("192.168.0.5")
            throw HTTPError(
                isFirst ? .timeout : .connect,
                requestMayHaveBeenSent: isFirst,
                message: "m"
            )
        }
        let fixture = try ClientFixture(cloud)
        let result = await fixture.client.probe(
            .version,
            of: Self.graph,
            dataPlane: DataPlaneConfiguration()
        )
        #expect(result.label == "silent timeout")
    }

    @Test("a graph in security mode is probed over HTTPS")
    func securityMode() throws {
        var graph = Self.graph
        graph.enableHTTPS = true
        func endpoint(_ configuration: DataPlaneConfiguration) throws -> String? {
            try configuration.endpoints(of: graph).first?.description
        }
        #expect(try endpoint(DataPlaneConfiguration()) == "https://192.168.0.4")
        #expect(try endpoint(DataPlaneConfiguration(port: 80)) == "https://192.168.0.4")
        #expect(try endpoint(DataPlaneConfiguration(port: 8443)) == "https://192.168.0.4:8443")
        #expect(
            try endpoint(DataPlaneConfiguration(address: .public)) == "https://49.4.81.183"
        )
    }
}

extension ProbeResult {
    fileprivate var label: String {
        switch self {
        case .alive(let answer): "alive \(answer.text)"
        case .engineError(let answer): "engine \(answer.text)"
        case .silent(let silence, _): "silent \(silence)"
        case .cannotTell(let obstacle, let answer): "\(obstacle) \(answer.text)"
        }
    }
}
