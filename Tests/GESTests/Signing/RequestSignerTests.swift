@testable import GES
import Testing
import URI

@Suite("Request signatures")
struct RequestSignerTests {
    @Test("equal those of the official SDK", arguments: SigningVector.all)
    func signature(vector: SigningVector) throws {
        let url = try RequestURL(parsing: vector.url)
        let signer = RequestSigner(
            key: AccessKey(
                id: SigningVector.accessKeyID,
                secret: Secret(SigningVector.secretAccessKey),
                securityToken: vector.signedHeaders.contains("x-security-token")
                    ? Secret(SigningVector.securityToken) : nil
            )
        )
        let headers = signer.headers(
            signing: vector.method,
            url,
            headers: vector.headers.map { ($0.key, $0.value) },
            body: Array(vector.body.utf8),
            at: SigningVector.time
        )

        let authorization = headers.first { $0.name == "Authorization" }?.value
        #expect(
            authorization
                == "SDK-HMAC-SHA256 Access=\(SigningVector.accessKeyID), "
                + "SignedHeaders=\(vector.signedHeaders), Signature=\(vector.signature)"
        )
        #expect(headers.first { $0.name == "X-Sdk-Date" }?.value == "20250102T030405Z")
    }

    @Test("are tested with twenty distinct vectors")
    func vectorsAreDistinct() {
        #expect(SigningVector.all.count == 20)
        #expect(Set(SigningVector.all.map(\.fact)).count == 20)
    }

    @Test("cover the URL exactly as it is sent", arguments: SigningVector.all)
    func urlIsSentSorted(vector: SigningVector) throws {
        #expect(try RequestURL(parsing: vector.url).description == vector.url)
    }

    @Test("change with one byte of the body")
    func bodyIsCovered() throws {
        let url = try RequestURL(parsing: "https://ges.example.com/v2/p/graphs/g/start")
        let signer = RequestSigner(
            key: AccessKey(id: "id", secret: Secret("secret"), securityToken: nil)
        )
        let signatures = ["{}", "{ }", ""].map { body in
            signer.headers(
                signing: "POST",
                url,
                headers: [],
                body: Array(body.utf8),
                at: SigningVector.time
            ).first { $0.name == "Authorization" }?.value
        }
        #expect(Set(signatures).count == 3)
    }
}

extension RequestURL {
    /// Splits a URL into the arguments of the client.
    init(parsing text: String) throws {
        let parts = text.split(separator: "?", maxSplits: 1)
        let root = parts[0].split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        let items = (parts.count > 1 ? parts[1].split(separator: "&") : []).map { item in
            let pair = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                .map { String(decoding: PercentEncoding.decodeLeniently($0), as: UTF8.self) }
            return QueryItem(pair[0], pair[1])
        }
        // Deliberately not in sorted order.
        self.init(
            try Endpoint("\(root[0])//\(root[2])"),
            path: "/" + root[3],
            query: items.reversed()
        )
    }
}
