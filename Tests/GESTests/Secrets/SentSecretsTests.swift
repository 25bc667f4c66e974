import HTTPClient
import Testing

@testable import GES
import Time

@Suite("Secrets that were sent")
struct SentSecretsTests {
    private static let token = "MIIFxTCCBakGCSqGSIb3DQEHAqCCBZowggWWAgEBMQ"
    private static let authorization =
        "SDK-HMAC-SHA256 Access=AKIDEXAMPLE1234567, SignedHeaders=host;x-sdk-date, "
        + "Signature=bdb9be6ac3a8b3f9da29b6eecc7ea7a0f1ff7b0e"
    private static let sent = SentSecrets(
        headers: [
            HTTPHeader("X-Auth-Token", token), HTTPHeader("Authorization", authorization),
            HTTPHeader("X-Project-Id", "0123456789abcdef"),
        ],
        others: [Secret(#"p"ss\word"#), Secret("tiny")]
    )

    @Test(
        "are redacted wherever a response repeats them",
        arguments: [
            ("decrypt token fail, token: \(token)", "decrypt token fail, token: <secret>"),
            ("token \(token.prefix(12))... is bad", "token <secret>... is bad"),
            ("token ...\(token.suffix(9))", "token ...<secret>"),
            ("ak:AKIDEXAMPLE1234567,err:ak not exist", "ak:<secret>,err:ak not exist"),
            (
                authorization,
                "SDK-HMAC-SHA256 Access=<secret>, SignedHeaders=host;x-sdk-date, "
                    + "Signature=<secret>"
            ),
            (#"{"password":"p\"ss\\word"}"#, #"{"password":"<secret>"}"#),
            (#"wrong: p"ss\word!"#, "wrong: <secret>!"),
            ("tiny but true", "<secret> but true"),
            (
                "project 0123456789abcdef, host;x-sdk-date",
                "project 0123456789abcdef, host;x-sdk-date"
            ),
            ("nothing of it", "nothing of it"), ("", ""),
        ]
    )
    func hidden(text: String, shown: String) {
        #expect(Self.sent.hidden(in: text) == shown)
    }

    @Test("are redacted before a long message is truncated")
    func cut() {
        let padding = String(repeating: "x", count: 490)
        let body = #"{"error_code":"APIGW.0301","error_msg":"\#(padding)\#(Self.token)"}"#
        let answer = ServiceAnswer(.json(body, status: 401), sent: Self.sent)
        let text = "\(AnswerReader.failure(of: answer, now: Timestamp(milliseconds: 0)))"
        #expect(!text.contains("MII"))
        #expect(text.contains("<secret>"))
    }

    @Test(
        "do not appear in an error of the client",
        arguments: [200, 400, 401, 403, 429, 500, 503]
    )
    func client(status: Int) async throws {
        let password = "Correct-Horse-Battery"
        let cloud = ScriptedCloud { (request) async throws(HTTPError) in
            let headers = request.headers.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
            let body = request.body.replacing("\"", with: "'")
            return .json(
                #"{"error_code":"APIGW.0301","error_msg":"token: \#(headers) \#(body)"}"#,
                status: status,
                headers: [HTTPHeader("X-Request-Id", request.header("X-Auth-Token") ?? "-")]
            )
        }
        for credentials in [
            Credentials.password(.constant(Secret(password))),
            .token(.constant(Secret(Self.token))),
            .accessKey(
                id: .constant(Secret("AKIDEXAMPLE1234567")),
                secret: .constant(Secret("never-sent-at-all"))
            ),
        ] {
            let fixture = try ClientFixture(cloud, credentials: credentials)
            let error = await #expect(throws: GESError.self) {
                try await fixture.client.listGraphs()
            }
            let text = try #require(error.map { "\($0)" })
            #expect(text.contains("APIGW.0301") || text.contains("429"), "\(text)")
            for secret in [password, Self.token, "AKIDEXAMPLE1234567"] {
                #expect(!text.contains(secret.prefix(12)), "\(text)")
            }
        }
    }
}
