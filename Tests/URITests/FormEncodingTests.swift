import TestSupport
import Testing
import URI

@Test(
    "form text writes a space as a plus",
    arguments: [("a b", "a+b"), ("a+b", "a%2Bb"), ("~*", "~%2A"), ("é&=", "%C3%A9%26%3D")]
)
func formText(text: String, expected: String) {
    #expect(FormEncoding.encode(text) == expected)
}

@Test(
    "a form is taken apart",
    arguments: [
        ("", []), ("a=b", [["a", "b"]]), ("a", [["a", ""]]), ("a=", [["a", ""]]),
        ("=b", [["", "b"]]), ("=", [["", ""]]), ("&&a=b&", [["a", "b"]]),
        ("a=b=c", [["a", "b=c"]]), ("a+b=1%2B1", [["a b", "1+1"]]),
        ("%3D=%26", [["=", "&"]]), ("a=1&a=2", [["a", "1"], ["a", "2"]]),
        ("q=a#b", [["q", "a#b"]]),
        ("match[]=x", [["match[]", "x"]]),
    ] as [(String, [[String]])]
)
func form(text: String, expected: [[String]]) throws {
    #expect(try FormEncoding.decode(text).map { [$0.name, $0.value] } == expected)
    #expect(SlowCoding.decodeForm(text) == expected)
}

@Test("one invalid item invalidates the form", arguments: ["a=%", "a=b&%zz=c", "a=%00"])
func brokenForm(text: String) {
    #expect(throws: PercentEncoding.DecodingError.self) { try FormEncoding.decode(text) }
}

@Test("forms are encoded and decoded like by the slow twin", arguments: 0..<4)
func formTwin(seed: Int) throws {
    var random = SeededRandom(seed: seed)
    for _ in 0..<5000 {
        let text = random.componentText() + random.componentText()
        let items = try? FormEncoding.decode(text)
        #expect(items?.map { [$0.name, $0.value] } == SlowCoding.decodeForm(text), "\(text)")
        #expect(FormEncoding.encode(text) == SlowCoding.encodeForm(Array(text.utf8)))

        let written = [FormEncoding.Item(text, "1"), FormEncoding.Item("x", text)]
        let encoded = FormEncoding.encode(written)
        #expect(try FormEncoding.decode(encoded) == written)
    }
}
