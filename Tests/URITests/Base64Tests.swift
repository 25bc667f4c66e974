import Testing

import URI

@Suite("base64")
struct Base64Tests {
    @Test(
        "RFC 4648, section 10",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
        ]
    )
    func examples(text: String, encoded: String) {
        #expect(Base64.encode(text.utf8) == encoded)
        #expect(Base64.decode(encoded) == Array(text.utf8))
    }

    @Test("every byte in every place survives")
    func roundTrip() {
        for length in 0...5 {
            for byte in UInt8.min...UInt8.max {
                let bytes = (0..<UInt8(length)).map { byte &+ $0 &* 31 }
                #expect(Base64.decode(Base64.encode(bytes)) == bytes)
            }
        }
        let all = Array(UInt8.min...UInt8.max)
        #expect(Base64.decode(Base64.encode(all)) == all)
    }

    @Test(
        "anything else is refused",
        arguments: [
            "Z", "Zg", "Zg=", "Zm9", "====", "=", "Z===", "Zg==Zg==", "Zm=v", "Zm9v\n", "Zm9-",
            "Zm9_", " Zm9", "Zh==", "Zm9=", "é", "A=B=",
        ]
    )
    func wrong(text: String) {
        #expect(Base64.decode(text) == nil)
    }
}
