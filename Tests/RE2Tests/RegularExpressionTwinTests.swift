import TestSupport
import Testing

@testable import RE2

/// A simplified pattern with a backtracking matcher that tries all alternatives.
private indirect enum Twin {
    case literal(Character)
    case any
    case set([Character], isNegated: Bool)
    case start, end
    case boundary
    case sequence([Twin])
    case choice([Twin])
    case group(Twin)
    case capture(Twin)
    case repeated(Twin, Int, Int?, isGreedy: Bool)

    var source: String {
        switch self {
        case .literal(let character): String(character)
        case .any: "."
        case .set(let members, let isNegated): "[\(isNegated ? "^" : "")\(String(members))]"
        case .start: "^"
        case .end: "$"
        case .boundary: #"\b"#
        case .sequence(let parts): parts.map(\.source).joined()
        case .choice(let parts): parts.map(\.source).joined(separator: "|")
        case .group(let inner): "(?:\(inner.source))"
        case .capture(let inner): "(\(inner.source))"
        case .repeated(let inner, let low, let high, let isGreedy):
            inner.source + Twin.operatorText(low, high) + (isGreedy ? "" : "?")
        }
    }

    private static func operatorText(_ low: Int, _ high: Int?) -> String {
        switch (low, high) {
        case (0, nil): "*"
        case (1, nil): "+"
        case (0, 1): "?"
        case (_, nil): "{\(low),}"
        case (_, let high?): low == high ? "{\(low)}" : "{\(low),\(high)}"
        }
    }

    /// Tries all ends from `position` in order of preference until `then` accepts one.
    func match(_ text: [Character], _ position: Int, _ then: (Int) -> Bool) -> Bool {
        switch self {
        case .literal(let wanted):
            position < text.count && text[position] == wanted && then(position + 1)
        case .any: position < text.count && text[position] != "\n" && then(position + 1)
        case .set(let members, let isNegated):
            position < text.count && members.contains(text[position]) != isNegated
                && then(position + 1)
        case .start: position == 0 && then(position)
        case .end: position == text.count && then(position)
        case .boundary: Twin.isBoundary(text, position) && then(position)
        case .sequence(let parts): Twin.match(parts[...], text, position, then)
        case .choice(let parts): parts.contains { $0.match(text, position, then) }
        case .group(let inner), .capture(let inner): inner.match(text, position, then)
        case .repeated(let inner, let low, let high, let isGreedy):
            Twin.matchRepeated(inner, low, high, isGreedy, text, position, then)
        }
    }

    private static func match(
        _ parts: ArraySlice<Twin>,
        _ text: [Character],
        _ position: Int,
        _ then: (Int) -> Bool
    ) -> Bool {
        guard let first = parts.first else { return then(position) }
        return first.match(text, position) { match(parts.dropFirst(), text, $0, then) }
    }

    private static func matchRepeated(
        _ inner: Twin,
        _ low: Int,
        _ high: Int?,
        _ isGreedy: Bool,
        _ text: [Character],
        _ position: Int,
        _ then: (Int) -> Bool
    ) -> Bool {
        if low > 0 {
            return inner.match(text, position) {
                matchRepeated(
                    inner,
                    low - 1,
                    high.map { $0 - 1 },
                    isGreedy,
                    text,
                    $0,
                    then
                )
            }
        }
        func more() -> Bool {
            guard high != 0 else { return false }
            return inner.match(text, position) { next in
                // An iteration that consumes nothing is the last.
                next == position
                    ? then(next)
                    : matchRepeated(inner, 0, high.map { $0 - 1 }, isGreedy, text, next, then)
            }
        }
        return isGreedy ? more() || then(position) : then(position) || more()
    }

    private static func isBoundary(_ text: [Character], _ position: Int) -> Bool {
        let before = position > 0 && text[position - 1].isLetter && text[position - 1].isASCII
        let after =
            position < text.count && text[position].isLetter && text[position].isASCII
        return before != after
    }

    func matchesWhole(_ text: [Character]) -> Bool {
        match(text, 0) { $0 == text.count }
    }

    /// The leftmost match, and the preferred one of those.
    func firstMatch(_ text: [Character]) -> Range<Int>? {
        for start in 0...text.count {
            var end = 0
            let found = match(text, start) { position in
                end = position
                return true
            }
            if found { return start..<end }
        }
        return nil
    }
}

extension Twin {
    private static let alphabet: [Character] = ["a", "b", "é", "\n", "-"]

