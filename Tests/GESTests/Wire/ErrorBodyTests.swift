import HTTPClient
import JSON
import Testing

@testable import GES
import Time

/// The formats in which the services report errors.
struct ErrorShape: Sendable, CustomTestStringConvertible {
    let origin: String
    let body: String
    let code: String
    let message: String
    var requestID: String?

    var testDescription: String { origin }

    static let all = [
        ErrorShape(
            origin: "v1 and data plane",
            body: #"{"errorMessage":"The request is invalid.","errorCode":"GES.7016"}"#,
            code: "GES.7016",
            message: "The request is invalid."
        ),
        ErrorShape(
            origin: "v2",
            body: #"{"error_code":"GES.0047","error_msg":"Cluster does not exist."}"#,
            code: "GES.0047",
            message: "Cluster does not exist."
        ),
        ErrorShape(
            origin: "gateway",
            body: #"{"error_msg":"verify aksk signature fail","error_code":"APIGW.0301","#
                + #""request_id":"9a4c"}"#,
            code: "APIGW.0301",
            message: "verify aksk signature fail",
            requestID: "9a4c"
        ),
        ErrorShape(
            origin: "v1 task centre",
            body: #"{"errCode":"GES.0001","externalMessage":"Parameter error."}"#,
            code: "GES.0001",
            message: "Parameter error."
        ),
        ErrorShape(
            origin: "data-plane job list",
            body: #"{"errorMessage":"graph : movidde not exist","errorCode":"GES.8000","#
                + #""result":"failed"}"#,
            code: "GES.8000",
            message: "graph : movidde not exist"
        ),
        ErrorShape(
            origin: "Cypher",
            body: #"{"results":[],"errors":[{"code":"GES.8904","message":"Label index."}]}"#,
            code: "GES.8904",
            message: "Label index."
        ),
        ErrorShape(
            origin: "IAM",
            body:
                #"{"error":{"code":401,"message":"The password is wrong.","title":"Unauthorized"}}"#,
            code: "401",
            message: "The password is wrong."
        ),
        ErrorShape(
            origin: "Cloud Eye",
            body: #"{"http_code":400,"message":{"details":"from, to","code":"ces.0014"},"#
                + #""encoded_authorization_message":null}"#,
            code: "ces.0014",
            message: "from, to"
        ),
        ErrorShape(
            origin: "Cloud Eye of old",
            body: #"{"code":400,"element":"Bad Request","message":"not recognized","#
                + #""details":{"details":"body","code":"ces.0014"}}"#,
            code: "ces.0014",
            message: "body"
        ),
    ]
}

@Suite("Failures are recognised in every format")
struct ErrorBodyTests {
    private let now = Timestamp(milliseconds: 0)

    @Test("every format gives the same error, whatever the status", arguments: ErrorShape.all)
    func shapes(shape: ErrorShape) {
        for status in [200, 302, 400, 404, 500] {
            let expected = GESError.api(
                ServiceFailure(
                    status: status,
                    code: shape.code,
                    message: shape.message,
                    requestID: shape.requestID
                )
            )
            #expect(throws: expected) {
                try AnswerReader.document(
                    ServiceAnswer(.json(shape.body, status: status)),
                    now: now
                )
            }
        }
    }

    @Test("401 and 403 are authorisation errors, 429 is throttling")
    func statuses() {
        let body = #"{"error_code":"APIGW.0308","error_msg":"slow"}"#
        func failure(_ status: Int) -> ServiceFailure {
            ServiceFailure(status: status, code: "APIGW.0308", message: "slow")
        }
        let retry = [HTTPHeader("retry-after", "17")]
        #expect(
            AnswerReader.failure(of: ServiceAnswer(.json(body, status: 401)), now: now)
                == .unauthorised(failure(401))
        )
        #expect(
            AnswerReader.failure(of: ServiceAnswer(.json(body, status: 403)), now: now)
                == .unauthorised(failure(403))
        )
        #expect(
            AnswerReader.failure(
                of: ServiceAnswer(.json(body, status: 429, headers: retry)),
                now: now
            )
                == .throttled(failure(429), retryAfter: .seconds(17))
        )
    }

    @Test(
        "a success with blank or null error fields is a success",
        arguments: [
            #"{"errorCode":"","errorMessage":"","jobId":"j"}"#, #"{"errorCode":null}"#,
            #"{"error_code":"  "}"#, #"{"errors":[]}"#, #"{"error":null}"#, "{}",
            #"{"data":{"labelDetails":{"errorCode":"GES.8017","errorMessage":"inside"}}}"#,
        ]
    )
    func success(body: String) throws {
        #expect(try AnswerReader.document(ServiceAnswer(.json(body)), now: now).objectValue != nil)
    }

    @Test("an HTML page of a proxy is a failure without a code")
    func proxyPage() {
        let answer = HTTPResponse(
            status: 502,
            headers: [HTTPHeader("X-Request-Id", "r1")],
            body: Array("<html>Bad Gateway</html>".utf8)
        )
        let failure = ServiceFailure(status: 502, code: nil, message: "", requestID: "r1")
        #expect(AnswerReader.failure(of: ServiceAnswer(answer), now: now) == .api(failure))
    }

    @Test(
        "a success that is not JSON is distinguished from invalid JSON",
        arguments: [("", "parse"), ("<html>", "parse"), (#"{"graphs":["#, "parse")]
    )
    func broken(body: String, reason: String) {
        let error = #expect(throws: GESError.self) {
            try AnswerReader.document(ServiceAnswer(.json(body)), now: now)
        }
        #expect(error?.reason == reason)
        let isMalformed = if case .malformed = error { true } else { false }
        #expect(isMalformed == body.hasPrefix("{"))
    }

    @Test("foreign text is truncated and stripped of control characters before it is shown")
    func bounded() throws {
        let long = String(repeating: "x", count: 10_000)
        let body = try #require(
            ErrorBody(["error_code": "a\u{1B}[2J\nb", "error_msg": .string(long)])
        )
        #expect(body.code == "a [2J b")
        #expect(body.message.count == 501)
    }

    @Test(
        "every failure has a reason for metrics",
        arguments: [
            (500, "http_5xx"), (404, "http_4xx"), (302, "http_3xx"), (200, "api_error"),
            (401, "auth"), (403, "auth"), (429, "throttled"),
        ]
    )
    func reasons(status: Int, reason: String) {
        let answer = HTTPResponse.json(#"{"error_code":"X"}"#, status: status)
        #expect(AnswerReader.failure(of: ServiceAnswer(answer), now: now).reason == reason)
    }
}
