// RE2 owns regular expressions with the syntax and the meaning of Go's package regexp, because
// rules, templates and queries must do here what they do in Prometheus.
//
// Patterns come from rule files and from anyone who may send a query. So matching must take time
// linear in the text for every pattern, and parsing and compiling must have limits: nothing in this
// target may backtrack without remembering where it has been, recurse beyond
// `PatternParser.maximumDepth`, or offer a construct that cannot be matched in linear time
// (backreferences, look-around). It knows nothing of labels.

/// A regular expression for searching, captures and replacement.
///
/// Of several matches it finds the leftmost, and there the one that prefers earlier alternatives,
/// as Perl and Go do. To ask only whether a whole text matches, `FullMatcher` is faster.
package struct RegularExpression: Sendable {
    package let pattern: String
    let program: Program
    let captureNames: [String?]
    private let matchesWhole: Bool

    /// Like Go's `regexp.Compile`: the pattern may match anywhere in a text.
    package init(_ pattern: String) throws(RegularExpressionError) {
        let (tree, names) = try PatternParser.parse(pattern)
        try self.init(pattern, tree, names, matchesWhole: false)
    }

    /// The pattern must match a whole text, and `.` matches a newline too: Prometheus anchors
    /// patterns as `^(?s:...)$`.
    package init(matchingWhole pattern: String) throws(RegularExpressionError) {
        let (tree, names) = try PatternParser.parse(
            pattern,
            flags: PatternParser.Flags(dotMatchesNewline: true)
        )
        try self.init(pattern, .wholeText(tree), names, matchesWhole: true)
    }

    /// Instructions times slots. Every path keeps all captures while matching, so this bounds the
    /// memory of a match to a few megabytes.
    private static let maximumPlaces = 1 << 20

    private init(
        _ pattern: String,
        _ tree: PatternNode,
        _ captureNames: [String?],
        matchesWhole: Bool
    ) throws(RegularExpressionError) {
        guard let program = Program(tree, captureCount: captureNames.count),
            program.instructions.count * program.slotCount <= Self.maximumPlaces
        else {
            throw RegularExpressionError(reason: .tooLarge, fragment: pattern)
        }
        self.pattern = pattern
        self.program = program
        self.captureNames = captureNames
        self.matchesWhole = matchesWhole
    }

    /// The positions of a match and its captures, in bytes of UTF-8.
    package struct Match: Hashable, Sendable {
        let slots: [Int]

        package var range: Range<Int> { slots[0]..<slots[1] }

        /// The range of a capture; capture 0 is the whole match. Nil if the capture took no part in
        /// the match or does not exist.
        package func capture(_ number: Int) -> Range<Int>? {
            guard number >= 0, number < slots.count / 2, slots[number * 2] >= 0 else { return nil }
            return slots[number * 2]..<slots[number * 2 + 1]
        }
    }

    /// Whether there is a match anywhere in the text.
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
