import HTTPClient
import Synchronization
import Testing
import Time

@testable import GES

/// A response to a restart and what it proves.
struct ActionCase: Sendable, CustomTestStringConvertible {
    let status: Int
    let body: String
    let label: String

    init(_ status: Int, _ body: String, _ label: String) {
        self.status = status
        self.body = body
        self.label = label
    }

    var testDescription: String { "\(status) \(body.prefix(60)) is \(label)" }

    private static func error(_ code: String) -> String {
        #"{"error_code":"\#(code)","error_msg":"m"}"#
    }

    static let all = [
        ActionCase(200, #"{"job_id":"j1"}"#, "accepted j1"),
        ActionCase(200, #"{"jobId":"j1"}"#, "accepted j1"),
        ActionCase(202, #"{"job_id":"j1"}"#, "accepted j1"),
        ActionCase(200, #"{"jobId":"j1","errorCode":"","errorMessage":""}"#, "accepted j1"),
        ActionCase(200, #"{"job_id":""}"#, "accepted -"),
        ActionCase(200, #"{"job_id":null}"#, "accepted -"),
        ActionCase(200, "{ }", "accepted -"),
        ActionCase(200, "", "accepted -"),
        ActionCase(200, error("GES.7001"), "refused GES.7001"),
        ActionCase(
            200,
            #"{"jobId":"j1","errorCode":"GES.7003","errorMessage":"m"}"#,
            "refused GES.7003"
        ),
        ActionCase(200, "<html>OK</html>", "unknown parse"),
        ActionCase(200, #"{"job_id":"#, "unknown parse"),
        ActionCase(200, "[]", "unknown parse"),
        ActionCase(200, "true", "unknown parse"),
        ActionCase(200, error("GES.7005"), "unknown api_error"),
        ActionCase(301, "", "unknown http_3xx"),
        ActionCase(302, #"{"job_id":"j1"}"#, "unknown http_3xx"),
        ActionCase(400, #"{"errorCode":"GES.7016","errorMessage":"m"}"#, "refused GES.7016"),
        ActionCase(400, #"{"errCode":"GES.0001","externalMessage":"m"}"#, "refused GES.0001"),
        ActionCase(404, error("GES.0047"), "refused GES.0047"),
        ActionCase(404, error("APIGW.0101"), "refused APIGW.0101"),
        ActionCase(400, error("GES.7006"), "unknown http_4xx"),
        ActionCase(400, "{}", "unknown http_4xx"),
        ActionCase(404, "<html>not found</html>", "unknown http_4xx"),
        ActionCase(401, error("APIGW.0301"), "unauthorised APIGW.0301"),
        ActionCase(401, "", "unauthorised -"),
        ActionCase(403, error("APIGW.0302"), "unauthorised APIGW.0302"),
        ActionCase(408, error("GES.7005"), "unknown http_4xx"),
        ActionCase(408, error("GES.7016"), "unknown http_4xx"),
        ActionCase(408, "", "unknown http_4xx"),
        ActionCase(429, error("APIGW.0308"), "throttled 30"),
        ActionCase(429, "", "throttled 30"),
        ActionCase(500, error("GES.7016"), "unknown http_5xx"),
        ActionCase(502, "<html>", "unknown http_5xx"),
        ActionCase(503, error("APIGW.0613"), "unknown http_5xx"),
        ActionCase(504, error("APIGW.0201"), "unknown http_5xx"),
    ]
}

@Suite("Actions are sent once")
struct ActionTests {
    private static let graph = ClientFixture.graphID

    @Test("a response determines the outcome of the request", arguments: ActionCase.all)
    func answers(action: ActionCase) async throws {
        let cloud = ScriptedCloud(answers: [
            .json(
                action.body,
                status: action.status,
                headers: [HTTPHeader("Retry-After", "30")]
            )
        ])
        let answer = await (try ClientFixture(cloud)).client.restart(Self.graph).0
        #expect(answer.label == action.label)
        #expect(cloud.received.count == 1)
    }

    @Test(
        "a failure possibly after sending is unknown, one before sending is not sent",
        arguments: HTTPError.Kind.allCases,
        [true, false]
    )
    func failures(kind: HTTPError.Kind, mayHaveBeenSent: Bool) async throws {
        let cloud = ScriptedCloud { (_) async throws(HTTPError) in
            throw HTTPError(kind, requestMayHaveBeenSent: mayHaveBeenSent, message: "m")
        }
        let answer = await (try ClientFixture(cloud)).client.restart(Self.graph).0
        #expect(answer.label == (mayHaveBeenSent ? "unknown " : "notSent ") + kind.rawValue)
        #expect(cloud.received.count == 1)
    }

    @Test("requests follow their dialect", arguments: APIVersion.allCases)
    func requests(version: APIVersion) async throws {
        let cloud = ScriptedCloud(answers: [.json("{}")])
        let fixture = try ClientFixture(cloud, version: version)
        _ = await fixture.client.restart(Self.graph)
        _ = await fixture.client.stop(Self.graph)
        _ = await fixture.client.start(Self.graph)
        let root =
            "/\(version == .v1 ? "v1.0" : "v2")/\(ClientFixture.project)/graphs/\(Self.graph)"
        #expect(
            cloud.received.map(\.target)
                == ["restart", "stop", "start"].map { verb in
                    version == .v1 ? "\(root)/action?action_id=\(verb)" : "\(root)/\(verb)"
                }
        )
        #expect(cloud.received.map(\.body) == ["", "", "{}"])
        #expect(cloud.received.map(\.hasBody) == [false, false, true])
        for request in cloud.received {
            #expect(request.method == .post)
            #expect(request.header("Content-Type") == "application/json")
            #expect(request.usesFreshConnection)
            #expect(request.timeout == .seconds(30))
        }
    }

    @Test("a signed restart covers the content type")
    func signed() async throws {
        let cloud = ScriptedCloud(answers: [.json("{}")])
        let fixture = try ClientFixture(cloud, credentials: .testKey)
        _ = await fixture.client.restart(Self.graph)
        #expect(
            cloud.received[0].header("Authorization")?.contains(
                "SignedHeaders=content-type;host;x-project-id;x-sdk-date,"
            ) == true
        )
    }

    @Test("is signed with the date of the decision, which is that of no read")
    func dated() async throws {
        let cloud = ScriptedCloud(answers: [.json("{}")])
        let fixture = try ClientFixture(cloud, credentials: .testKey)
        let now = Timestamp(milliseconds: 1_735_787_045_000)
        let terms = ActionTerms(decidedAt: now - .seconds(40)) { nil }
        await ActionTerms.$current.withValue(terms) {
            _ = await fixture.client.restart(Self.graph)
            _ = try? await fixture.client.graph(Self.graph)
        }
        let dates = cloud.received.map { $0.header("X-Sdk-Date") }
        #expect(dates == ["20250102T030325Z", "20250102T030405Z"])
    }

    @Test("is not sent if what it rests on ended while the token was fetched")
    func withdrawn() async throws {
        let hasToken = Mutex(false)
        let cloud = ScriptedCloud { (request) async throws(HTTPError) in
            guard request.target.contains("/auth/tokens") else { return .json("{}") }
            hasToken.withLock { $0 = true }
            return .json(
                #"{"token":{"expires_at":"2025-01-03T03:04:05.000000Z"}}"#,
                status: 201,
                headers: [HTTPHeader("X-Subject-Token", "t")]
            )
        }
        let fixture = try ClientFixture(
            cloud,
            credentials: .password(.constant(Secret("p")))
        )
        let terms = ActionTerms(decidedAt: Timestamp(milliseconds: 1_735_787_045_000)) {
            hasToken.withLock { $0 } ? "it no longer leads" : nil
        }
        let answer = await ActionTerms.$current.withValue(terms) {
            await fixture.client.restart(Self.graph).0
        }
        #expect(answer.label == "notSent withdrawn")
        #expect(cloud.received.allSatisfy { !$0.target.contains("restart") })
    }

    @Test("a wrong clock does not send a restart twice, but is corrected for the next one")
    func clockOffset() async throws {
        let cloud = ScriptedCloud { (request) async throws(HTTPError) in
            request.header("X-Sdk-Date") == "20250102T030405Z"
                ? .json(
                    #"{"error_code":"APIGW.0301"}"#,
                    status: 401,
                    headers: [HTTPHeader("Date", "Thu, 02 Jan 2025 04:04:05 GMT")]
                )
                : .json(#"{"job_id":"j"}"#)
        }
        let fixture = try ClientFixture(cloud, credentials: .testKey)
        #expect(await fixture.client.restart(Self.graph).0.label == "unauthorised APIGW.0301")
        #expect(cloud.received.count == 1)
        #expect(await fixture.client.restart(Self.graph).0.label == "accepted j")
    }
}
