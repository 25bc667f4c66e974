import GoText
import Testing

@Suite("Text from outside")
struct DisplayTests {
    @Test("is shown without any character that acts on its surroundings")
    func unsafe() {
        let ranges: [ClosedRange<UInt32>] = [
            0...0x1F, 0x7F...0x9F, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x2064,
            0x2066...0x206F, 0xFEFF...0xFEFF, 0x61C...0x61C, 0xAD...0xAD, 0xE0001...0xE0001,
            0xE0020...0xE007F,
        ]
        for scalar in ranges.joined().compactMap(Unicode.Scalar.init) {
            #expect(scalar.isUnsafeToShow, "\(scalar.value)")
            let shown = "a\(Character(scalar))b".displayed()
            #expect(shown == "a" + scalar.unicodeEscape + "b")
            #expect(shown.unicodeScalars.allSatisfy { !$0.isUnsafeToShow })
        }
    }

    @Test("is otherwise shown as it is", arguments: ["prod-7", "知识图谱", "é\u{301}", "𝔾 😀", ""])
    func kept(text: String) {
        #expect(text.displayed() == text)
    }

    @Test("is escaped as in JSON")
    func escapes() {
        #expect("\u{1b}[31m".displayed() == "\\u001b[31m")
        #expect("\u{202e}".displayed() == "\\u202e")
        #expect("\u{e0041}".displayed() == "\\udb40\\udc41")
        #expect("a\nb\tc".escapingUnsafe(except: ["\n"]) == "a\nb\\u0009c")
    }

    @Test("is cut, and shows that it was")
    func cut() {
        #expect("abc".cut(atMost: 3) == "abc")
        #expect("abcd".cut(atMost: 3) == "abc…")
        #expect("知识图".cut(atMost: 3) == "知识图")
        #expect("知识图谱".displayed(atMost: 3) == "知识图…")
        let long = String(repeating: "\u{9b}", count: 10_000)
        #expect(long.displayed(atMost: 64).count == 64 * 6 + 1)
    }
}
