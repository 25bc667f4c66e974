import Series

/// The pattern of `=~` and `!~`: decides about whole label values, `.` being also a newline.
///
/// Most patterns in rules are a word, a choice of words, a prefix; they are recognised and
/// compared as text. The others run an automaton, those too large for one the general machine.
package struct LabelValuePattern: LabelPattern {
    package let source: String
    private let method: Method

    private enum Method: Sendable {
        case word(String)
        case words(Set<TextKey>)
        case wildcard(WildcardPattern)
        case automaton(PatternAutomaton)
        case program(PatternProgram)
    }

    package init(_ source: String) throws(RegularExpressionError) {
        self.source = source
        let (tree, _) = try PatternParser.parse(
            source,
            flags: PatternParser.Flags(dotMatchesNewline: true)
        )
        method = try LabelValuePattern.method(for: tree, source)
    }

    private static func method(
        for tree: PatternNode,
        _ source: String
    ) throws(RegularExpressionError) -> Method {
        if let texts = LiteralAnalysis.texts(of: tree) {
            return texts.count == 1 ? .word(texts[0]) : .words(Set(texts.map(TextKey.init)))
        }
        if let wildcard = WildcardPattern(tree) { return .wildcard(wildcard) }
        let whole = PatternNode.sequence([.assertion(.textStart), tree, .assertion(.textEnd)])
        guard let program = PatternProgram(whole, captureCount: 0) else {
            throw RegularExpressionError(reason: .tooLarge, fragment: source)
        }
        return PatternAutomaton(program).map(Method.automaton) ?? .program(program)
    }

    package func matches(_ value: String) -> Bool {
        switch method {
        case .word(let word): return value.hasSameBytes(as: word)
        case .words(let words): return words.contains(TextKey(value))
        case .wildcard(let wildcard): return wildcard.matches(value)
        case .automaton(let automaton): return automaton.matches(value)
        case .program(let program):
            var machine = PatternMachine(program, slotCount: 0)
            return machine.run(value.utf8.span, from: 0) != nil
        }
    }

    package var literals: [String]? {
        switch method {
        case .word(let word): [word]
        case .words(let words): words.map(\.text)
        case .wildcard, .automaton, .program: nil
        }
    }
}

extension LabelValuePattern: Hashable {
    package static func == (left: LabelValuePattern, right: LabelValuePattern) -> Bool {
        left.source.hasSameBytes(as: right.source)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(source)
    }
}
