import HTTPClient
import TestSupport
import Testing

@testable import GES

@Suite("On the wire", .serialized)
struct WireTests {
    private static let graph = ClientFixture.graphID

    /// A client on a real connection to the server.
    private static func client(
        _ server: WireServer,
        credentials: Credentials = .token(.constant(Secret("token"))),
        actionTimeout: Duration = waitLimit
    ) throws -> (client: GESClient, http: HTTPClient) {
        let endpoint = try Endpoint(server.url)
        let http = try HTTPClient()
        let client = GESClient(
            configuration: GESConfiguration(
                projectID: ClientFixture.project,
                endpoints: Endpoints(
                    ges: endpoint,
                    iam: endpoint,
                    ces: endpoint,
                    metadata: endpoint
                ),
                credentials: credentials,
                readTimeout: waitLimit,
                actionTimeout: actionTimeout
            ),
            http: http,
            dataPlaneHTTP: http,
            observer: RecordingObserver()
        )
        return (client, http)
    }

    @Test("a restart has no body, a length of zero and its own connection")
    func restart() async throws {
        let server = try WireServer { request in
            request.target.hasSuffix("/restart")
                ? .answer(status: "200 OK", body: #"{"job_id":"j1"}"#)
                : .answer(
                    status: "200 OK",
                    body: #"{"graph":{"id":"g","name":"n","status":"200"}}"#
                )
        }
        defer { server.stop() }
        let (client, http) = try Self.client(server)
        defer { http.shutdown() }
        _ = try await client.graph("g")
        _ = try await client.graph("g")
        #expect(await client.restart("g").0.label == "accepted j1")

        let requests = server.requests
        #expect(requests.map(\.connection) == [1, 1, 2])
        let restart = try #require(requests.last)
        #expect(
            restart.lines[0] == "POST /v2/\(ClientFixture.project)/graphs/g/restart HTTP/1.1"
        )
        #expect(restart.header("Content-Length") == "0")
        #expect(restart.header("Content-Type") == "application/json")
        #expect(restart.header("X-Auth-Token") == "token")
        #expect(restart.body.isEmpty)
    }

    @Test("a restart whose connection is cut arrives once and is unknown")
    func cut() async throws {
        let server = try WireServer { request in
            request.target.hasSuffix("/restart")
                ? .close
                : .answer(
                    status: "200 OK",
                    body: #"{"graph":{"id":"g","name":"n","status":"200"}}"#
                )
        }
        defer { server.stop() }
        let (client, http) = try Self.client(server)
        defer { http.shutdown() }
        // Leaves an idle connection, on which libcurl would have retried.
        _ = try await client.graph("g")
        #expect(await client.restart("g").0.label == "unknown cut")
        #expect(server.requests.filter { $0.target.hasSuffix("/restart") }.count == 1)
    }

    @Test("a restart without an answer in time is unknown")
    func silence() async throws {
        let server = try WireServer { _ in .silence }
        defer { server.stop() }
        let (client, http) = try Self.client(server, actionTimeout: .seconds(2))
        defer { http.shutdown() }
        #expect(await client.restart("g").0.label == "unknown timeout")
        #expect(server.requests.count == 1)
    }

    @Test("if nobody listens, a restart was not sent")
    func refusedConnection() async throws {
        let server = try WireServer { _ in .close }
        let (client, http) = try Self.client(server)
        defer { http.shutdown() }
        server.stop()
        // The port is closed as soon as the accepting thread has closed the listener.
        try await eventually("the restart is not sent") {
            await client.restart("g").0.label
        } is: { label in
            label == "notSent connect"
        }
    }

    @Test("a redirect is not followed, so the token is not sent elsewhere")
    func redirect() async throws {
        let elsewhere = try WireServer { _ in .answer(status: "200 OK", body: "{}") }
        defer { elsewhere.stop() }
        let target = elsewhere.url
        let server = try WireServer { _ in
            .answer(status: "307 Temporary Redirect", headers: ["Location: \(target)/"], body: "")
        }
        defer { server.stop() }
        let (client, http) = try Self.client(server)
        defer { http.shutdown() }
        #expect(await client.restart("g").0.label == "unknown http_3xx")
        await #expect(throws: GESError.self) { try await client.graph("g") }
        #expect(elsewhere.requests.isEmpty)
    }

    @Test("a token of twelve thousand characters arrives unchanged")
    func longToken() async throws {
        let token = String(repeating: "MIIa", count: 3_000)
        let server = try WireServer { request in
            request.target.hasPrefix("/v3/auth/tokens")
                ? .answer(
                    status: "201 Created",
                    headers: ["X-Subject-Token: \(token)"],
                    body: #"{"token":{"expires_at":"2999-01-01T00:00:00.000000Z"}}"#
                )
                : .answer(status: "200 OK", body: #"{"graph_count":0,"graphs":[]}"#)
        }
        defer { server.stop() }
        let (client, http) = try Self.client(
            server,
            credentials: .password(.constant(Secret("p")))
        )
        defer { http.shutdown() }
        _ = try await client.listGraphs()
        #expect(server.requests.last?.header("X-Auth-Token") == token)
    }

    @Test("the signature is valid for the received request: host with port, path and query")
    func signature() async throws {
        let server = try WireServer { _ in
            .answer(status: "200 OK", body: #"{"job_count":0,"job_list":[]}"#)
        }
        defer { server.stop() }
        let (client, http) = try Self.client(server, credentials: .testKey)
        defer { http.shutdown() }
        _ = try await client.jobs(JobFilter(graphName: "图 a+b", status: .pending))

        let request = try #require(server.requests.first)
        let time = try #require(request.header("X-Sdk-Date"))
        let authorization = try #require(request.header("Authorization"))
        #expect(request.header("Host") == "127.0.0.1:\(server.port)")
        let canonical = CanonicalRequest(
            method: "GET",
            url: try RequestURL(parsing: server.url + request.target),
            headers: [
                ("X-Project-Id", request.header("X-Project-Id") ?? ""), ("X-Sdk-Date", time),
            ],
            body: []
        )
        #expect(canonical.text.contains("\nhost:127.0.0.1:\(server.port)\n"))
        let stringToSign =
            "SDK-HMAC-SHA256\n\(time)\n\(RequestSigner.hexDigest(canonical.text))"
        let expected = RequestSigner(
            key: AccessKey(id: "AK", secret: Secret("SK"), securityToken: nil)
        ).signature(of: stringToSign)
        #expect(authorization.hasSuffix("Signature=\(expected)"))
    }

    @Test("the probe of a graph that accepts and never answers times out")
    func hungGraph() async throws {
        let server = try WireServer { _ in .silence }
        defer { server.stop() }
        let (client, http) = try Self.client(server)
        defer { http.shutdown() }
        var graph = Graph(id: "g", name: "demo", status: GraphStatus(code: "200"))
        graph.privateIP = "127.0.0.1"
        let result = await client.probe(
            .version,
            of: graph,
            dataPlane: DataPlaneConfiguration(
                port: Int(server.port),
                timeout: .seconds(2),
                allowedNetworks: [try #require(IPNetwork("127.0.0.0/8"))]
            )
        )
        guard case .silent(.timeout, _) = result else {
            Issue.record("\(result)")
            return
        }
        #expect(server.requests.count == 1)
    }
}
