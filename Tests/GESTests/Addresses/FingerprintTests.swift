import GES
import Testing

@Suite("Fingerprints of public keys")
struct FingerprintTests {
    /// The SHA-256 of the empty text.
    private static let digits = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    private static let base64 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

    private static var colons: String {
        let pairs = stride(from: 0, to: 64, by: 2).map { Array(digits)[$0...($0 + 1)] }
        return pairs.map { String($0) }.joined(separator: ":")
    }

    @Test("are read with and without colons, in either case")
    func valid() {
        for text in [
            Self.digits, Self.digits.uppercased(), Self.colons, Self.colons.uppercased(),
        ] {
            #expect(PublicKeyFingerprint(text)?.base64 == Self.base64, "\(text)")
        }
    }

    @Test(
        "are refused in any other notation",
        arguments: [
            "", ":", "e3", String(digits.dropLast()), digits + "0",
            digits.replacing("e3", with: "+3"),
            digits.replacing("e3", with: "g3"), digits.replacing("e3", with: "é"), base64,
            colons.replacing("e3:", with: "e3::"), ":" + colons, String(colons.dropLast(3)),
            colons.replacing("e3", with: "e"), "sha256//" + base64,
        ]
    )
    func invalid(text: String) {
        #expect(PublicKeyFingerprint(text) == nil)
    }
}
