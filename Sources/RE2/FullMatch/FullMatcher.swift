/// Decides whether a pattern matches a whole text, by the cheapest method that the pattern allows.
///
/// Most patterns in rules are a word, a choice of words or a prefix; these are recognized and
/// compared as text. Other patterns run as an automaton, and those too large for one use the
/// general matcher of `Program`. As in Prometheus, which anchors a label matcher as `^(?s:...)$`,
/// `.` also matches a newline.
package struct FullMatcher: Sendable {
    package let pattern: String
    private let method: Method

    /// Up to this many words, comparing each one is faster than hashing the text.
    private static let comparedWordsMaximum = 8

    private enum Method: Sendable {
        case words([ExactText])
        case manyWords(Set<ExactText>)
        case wildcard(WildcardPattern)
        case automaton(Automaton)
        case program(Program)
    }

    package init(_ pattern: String) throws(RegularExpressionError) {
        var budget = PatternBudget()
        try self.init(pattern, within: &budget)
    }

    package init(
        _ pattern: String,
        within budget: inout PatternBudget
    ) throws(RegularExpressionError) {
        self.pattern = pattern
        let (tree, _) = try PatternParser.parse(
            pattern,
            flags: PatternParser.Flags(dotMatchesNewline: true)
        )
        method = try Self.method(for: tree, pattern, &budget.visits)
        try budget.charge(Self.byteCount(of: method) + pattern.utf8.count + 64, pattern)
    }

    private static func byteCount(of method: Method) -> Int {
        switch method {
        case .words(let words): words.reduce(0) { $0 + $1.text.utf8.count + 16 }
        case .manyWords(let words): words.reduce(0) { $0 + $1.text.utf8.count + 32 }
        case .wildcard(let wildcard): wildcard.byteCount
        case .automaton(let automaton): automaton.byteCount
        case .program(let program): program.byteCount
        }
    }

    private static func method(
        for tree: PatternNode,
        _ pattern: String,
        _ visits: inout Int
    ) throws(RegularExpressionError) -> Method {
        if let words = LiteralAnalysis.texts(of: tree)?.map(ExactText.init) {
            return words.count <= comparedWordsMaximum ? .words(words) : .manyWords(Set(words))
        }
        if let wildcard = WildcardPattern(tree) { return .wildcard(wildcard) }
        guard let program = Program(.wholeText(tree), captureCount: 0) else {
            throw RegularExpressionError(reason: .tooLarge, fragment: pattern)
        }
        return Automaton(program, visits: &visits).map(Method.automaton) ?? .program(program)
    }

    package func matches(_ text: String) -> Bool {
        switch method {
        case .words(let words): words.contains(ExactText(text))
        case .manyWords(let words): words.contains(ExactText(text))
        case .wildcard(let wildcard): wildcard.matches(text)
        case .automaton(let automaton): automaton.matches(text)
        case .program(let program):
            program.firstMatch(in: text.utf8.span, from: 0, slotCount: 0) != nil
        }
    }

    /// About how many steps a match of a text of so many bytes takes at most.
    package func stepCount(forBytes count: Int) -> Int {
        if case .program(let program) = method { return program.stepCount(forBytes: count) }
        return count + 1
    }

    /// Like `matches`, but passes the steps to `work` now and then, which ends a match that takes
    /// too long by throwing.
    package func matches<Failure: Error>(
        _ text: String,
        _ work: (Int) throws(Failure) -> Void
    ) throws(Failure) -> Bool {
        guard case .program(let program) = method else {
            try work(stepCount(forBytes: text.utf8.count))
            return matches(text)
        }
        return try program.firstMatch(in: text.utf8.span, from: 0, slotCount: 0, work) != nil
    }

    /// All matching texts, in no particular order, or nil if they cannot be listed. An index of
    /// values looks these up instead of matching every value.
    package var texts: [String]? {
        switch method {
        case .words(let words): words.map(\.text)
        case .manyWords(let words): words.map(\.text)
        case .wildcard, .automaton, .program: nil
        }
    }
}

/// A text compared by its bytes. Swift's `==` uses canonical equivalence, but a pattern with a
/// composed é must not match a decomposed one.
private struct ExactText: Hashable, Sendable {
    let text: String

    init(_ text: String) {
        self.text = text
    }

    static func == (left: ExactText, right: ExactText) -> Bool {
        // The byte counts settle most cases, and the fast `==` nearly all others.
        left.text.utf8.count == right.text.utf8.count && left.text == right.text
            && left.text.utf8.elementsEqual(right.text.utf8)
    }

    /// Texts with equal bytes are canonically equivalent, so the hash of `String` is valid here.
    func hash(into hasher: inout Hasher) {
        hasher.combine(text)
    }
}
