import HTTPClient
import JSON
import LiveRehearsal
import Testing
import Time

/// What a gateway echoes of a credential must not be in a report.
@Suite("LiveRehearsal.Secrets")
struct EchoedSecretsTests {
    private struct Gateway: HTTPTransport {
        let body: JSONValue
        let headers: [HTTPHeader]

        func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
            let text = (try? body.serialized()) ?? []
            return HTTPResponse(
                status: 400,
                headers: headers,
                body: text,
                duration: .zero,
                queued: .zero,
                newConnections: 0
            )
        }
    }

    private static let clock = AgentClock(
        now: { Timestamp(milliseconds: 1_700_000_000_000) },
        sleep: { _ in },
        elapsed: { .zero },
        bootID: "boot"
    )
    private static let token = "MIIEqgYJKoZIhvcNAQcCoIIEmzCCBJcCAQExDTALBglghkgBZQMEAgEwggL"
    private static let key = "HPUAQWERTYUIOPASDFGH"
    private static let signature =
        "SDK-HMAC-SHA256 Access=\(key), SignedHeaders=host;x-sdk-date, Signature=0a1b2c3d4e5f6789"

    static let echoes: [(HTTPHeader, String)] = [
        (HTTPHeader("X-Auth-Token", token), token),
        (HTTPHeader("x-auth-token", token), String(token.dropFirst(20).prefix(12))),
        (HTTPHeader("X-Security-Token", token), "bad token " + token.prefix(30)),
        (HTTPHeader("Authorization", signature), "Access=" + key),
        (HTTPHeader("Authorization", signature), "0a1b2c3d4e5f6789"),
        (HTTPHeader("X-Auth-Token", "short"), "bad token short"),
    ]

    @Test("are hidden in whatever a report quotes", arguments: echoes)
    func hidden(header: HTTPHeader, echo: String) async throws {
        let log = ExchangeLog(AssumptionReport(), clock: Self.clock)
        log.follow("g1", named: "demo")
        let member = JSONMember(echo, .string(echo))
        let gateway = Gateway(
            body: .object([JSONMember("errorCode", .string(echo)), member]),
            headers: [HTTPHeader("X-Trace-" + echo, echo), HTTPHeader("Retry-After", echo)]
        )
        let url = "https://ges/v2/p/graphs/g1/restart"
        _ = try await log.observing(gateway).send(HTTPRequest(.post, url: url, headers: [header]))
        #expect(log.report.restartAnswer?.contains("400 <secret>") ?? false)
        let texts = log.report.findings.map(\.evidence) + [log.report.restartAnswer ?? ""]
        #expect(texts.allSatisfy { !$0.contains(echo) }, "\(texts)")
    }

    @Test("other text is quoted as it is")
    func others() async throws {
        let log = ExchangeLog(AssumptionReport(), clock: Self.clock)
        log.follow("g1", named: "demo")
        let gateway = Gateway(body: ["errorCode": "GES.7016"], headers: [])
        let request = HTTPRequest(
            .post,
            url: "https://ges/v2/p/graphs/g1/restart",
            headers: [HTTPHeader("X-Auth-Token", Self.token)]
        )
        _ = try await log.observing(gateway).send(request)
        #expect(log.report.restartAnswer == "400 GES.7016")
    }
}
