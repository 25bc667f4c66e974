import HTTPClient
import Testing

@testable import GES
import URI

@Suite("The header Authorization")
struct AuthorizationSourceTests {
    @Test("has the token, or the user and the password in base64, and shows neither")
    func values() throws {
        let secret = SecretSource.constant(Secret("open sesame"))
        let bearer = try AuthorizationSource.bearer(secret).header()
        let basic = try AuthorizationSource.basic(user: "Aladdin", password: secret).header()
        #expect(bearer.value == "Bearer open sesame")
        // The example of RFC 7617, section 2.
        #expect(basic.value == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")
        #expect("\(bearer) \(basic)" == "Authorization: <secret> Authorization: <secret>")
    }

    @Test(
        "is padded base64",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
        ]
    )
    func base64(text: String, encoded: String) {
        #expect(Base64.encode(Array(text.utf8)) == encoded)
    }
}
