// RE2 owns regular expressions with the syntax and semantics of Go's package regexp, because rules,
// templates and queries must behave here as they do in Prometheus.
//
// Patterns come from rule files and from any client that may send a query. Matching must therefore
// take linear time for every pattern, and parsing and compiling must be bounded. Nothing in this
// target may backtrack without remembering visited positions, recurse deeper than
// `PatternParser.maximumDepth`, or support a construct that cannot be matched in linear time
// (backreferences, look-around). It knows nothing about labels.

/// A regular expression for searching, captures and replacement.
///
/// The leftmost match wins, and among several at the same position the one that prefers earlier
/// alternatives, as in Perl and Go. `FullMatcher` is faster for testing whether a whole text
/// matches.
package struct RegularExpression: Sendable {
    package let pattern: String
    let program: Program
    let captureNames: [String?]
    private let matchesWhole: Bool

    /// A pattern that may match anywhere in a text, as with Go's `regexp.Compile`.
    package init(_ pattern: String) throws(RegularExpressionError) {
        let (tree, names) = try PatternParser.parse(pattern)
        try self.init(pattern, tree, names, matchesWhole: false)
    }

    /// A pattern that must match the whole text and in which `.` also matches a newline: Prometheus
    /// anchors patterns as `^(?s:...)$`.
    package init(
        matchingWhole pattern: String,
        within budget: inout PatternBudget
    ) throws(RegularExpressionError) {
        try self.init(matchingWhole: pattern)
        try budget.charge(program.byteCount + pattern.utf8.count + 64, pattern)
    }

    /// A pattern that must match the whole text, compiled on its own.
    package init(matchingWhole pattern: String) throws(RegularExpressionError) {
        let (tree, names) = try PatternParser.parse(
            pattern,
            flags: PatternParser.Flags(dotMatchesNewline: true)
        )
        try self.init(pattern, .wholeText(tree), names, matchesWhole: true)
    }

    /// The maximum of instructions times slots. Every path keeps all captures while matching, so
    /// this bounds the memory of one match to a few megabytes.
    private static let maximumCaptureCells = 1 << 20

    private init(
        _ pattern: String,
        _ tree: PatternNode,
        _ captureNames: [String?],
        matchesWhole: Bool
    ) throws(RegularExpressionError) {
        guard let program = Program(tree, captureCount: captureNames.count),
            program.instructions.count * program.slotCount <= Self.maximumCaptureCells
        else {
            throw RegularExpressionError(reason: .tooLarge, fragment: pattern)
        }
        self.pattern = pattern
        self.program = program
        self.captureNames = captureNames
        self.matchesWhole = matchesWhole
    }

    /// The size of the compiled pattern. Matching takes at most so many steps for each byte.
    package var instructionCount: Int { program.instructions.count }

    /// The positions of a match and its captures, as byte offsets into the UTF-8 text.
    package struct Match: Hashable, Sendable {
        let slots: [Int]

        package var range: Range<Int> { slots[0]..<slots[1] }

        /// The range of a capture; capture 0 is the whole match. nil if the capture did not take
        /// part in the match or does not exist.
        package func capture(_ number: Int) -> Range<Int>? {
            guard number >= 0, number < slots.count / 2, slots[number * 2] >= 0 else { return nil }
            return slots[number * 2]..<slots[number * 2 + 1]
        }
    }

    /// Whether the pattern matches anywhere in the text.
    package func matches(_ text: String) -> Bool {
        program.firstMatch(in: text.utf8.span, from: 0, slotCount: 0) != nil
    }

    package func firstMatch(in text: String) -> Match? {
        firstMatch(in: text.utf8.span, from: 0)
    }

    func firstMatch(in bytes: Span<UInt8>, from start: Int) -> Match? {
        program.firstMatch(in: bytes, from: start, slotCount: program.slotCount).map(Match.init)
    }
}

extension RegularExpression: Hashable {
    package static func == (left: RegularExpression, right: RegularExpression) -> Bool {
        left.pattern == right.pattern && left.matchesWhole == right.matchesWhole
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(pattern)
        hasher.combine(matchesWhole)
    }
}
