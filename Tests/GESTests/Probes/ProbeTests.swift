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

    @Test("a timeout before anything was sent counts as not reached")
    func unreachableAddress() async throws {
        let label = try await probe { _ throws(HTTPError) in
            throw HTTPError(.timeout, requestMayHaveBeenSent: false, message: "m")
        }
        #expect(label == "failed connect")
    }

    @Test(
        "any response shows life, except that the engine is down",
        arguments: [
            (200, #"{"version":"2.4.6"}"#, "answered 200 -"),
            (200, "what is this", "answered 200 -"),
            (400, #"{"errorMessage":"not found","errorCode":"GES.8001"}"#, "answered 400 GES.8001"),
            (400, #"{"errorCode":"GES.8007"}"#, "answered 400 GES.8007"),
            (401, "", "answered 401 -"),
            (403, #"{"errorCode":"GES.8020"}"#, "answered 403 GES.8020"),
            (404, "<html>", "answered 404 -"), (302, "", "answered 302 -"),
            (429, "", "answered 429 -"), (500, #"{"errorCode":"GES.8002"}"#, "failed http_5xx"),
            (500, #"{"errorCode":"GES.8601"}"#, "failed engine"), (502, "", "failed http_5xx"),
            (503, #"{"errorCode":"GES.8602"}"#, "failed engine"),
            (400, #"{"errorCode":"GES.8602"}"#, "failed engine"),
            (200, #"{"errorCode":"GES.8601"}"#, "failed engine"),
        ]
    )
    func answers(status: Int, body: String, label: String) async throws {
        let result = try await probe { (_) async throws(HTTPError) in
            .json(body, status: status)
        }
        #expect(result == label)
    }

    @Test(
        "silence is a failure of the graph; an unknown cause is not",
        arguments: [
            (.timeout, "failed timeout"), (.connect, "failed connect"), (.cut, "failed cut"),
            (.responseTooLarge, "answered - -"), (.tls, "notProbed tls"),
            (.nameResolution, "notProbed dns"), (.protocolViolation, "notProbed protocol"),
            (.cancelled, "notProbed cancelled"), (.queueFull, "notProbed queue_full"),
            (.shutDown, "notProbed shut_down"), (.other, "notProbed other"),
            (.invalidRequest, "notProbed invalid_request"),
        ] as [(HTTPError.Kind, String)]
    )
    func silence(kind: HTTPError.Kind, label: String) async throws {
        let result = try await probe { (_) async throws(HTTPError) in
            throw HTTPError(kind, requestMayHaveBeenSent: true, message: "m")
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
        guard case .answered(let answer) = result else {
            Issue.record("\(result)")
            return
        }
        #expect(answer.vertices == 146)
        #expect(answer.edges == 1_659)
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
            #expect(result.label == "answered 401 -")
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
        for label in ["answered 429 -", "answered 200 -"] {
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
        #expect(withoutToken.label == "notProbed auth")
        let sighted = try ClientFixture(cloud)
        let withoutAddress = await sighted.client.probe(
            .version,
            of: Graph(id: "g", name: "demo", status: GraphStatus(code: "200")),
            dataPlane: DataPlaneConfiguration()
        )
        #expect(withoutAddress.label == "notProbed no_address")
        #expect(cloud.received.isEmpty)
    }

    @Test("physical addresses are tried in turn within one timeout")
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
        #expect(result.label == "answered 200 -")
        #expect(cloud.received.map(\.timeout) == [.seconds(3), .seconds(3), .seconds(3)])
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
        #expect(works.label == "answered 200 -")
        #expect(cloud.received.count == 2)
        graph.trafficIPs = ["192.168.0.5", "192.168.0.7"]
        let down = await fixture.client.probe(.version, of: graph, dataPlane: dataPlane)
        #expect(down.label == "failed engine")
        #expect(cloud.received.count == 4)
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
        case .answered(let answer):
            "answered \(answer.httpStatus.map(String.init) ?? "-") \(answer.code ?? "-")"
        case .failed(let failure, _): "failed \(failure.rawValue)"
        case .notProbed(let reason): "notProbed \(reason)"
        }
    }
}
