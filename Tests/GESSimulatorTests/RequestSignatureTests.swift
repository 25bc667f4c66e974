import Testing

@testable import GESSimulator

/// Signatures by Huawei Cloud's Python SDK 3.1.219 with this key at 2025-01-02T03:04:05Z.
private struct Vector: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let method: String
    let path: String
    var query: [(name: String, value: String)] = []
    let headers: [(name: String, value: String)]
    let signed: String
    var body = ""
    let signature: String
}

private let project = "0123456789abcdef0123456789abcdef"
private let graph = "f1529b88-c958-493e-8452-fccfe932cde1"
private let host = (name: "Host", value: "ges.cn-north-4.myhuaweicloud.com")
private let date = (name: "X-Sdk-Date", value: "20250102T030405Z")
private let contentType = (name: "Content-Type", value: "application/json")
private let projectHeader = (name: "X-Project-Id", value: project)
private let accessKey = "AKIDEXAMPLE000000001"
private let secretKey = "SkExampleSecretKey0123456789abcdefABCDEF"

private let vectors = [
    Vector(
        testDescription: "host and date alone",
        method: "GET",
        path: "/v2/\(project)/graphs",
        headers: [host, date],
        signed: "host;x-sdk-date",
        signature: "c053b6b5d7473ca9be5ba3019e075434905e669ef222311558db311f63d36051"
    ),
    Vector(
        testDescription: "a query in another order",
        method: "GET",
        path: "/v2/\(project)/graphs",
        query: [("offset", "0"), ("limit", "10")],
        headers: [host, date, contentType, projectHeader],
        signed: "content-type;host;x-project-id;x-sdk-date",
        signature: "fe687895a68441b64d6ce992e0519498c46659add1c10e41ce2ec984e99586d3"
    ),
    Vector(
        testDescription: "a body",
        method: "POST",
        path: "/v2/\(project)/graphs/\(graph)/restart",
        headers: [host, date, contentType, projectHeader],
        signed: "content-type;host;x-project-id;x-sdk-date",
        body: "{}",
        signature: "8733ec19e8e4f526e23d12debbf4946ef178cc9dc62259bf3e09c310d0a75232"
    ),
    Vector(
        testDescription: "special characters in the query",
        method: "GET",
        path: "/v2/\(project)/graphs/jobs",
        query: [
            ("graph_name", "图 a+b&c=d/é~*'()!"), ("start_time", "2025-01-01"),
            ("end_time", "2025-01-02"), ("status", "failed"), ("offset", "0"), ("limit", "10"),
        ],
        headers: [host, date, contentType, projectHeader],
        signed: "content-type;host;x-project-id;x-sdk-date",
        signature: "053e5e68a8c369f18a91341243ceaf44935fa6dffd5061e07da04817365b9186"
    ),
    Vector(
        testDescription: "names repeated, empty and in upper case",
        method: "GET",
        path: "/v2/\(project)/graphs",
        query: [("b", "2"), ("a", ""), ("b", "1"), ("B", "3"), ("a.0", "x,y")],
        headers: [host, date, contentType],
        signed: "content-type;host;x-sdk-date",
        signature: "93ea8270e71284e6a865347bc6b4af34bcab7649355ff29ede3c18101dce5e28"
    ),
    Vector(
        testDescription: "special characters in the path",
        method: "GET",
        path: "/v2/\(project)/graphs/a%20b~c%2Fd/x+y",
        headers: [host, date, contentType],
        signed: "content-type;host;x-sdk-date",
        signature: "ab10ef19da58db3dc3d36be0e5ead1a59a4d4ed20b6977a32d0e38982c9f9831"
    ),
    Vector(
        testDescription: "the root",
        method: "GET",
        path: "/",
        headers: [host, date],
        signed: "host;x-sdk-date",
        signature: "28858f7f3cbef50c789f2cb978330b5ee2dcb650daf334b203af07315cfc0b51"
    ),
    Vector(
        testDescription: "a header with spaces around its value",
        method: "GET",
        path: "/v2/\(project)/graphs",
        headers: [
            host, date, ("X-Language", "  en-us  "), ("x_ignored", "zzz"),
            ("User-Agent", "ges-agent/1.0"),
        ],
        signed: "host;user-agent;x-language;x-sdk-date",
        signature: "332a830d7f084f35e7904ca0163cc42683c9f637030a3a750469d55e587af32d"
    ),
    Vector(
        testDescription: "an unsigned payload",
        method: "POST",
        path: "/v2/\(project)/graphs/\(graph)/restart",
        headers: [
            host, date, ("Content-Type", "application/x-www-form-urlencoded"),
            ("X-Sdk-Content-Sha256", "UNSIGNED-PAYLOAD"),
        ],
        signed: "content-type;host;x-sdk-content-sha256;x-sdk-date",
        body: "a=b",
        signature: "f6d043361cb0f44a0f1457c72ba791731edd7165263896207017ad0b4f49b402"
    ),
]

@Suite("A signature")
struct RequestSignatureTests {
    private func request(_ vector: Vector) -> CloudRequest {
        CloudRequest(
            vector.method,
            vector.path,
            query: vector.query,
            headers: vector.headers,
            body: Array(vector.body.utf8)
        )
    }

    private func signature(_ vector: Vector) throws -> RequestSignature {
        try #require(
            RequestSignature(
                authorization: "SDK-HMAC-SHA256 Access=\(accessKey), "
                    + "SignedHeaders=\(vector.signed), Signature=\(vector.signature)"
            )
        )
    }

    @Test("of the official SDK is accepted", arguments: vectors)
    private func recognised(vector: Vector) throws {
        let signature = try signature(vector)
        #expect(signature.signsEnough)
        #expect(signature.matches(request(vector), secretKey: secretKey, date: date.value))
    }

    @Test("does not cover another request", arguments: vectors)
    private func bound(vector: Vector) throws {
        let signature = try signature(vector)
        func holds(_ change: (inout CloudRequest) -> Void) -> Bool {
            var changed = request(vector)
            change(&changed)
            return signature.matches(changed, secretKey: secretKey, date: date.value)
        }
        #expect(!holds { $0.method = "PUT" })
        #expect(!holds { $0.path += "x" })
        #expect(!holds { $0.query.append(("more", "1")) })
        #expect(!holds { $0.headers[0].value = "elsewhere" })
        #expect(!holds { $0.headers.removeFirst() })
        #expect(!signature.matches(request(vector), secretKey: "other", date: date.value))
        let isUnsigned = vector.signed.contains("sha256")
        #expect(holds { $0.body.append(0) } == isUnsigned)
    }

    @Test(
        "is rejected if it is malformed",
        arguments: [
            "", "SDK-HMAC-SHA256", "SDK-HMAC-SHA1 Access=a, SignedHeaders=host, Signature=0",
            "SDK-HMAC-SHA256 Access=a, SignedHeaders=host", "SDK-HMAC-SHA256 nonsense",
        ]
    )
    func malformed(authorization: String) {
        #expect(RequestSignature(authorization: authorization) == nil)
    }

    @Test("must cover host and date")
    func minimum() throws {
        let bare = try #require(
            RequestSignature(
                authorization: "SDK-HMAC-SHA256 Access=a, SignedHeaders=x-sdk-date, Signature=0"
            )
        )
        #expect(!bare.signsEnough)
    }
}