    static func random(_ depth: Int, _ generator: inout SeededRandom) -> Twin {
        switch generator.number(below: depth > 0 ? 14 : 6) {
        case 0, 1, 2: .literal(alphabet[generator.number(below: 3)])
        case 3: .any
        case 4:
            .set(
                Array(alphabet[...generator.number(below: 4)]),
                isNegated: generator.number(below: 2) == 0
            )
        case 5: [.start, .end, .boundary][generator.number(below: 3)]
        case 6, 7: .sequence((0...generator.number(below: 3)).map { _ in item(depth, &generator) })
        case 8, 9:
            .group(.choice((0...generator.number(below: 3)).map { _ in item(depth, &generator) }))
        case 10: .capture(random(depth - 1, &generator))
        default: repetition(depth, &generator)
        }
    }

    private static func item(_ depth: Int, _ generator: inout SeededRandom) -> Twin {
        generator.number(below: 8) == 0 ? .sequence([]) : random(depth - 1, &generator)
    }

    private static func repetition(
        _ depth: Int,
        _ generator: inout SeededRandom
    ) -> Twin {
        let bounds: [(Int, Int?)] = [(0, nil), (1, nil), (0, 1), (2, 3), (2, nil), (0, 2)]
        let (low, high) = bounds[generator.number(below: bounds.count)]
        return .repeated(
            .group(random(depth - 1, &generator)),
            low,
            high,
            isGreedy: generator.number(below: 3) > 0
        )
    }

    static func randomText(_ generator: inout SeededRandom) -> [Character] {
        (0..<generator.number(below: 8)).map { _ in
            alphabet[generator.number(below: alphabet.count)]
        }
    }
}

struct RegularExpressionTwinTests {
    @Test("a pattern agrees with exhaustive matching", arguments: 0..<40 as Range<UInt64>)
    func backtracking(seed: UInt64) throws {
        var generator = SeededRandom(seed: seed)
        for _ in 0..<20 {
            let twin = Twin.random(4, &generator)
            let source = twin.source
            let search = try RegularExpression(source)
            // `.` does not match a newline in the twin.
            let whole = try RegularExpression(matchingWhole: "(?-s)(?:" + source + ")")
            let value = try FullMatcher("(?-s)(?:" + source + ")")
            for _ in 0..<12 {
                let characters = Twin.randomText(&generator)
                let text = String(characters)
                let comment: Comment = "/\(source)/ on \(text.debugDescription)"
                let matches = twin.matchesWhole(characters)
                #expect(whole.matches(text) == matches, comment)
                #expect(value.matches(text) == matches, comment)
                let expected = twin.firstMatch(characters).map { range in
                    let start = String(characters[..<range.lowerBound]).utf8.count
                    return start..<(start + String(characters[range]).utf8.count)
                }
                #expect(search.firstMatch(in: text)?.range == expected, comment)
                #expect(search.matches(text) == (expected != nil), comment)
            }
        }
    }

    /// Compares the automaton with the general machine, which most rule patterns never use.
    @Test("the automaton agrees with the machine", arguments: 0..<40 as Range<UInt64>)
    func automaton(seed: UInt64) throws {
        var generator = SeededRandom(seed: seed &+ 1000)
        var compared = 0
        var visits = Int.max
        for _ in 0..<20 {
            let source = Twin.random(4, &generator).source
            let tree = try PatternParser.parse(source).0
            guard let program = Program(.wholeText(tree), captureCount: 0),
                let automaton = Automaton(program, visits: &visits)
            else { continue }
            compared += 1
            for _ in 0..<20 {
                let text = String(Twin.randomText(&generator))
                var machine = PikeMachine(program, slotCount: 0)
                let expected = machine.run(text.utf8.span, from: 0) { _ in } != nil
                #expect(automaton.matches(text) == expected, "/\(source)/ on \(text)")
            }
        }
        #expect(compared > 5)
    }

    @Test("both implementations of captures agree", arguments: 0..<40 as Range<UInt64>)
    func captures(seed: UInt64) throws {
        var generator = SeededRandom(seed: seed &+ 2000)
        for _ in 0..<30 {
            let source = "(" + Twin.random(4, &generator).source + ")"
            let (tree, names) = try PatternParser.parse(source)
            let program = try #require(Program(tree, captureCount: names.count))
            for _ in 0..<20 {
                let text = String(Twin.randomText(&generator))
                let bytes = text.utf8.span
                let count = program.slotCount
                var machine = PikeMachine(program, slotCount: count)
                var backtracker = Backtracker(program, slotCount: count, bytes)
                let expected = machine.run(bytes, from: 0) { _ in }
                let found = backtracker?.run(bytes, from: 0)
                #expect(found == expected, "/\(source)/ on \(text.debugDescription)")
            }
        }
    }
}
