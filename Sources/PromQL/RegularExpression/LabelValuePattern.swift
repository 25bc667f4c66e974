import Series

/// The pattern of `=~` and `!~`: decides about whole label values, `.` being also a newline.
///
/// Most patterns in rules are a word, a choice of words, a prefix; they are recognised and
/// compared as text. The others run an automaton, those too large for one the general machine.
package struct LabelValuePattern: LabelPattern {
    package let source: String
    private let method: Method

    /// Comparing so many words is quicker than hashing the value.
    private static let maximumCompared = 8

    private enum Method: Sendable {
        case words([String])
        case manyWords(Set<TextKey>)
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
            return texts.count <= maximumCompared
                ? .words(texts) : .manyWords(Set(texts.map(TextKey.init)))
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
        case .words(let words): return words.contains { $0.hasSameBytes(as: value) }
        case .manyWords(let words): return words.contains(TextKey(value))
        case .wildcard(let wildcard): return wildcard.matches(value)
        case .automaton(let automaton): return automaton.matches(value)
        case .program(let program):
            return program.firstMatch(in: value.utf8.span, from: 0, slotCount: 0) != nil
        }
    }

    package var literals: [String]? {
        switch method {
        case .words(let words): words
        case .manyWords(let words): words.map(\.text)
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
