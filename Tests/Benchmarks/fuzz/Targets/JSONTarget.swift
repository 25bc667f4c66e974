import Foundation
import JSON
import TestSupport

extension Targets {
    /// Agrees with Foundation's parser on what is JSON, but for what `JSONValue.parse` says that it
    /// refuses, and reads back what it writes.
    static let json: Target = {
        var target = Target("json", tokens: JSONText.tokens) { input in
            let value: JSONValue
            do throws(JSONError) {
                value = try JSONValue.parse(input)
            } catch {
                try Message.check("\(error)")
                guard let offset = error.offset, (0...input.count).contains(offset) else {
                    throw Broken("place", "\(error)")
                }
                try JSONText.checkRefusal(of: input, error)
                return .refused
            }
            try JSONText.checkValue(value, of: input)
            return .accepted
        }
        target.grammar = { random in
            var grammar = JSONGrammar(random: random)
            return grammar.value()
        }
        return target
    }()
}

enum JSONText {
    static let tokens = [
        "{", "}", "[", "]", ",", ":", "\"", "\"a\":", "null", "true", "false", "\\ud83d\\ude00",
        "\\udc00", "\\u0000", "\\u00e9", "\\/", "0", "-", "1e5", "1E+400", ".5", "01", "1.", "//",
        "/*", "'", "NaN", "Infinity", "-Infinity", "{\"a\":1,\"a\":2}", "[[", "[]", "{}",
        "\u{FEFF}", "\u{A0}", "\u{B}", "True",
    ]

    /// Refusals that are policy and not syntax.
    private static let policies = [
        "duplicate name", "out of range", "nested more than", "must not contain U+0000",
        "number longer than", "more than",
    ]

    static func checkRefusal(of input: [UInt8], _ error: JSONError) throws(Broken) {
        guard !policies.contains(where: error.message.contains), peerAccepts(input) == true
        else { return }
        throw Broken("refuses JSON", "\(error)")
    }

    static func checkValue(_ value: JSONValue, of input: [UInt8]) throws {
        guard peerAccepts(input) != false else { throw Broken("accepts what is not JSON", "") }
        for output in [JSONOutput.insertionOrder, .sorted] {
            let again: JSONValue
            do {
                again = try JSONValue.parse(try value.serialized(output))
            } catch {
                throw Broken("cannot read what it wrote", "\(error)")
            }
            guard output == .sorted || again == value else {
                throw Broken("reads back differently", "")
            }
            guard try again.serialized(.sorted) == value.serialized(.sorted) else {
                throw Broken("writes differently the second time", "")
            }
        }
    }

    /// Foundation's parser. nil where it is known to differ from RFC 8259, or from the decision that
    /// a lone surrogate is no error.
    private static func peerAccepts(_ input: [UInt8]) -> Bool? {
        guard let text = String(validating: input, as: UTF8.self) else { return false }
        // It guesses UTF-16 and UTF-32, skips a byte order mark, and ignores a trailing comma.
        guard !input.starts(with: [0xEF, 0xBB, 0xBF]), !input.contains(0),
            text.firstMatch(of: /\\u[dD]|,[ \t\r\n]*[\]}]/) == nil
        else { return nil }
        return (try? JSONSerialization.jsonObject(with: Data(input), options: .fragmentsAllowed))
            != nil
    }
}

/// Random documents.
private struct JSONGrammar {
    var random: SeededRandom
    private var budget = 60

    init(random: SeededRandom) { self.random = random }

    mutating func value() -> String {
        budget -= 1
        switch random.number(below: budget > 0 ? 10 : 6) {
        case 0, 1: return number()
        case 2, 3: return string()
        case 4, 5: return random.pick(["null", "true", "false", "[]", "{}"])
        case 6, 7:
            return "["
                + (0..<random.number(below: 5)).map { _ in value() }
                .joined(separator: separator()) + "]"
        case 8:
            let members = (0..<random.number(below: 5)).map { _ in
                string() + random.pick([":", " : "]) + value()
            }
            return "{" + members.joined(separator: separator()) + "}"
        default:
            let depth = random.number(below: 40)
            return String(repeating: "[", count: depth) + value()
                + String(repeating: "]", count: depth)
        }
    }

    private mutating func separator() -> String { random.pick([",", ", ", ",\n\t", "\r\n,"]) }

    private mutating func number() -> String {
        let exponents = ["", "", "", ".0", ".25", "e3", "E-7", "e+307", "e309", ".1e-330"]
        return random.pick(["", "-"])
            + random.pick(["0", "7", "42", "9007199254740993", "9223372036854775808"])
            + random.pick(exponents)
    }

    private mutating func string() -> String {
        let parts = [
            "a", "é", "e\u{301}", "🙂", "\\n", "\\\"", "\\\\", "\\u0041", "\\ud83d\\ude00",
            "\\ud83d", "\\u0000", "\u{7F}", "\u{2028}", "/", "name",
        ]
        return "\""
            + (0..<random.number(below: 5)).map { _ in random.pick(parts) }.joined() + "\""
    }
}
