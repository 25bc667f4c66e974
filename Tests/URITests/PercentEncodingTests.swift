import TestSupport
import Testing
import URI

@Test(
    "only unreserved characters stay unescaped",
    arguments: [
        ("", ""), ("AZaz09-._~", "AZaz09-._~"), ("a b", "a%20b"), ("a+b", "a%2Bb"),
        ("a/b", "a%2Fb"), ("?&=#%", "%3F%26%3D%23%25"), ("!*'()", "%21%2A%27%28%29"),
        ("图", "%E5%9B%BE"), ("é", "%C3%A9"), ("\u{0}\u{7F}", "%00%7F"), ("..", ".."),
    ]
)
func encoded(text: String, expected: String) {
    #expect(PercentEncoding.encode(text) == expected)
}

@Test(
    "escapes are undone once, in either case of the digits",
    arguments: [
        ("", ""), ("a%20b", "a b"), ("%2f%2F", "//"), ("a+b", "a+b"), ("%2541", "%41"),
        ("%e5%9b%be", "图"), ("图", "图"), ("%7E~", "~~"),
    ]
)
func decoded(text: String, expected: String) throws {
    #expect(try PercentEncoding.decode(text) == expected)
}

@Test(
    "broken text is refused with the reason",
    arguments: [
        ("%", PercentEncoding.DecodingError.invalidEscape), ("a%4", .invalidEscape),
        ("%4g", .invalidEscape), ("%g4", .invalidEscape), ("%%41", .invalidEscape),
        ("% 41", .invalidEscape), ("%+1", .invalidEscape), ("%٤١", .invalidEscape),
        ("a%00", .containsNUL), ("a\0", .containsNUL), ("%ff", .invalidUTF8),
        ("%E5%9B", .invalidUTF8), ("%C0%AF", .invalidUTF8), ("%ED%A0%80", .invalidUTF8),
    ]
)
func refused(text: String, reason: PercentEncoding.DecodingError) {
    #expect(throws: reason) { try PercentEncoding.decode(text) }
}

@Test(
    "a lenient decoder keeps what is no escape",
    arguments: [
        ("100%", "100%"), ("%4g%41", "%4gA"), ("%%41", "%A"), ("a%2Fb%2", "a/b%2"), ("%00", "\0"),
    ]
)
func decodedLeniently(text: String, expected: String) {
    #expect(PercentEncoding.decodeLeniently(text) == Array(expected.utf8))
}

@Test("every byte is encoded like by the slow twin, and round-trips")
func everyByte() {
    for byte in UInt8.min...UInt8.max {
        let encoded = PercentEncoding.encode(bytes: [byte])
        #expect(encoded == SlowCoding.encode([byte]))
        #expect(PercentEncoding.decodeLeniently(encoded) == [byte])
    }
}

@Test(
    "decodes text made of escapes, broken ones and others as the slow twin does",
    arguments: 0..<4
)
func decodesAsTheTwin(seed: Int) {
    var random = SeededRandom(seed: seed)
    var refusals = 0
    for _ in 0..<5000 {
        let text = random.componentText()
        let decoded = try? PercentEncoding.decode(text)
        #expect(decoded == SlowCoding.decode(text), "\(text)")
        #expect(
            PercentEncoding.decodeLeniently(text) == SlowCoding.decodeLeniently(text),
            "\(text)"
        )
        if let decoded {
            let again = PercentEncoding.encode(decoded)
            #expect((try? PercentEncoding.decode(again)) == decoded)
        } else {
            refusals += 1
        }
    }
    #expect((500...4500).contains(refusals), "the texts are not a mixture: \(refusals) are refused")
}

extension SeededRandom {
    /// Up to six pieces, a third of which are delimiters or invalid.
    mutating func componentText() -> String {
        let pieces = [
            "a", "Z", "~", "%41", "%2f", "%2F", "%c3%a9", "%E5%9B%BE", "图", " ", "+", "&", "=",
            "%25", "%", "%4", "%zz", "%ff", "%00", "%E5",
        ]
        return (0..<number(below: 7)).map { _ in pick(pieces) }.joined()
    }
}
