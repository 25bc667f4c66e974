import JSON
import TestSupport
import Testing

/// Compares the parser with the slow validator on nearly valid documents.
@Suite struct PropertyTests {
    @Test("the parser and the slow validator agree on every mutated document", arguments: 0..<16)
    func slowTwin(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var accepted = 0
        for round in 0..<500 {
            var bytes = DocumentGenerator.document(&random)
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                DocumentGenerator.mutate(&bytes, &random)
            }
            let expected = SlowValidator.read(bytes)
            let actual = try? JSONValue.parse(bytes)
            if actual != nil { accepted += 1 }
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(actual == expected, "seed \(seed), round \(round): \(text)")
            // Swift considers canonically equivalent strings equal; bytes are not.
            #expect(try actual?.serialized() == expected?.serialized())
        }
        // Both outcomes must occur, or the test proves nothing.
        #expect((50...450).contains(accepted))
    }

    @Test("the parser and the slow validator agree on random bytes", arguments: 0..<4)
    func randomBytes(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<500 {
            let count = Int.random(in: 0...40, using: &random)
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            #expect((try? JSONValue.parse(bytes)) == SlowValidator.read(bytes))
        }
    }

    @Test("a written value parses to the same value", arguments: 0..<8)
    func roundTrip(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for _ in 0..<150 {
            guard let value = SlowValidator.read(DocumentGenerator.document(&random)) else {
                continue
            }
            for output in [JSONOutput.insertionOrder, .sorted] {
                let bytes = try value.serialized(output)
                let back = try JSONValue.parse(bytes)
                #expect(output == .sorted || back == value)
                #expect(try back.serialized(output) == bytes)
            }
        }
    }

    @Test("every finite double survives to the last bit", arguments: 0..<4)
    func doubles(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for _ in 0..<1000 {
            let double = Double(bitPattern: random.next())
            guard double.isFinite else { continue }
            let back = try JSONValue.parse(JSONValue.double(double).serialized())
            #expect(back.doubleValue?.bitPattern == double.bitPattern)
        }
    }
}

enum DocumentGenerator {
    static func document(_ random: inout SeededRandom) -> [UInt8] {
        var text = ""
        write(&text, depth: 0, &random)
        return Array(text.utf8)
    }

    static func mutate(_ bytes: inout [UInt8], _ random: inout SeededRandom) {
        let place = Int.random(in: 0...bytes.count, using: &random)
        switch Int.random(in: 0..<10, using: &random) {
        case 0: bytes.insert(contentsOf: pick(fragments, &random).utf8, at: place)
        case 1: if place < bytes.count { bytes.remove(at: place) }
        case 2: if place < bytes.count { bytes[place] = UInt8.random(in: 0...255, using: &random) }
        case 3: bytes.removeSubrange(place...)
        case 4: bytes.insert(contentsOf: bytes[place...].prefix(8), at: place)
        case 5: bytes.insert(contentsOf: pick(notUTF8, &random), at: place)
        case 6: wrap(&bytes, levels: Int.random(in: 26...34, using: &random), &random)
        case 7:
            let digits = String(repeating: "9", count: Int.random(in: 1...400, using: &random))
            bytes.insert(contentsOf: digits.utf8, at: place)
        default: bytes.insert(UInt8.random(in: 0x20...0x7E, using: &random), at: place)
        }
    }

    /// Fragments that json-c tolerates, and that parsers often get wrong.
    private static let fragments = [
        "NaN", "-Infinity", "Infinity", "'a'", "\u{1}", "\0", "//x\n", "/**/", ",", ":", "\"", "\\",
        "\\u0000", "\\ud800", "\\udc00", "\\ud83d\\ude00", "\\u00e9", "é", "e\u{301}", "\u{FEFF}",
        "1e400", "1e-400", "-0", "0123", "1.", ".5", "1e", "+1", "9223372036854775808",
        "-9223372036854775809", "18446744073709551615", "18446744073709551616", "0x10", "[", "]",
        "{", "}", "TRUE", "nul", "\t", "\n", "\u{A0}", "\u{2028}", " ", "\"a\":1,",
    ]

    /// Stray and missing continuation bytes, overlong forms, surrogates, and values above U+10FFFF.
    private static let notUTF8: [[UInt8]] = [
        [0x80], [0xC3], [0xC0, 0x80], [0xE0, 0x80, 0xAF], [0xE2, 0x82], [0xED, 0xA0, 0x80],
        [0xF0, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFF],
    ]

    /// Nests the document, up to nearly the maximum depth.
    private static func wrap(
        _ bytes: inout [UInt8],
        levels: Int,
        _ random: inout SeededRandom
    ) {
        for _ in 0..<levels {
            let isArray = Bool.random(using: &random)
            bytes =
                Array((isArray ? "[" : "{\"a\":").utf8) + bytes + Array((isArray ? "]" : "}").utf8)
        }
    }

    private static func write(_ text: inout String, depth: Int, _ random: inout SeededRandom) {
        space(&text, &random)
        switch Int.random(in: depth > 4 ? 2..<8 : 0..<8, using: &random) {
        case 0: writeArray(&text, depth: depth, &random)
        case 1: writeObject(&text, depth: depth, &random)
        case 2: text += pick(["true", "false", "null"], &random)
        case 3: text += "\(Int64(truncatingIfNeeded: random.next()))"
        case 4: text += "\(Int.random(in: -10...10, using: &random))"
        case 5: text += pick(["0.5", "-1.25e3", "1E-7", "5e-324", "-0.0", "123456.789"], &random)
        case 6: text += "\(random.next())"
        default: writeString(&text, &random)
        }
        space(&text, &random)
    }

    private static func writeArray(
        _ text: inout String,
        depth: Int,
        _ random: inout SeededRandom
    ) {
        text += "["
        for index in 0..<Int.random(in: 0...3, using: &random) {
            if index > 0 { text += "," }
            write(&text, depth: depth + 1, &random)
        }
        text += "]"
    }

    private static func writeObject(
        _ text: inout String,
        depth: Int,
        _ random: inout SeededRandom
    ) {
        text += "{"
        for index in 0..<Int.random(in: 0...4, using: &random) {
            if index > 0 { text += "," }
            space(&text, &random)
            // Few names, so that duplicates occur, and two that only differ by an escape.
            text += pick(
                ["\"a\"", "\"b\"", "\"\\u0061\"", "\"\"", "\"é\"", "\"\\u00E9\""],
                &random
            )
            space(&text, &random)
            text += ":"
            write(&text, depth: depth + 1, &random)
        }
        text += "}"
    }

    private static func writeString(_ text: inout String, _ random: inout SeededRandom) {
        text += "\""
        for _ in 0..<Int.random(in: 0...5, using: &random) {
            text += pick(
                [
                    "a", "é", "€", "😀", "\\n", "\\\"", "\\\\", "\\/", "\\u0041", "\\ud83d\\ude00",
                    "\\ud800", "\\udc00", "\\ud800\\u0041", "\\ud800\\ud800", "\u{7F}", "\\u0000",
                    "'", "//",
                ],
                &random
            )
        }
        text += "\""
    }

    private static func space(_ text: inout String, _ random: inout SeededRandom) {
        if Int.random(in: 0..<4, using: &random) == 0 {
            text += pick([" ", "\n", "\t", "\r\n"], &random)
        }
    }

    private static func pick<Element>(
        _ choices: [Element],
        _ random: inout SeededRandom
    ) -> Element {
        choices[Int.random(in: 0..<choices.count, using: &random)]
    }
}
