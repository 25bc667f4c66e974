/// A regular expression in RE2's syntax, matched in time proportional to the text.
///
/// For searching, captures and replacement, with Go's meaning (leftmost, first choice preferred).
/// Label matchers, which only want a yes or no about whole values, are `LabelValuePattern`s.
package struct RegularExpression: Sendable {
    package let pattern: String
    private let program: PatternProgram
    private let captureNames: [String?]
    private let matchesWhole: Bool

    /// As Go's `regexp.Compile`: the pattern may match anywhere in a text.
    package init(_ pattern: String) throws(RegularExpressionError) {
        let (tree, names) = try PatternParser.parse(pattern)
        try self.init(pattern, tree, names, matchesWhole: false)
    }

    /// The pattern must match the whole of a text, in which `.` is also a newline: PromQL's
    /// `^(?s:...)$`.
    package init(matchingWhole pattern: String) throws(RegularExpressionError) {
        let (tree, names) = try PatternParser.parse(
            pattern,
            flags: PatternParser.Flags(dotMatchesNewline: true)
        )
        let whole = PatternNode.sequence([.assertion(.textStart), tree, .assertion(.textEnd)])
        try self.init(pattern, whole, names, matchesWhole: true)
    }

    /// Every path of the machine may remember every capture: a few megabytes of them.
    private static let maximumPlaces = 1 << 20

    private init(
        _ pattern: String,
        _ tree: PatternNode,
        _ captureNames: [String?],
        matchesWhole: Bool
    ) throws(RegularExpressionError) {
        guard let program = PatternProgram(tree, captureCount: captureNames.count),
            program.instructions.count * program.slotCount <= Self.maximumPlaces
        else {
            throw RegularExpressionError(reason: .tooLarge, fragment: pattern)
        }
        self.pattern = pattern
        self.program = program
        self.captureNames = captureNames
        self.matchesWhole = matchesWhole
    }

    /// Where a match and its captures are, in bytes of UTF-8.
    package struct Match: Hashable, Sendable {
        fileprivate let slots: [Int]

        package var range: Range<Int> { slots[0]..<slots[1] }

        /// Capture 0 is the whole match. Nil for one that took no part or does not exist.
        package func capture(_ number: Int) -> Range<Int>? {
            guard number >= 0, number < slots.count / 2, slots[number * 2] >= 0 else { return nil }
            return slots[number * 2]..<slots[number * 2 + 1]
        }
    }

    /// Whether it matches anywhere in the text.
    package func matches(_ text: String) -> Bool {
        program.firstMatch(in: text.utf8.span, from: 0, slotCount: 0) != nil
    }

    package func firstMatch(in text: String) -> Match? {
        firstMatch(in: text.utf8.span, from: 0)
    }
}

// MARK: - Replacing

extension RegularExpression {
    /// The template with the captures of the first match filled in; nil without a match. What
    /// becomes longer than `maximumBytes` is left unfinished, and longer than that.
    package func expand(
        _ template: ReplacementTemplate,
        matching text: String,
        maximumBytes: Int = .max
    ) -> String? {
        guard let match = firstMatch(in: text) else { return nil }
        var expanded: [UInt8] = []
        append(template, match, Array(text.utf8), to: &expanded, maximumBytes: maximumBytes)
        return String(decoding: expanded, as: UTF8.self)
    }

    /// The text with every match replaced (Go's `ReplaceAllString`).
    package func replacingAll(in text: String, with template: ReplacementTemplate) -> String {
        let bytes = Array(text.utf8)
        var replaced: [UInt8] = []
        var (lastEnd, position) = (0, 0)
        while position <= bytes.count,
            let match = firstMatch(in: bytes.span, from: position)
        {
            replaced += bytes[lastEnd..<match.range.lowerBound]
            // An empty match right behind another is none.
            if match.range.upperBound > lastEnd || match.range.lowerBound == 0 {
                append(template, match, bytes, to: &replaced)
            }
            lastEnd = match.range.upperBound
            guard lastEnd <= position else {
                position = lastEnd
                continue
            }
            guard position < bytes.count else { break }
            _ = decodeScalar(bytes.span, at: &position)
        }
        replaced += bytes[lastEnd...]
        return String(decoding: replaced, as: UTF8.self)
    }

    private func firstMatch(in bytes: Span<UInt8>, from start: Int) -> Match? {
        program.firstMatch(in: bytes, from: start, slotCount: program.slotCount).map(Match.init)
    }

    private func append(
        _ template: ReplacementTemplate,
        _ match: Match,
        _ bytes: [UInt8],
        to expanded: inout [UInt8],
        maximumBytes: Int = .max
    ) {
        for piece in template.pieces {
            guard expanded.count <= maximumBytes else { return }
            switch piece {
            case .text(let text): expanded += text.utf8
            case .number(let number): expanded += bytes[match.capture(number) ?? 0..<0]
            case .name(let name):
                // Of several captures of one name the first that took part counts.
                let range = captureNames.indices.lazy
                    .filter { captureNames[$0] == name }
                    .compactMap(match.capture).first
                expanded += bytes[range ?? 0..<0]
            }
        }
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
