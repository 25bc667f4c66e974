/// Parses RE2 syntax as Go's regexp/syntax does with the flags `syntax.Perl`, and rejects the same
/// patterns with the same messages.
///
/// Open groups are kept on an explicit stack, so that parsing does not recurse. Code that walks the
/// tree recursively relies on `maximumDepth`.
struct PatternParser {
    /// The maximum nesting of groups, which bounds the recursion over the tree. Go limits the
    /// height of the tree to 1000.
    static let maximumDepth = 250
    /// The maximum count of a repetition, as in Go.
    static let maximumRepeat = 1000

    struct Flags {
        var ignoresCase = false
        /// `^` and `$` also match at the start and the end of a line.
        var isMultiline = false
        var dotMatchesNewline = false
        var isLazy = false
    }

    private struct Group {
        let flagsOutside: Flags
        /// The number of the capture; nil for a non-capturing group.
        let capture: Int?
        var choices: [PatternNode] = []
        var sequence: [PatternNode] = []
    }

    let scalars: [Unicode.Scalar]
    var position = 0
    var flags: Flags
    private var groups: [Group]
    /// The ranges of all sets so far, which take far more memory than the text of the pattern.
    private var rangeCount = 0
    static let maximumRanges = 1 << 17
    private(set) var captureNames: [String?] = [nil]
    /// The start of the repetition operator that ends at `position`, if any. A second operator
    /// directly after it is an error.
    private var repeatStart: Int?

    private init(_ pattern: String, _ flags: Flags) {
        scalars = Array(pattern.unicodeScalars)
        self.flags = flags
        groups = [Group(flagsOutside: flags, capture: nil)]
    }

    /// The syntax tree and the names of the captures, starting with capture 0; nil for a capture
    /// without a name.
    static func parse(
        _ pattern: String,
        flags: Flags = Flags()
    ) throws(RegularExpressionError) -> (PatternNode, captureNames: [String?]) {
        var parser = PatternParser(pattern, flags)
        while let scalar = parser.peek() {
            let start = parser.position
            let isRepeat = try parser.parseNext(scalar)
            parser.repeatStart = isRepeat ? start : nil
            guard parser.rangeCount <= maximumRanges else { throw parser.error(.tooLarge, from: 0) }
        }
        guard parser.groups.count == 1 else {
            throw parser.error(.missingParenthesis, from: 0)
        }
        return (parser.closeTopGroup(), parser.captureNames)
    }

    /// Parses one element. Returns whether it was a repetition operator.
    private mutating func parseNext(
        _ scalar: Unicode.Scalar
    ) throws(RegularExpressionError) -> Bool {
        switch scalar {
        case "(": try openGroup()
        case "|":
            position += 1
            endChoice()
        case ")": try closeGroup()
        case "^": append(.assertion(flags.isMultiline ? .lineStart : .textStart), length: 1)
        case "$": append(.assertion(flags.isMultiline ? .lineEnd : .textEnd), length: 1)
        case ".":
            let set: ScalarSet = flags.dotMatchesNewline ? .all : ScalarSet.newline.inverted
            append(.scalar(set), length: 1)
        case "[": push(.scalar(try parseClass()))
        case "*": return try parseOperator(minimum: 0, maximum: nil)
        case "+": return try parseOperator(minimum: 1, maximum: nil)
        case "?": return try parseOperator(minimum: 0, maximum: 1)
        case "{": return try parseCount()
        case "\\": try parseBackslash()
        default:
            position += 1
            pushLiteral(scalar.value)
        }
        return false
    }
}

// MARK: - Groups

extension PatternParser {
    func peek(_ distance: Int = 0) -> Unicode.Scalar? {
        position + distance < scalars.count ? scalars[position + distance] : nil
    }

    mutating func take() -> Unicode.Scalar? {
        defer { position = min(position + 1, scalars.count) }
        return peek()
    }

    mutating func push(_ node: PatternNode) {
        if case .scalar(let set) = node { rangeCount += set.ranges.count }
        groups[groups.count - 1].sequence.append(node)
    }

    private mutating func append(_ node: PatternNode, length: Int) {
        push(node)
        position += length
    }

    mutating func pushLiteral(_ value: UInt32) {
        push(.scalar(folded(ScalarSet(value))))
    }

    func folded(_ set: ScalarSet) -> ScalarSet {
        flags.ignoresCase ? CaseFolding.folded(set) : set
    }

    private mutating func endChoice() {
        let sequence = groups[groups.count - 1].sequence
        groups[groups.count - 1].choices.append(.sequence(sequence))
        groups[groups.count - 1].sequence = []
    }

    private mutating func closeTopGroup() -> PatternNode {
        endChoice()
        return .choice(groups.removeLast().choices)
    }

    private mutating func openGroup() throws(RegularExpressionError) {
        if peek(1) == "?" {
            try parseGroupFlags()
        } else {
            position += 1
            try beginGroup(capturing: true, name: nil, flagsOutside: flags)
        }
    }

    private mutating func beginGroup(
        capturing: Bool,
        name: String?,
        flagsOutside: Flags
    ) throws(RegularExpressionError) {
        guard groups.count <= PatternParser.maximumDepth else {
            throw error(.nestsTooDeeply, from: 0, to: scalars.count)
        }
        if capturing { captureNames.append(name) }
        groups.append(
            Group(flagsOutside: flagsOutside, capture: capturing ? captureNames.count - 1 : nil)
        )
    }

    private mutating func closeGroup() throws(RegularExpressionError) {
        guard groups.count > 1, let group = groups.last else {
            throw error(.unexpectedParenthesis, from: 0, to: scalars.count)
        }
        position += 1
        let node = closeTopGroup()
        flags = group.flagsOutside
        push(group.capture.map { .capture($0, node) } ?? node)
    }

    /// Parses the rest after `(?`: the name of a capture, or flags with or without a group.
    private mutating func parseGroupFlags() throws(RegularExpressionError) {
        let start = position
        let isNamed = peek(2) == "<" && peek(3) != nil
        if isNamed || (peek(2) == "P" && peek(3) == "<" && peek(4) != nil) {
            return try parseNamedCapture(nameAt: start + (isNamed ? 3 : 4))
        }
        position += 2
        let outside = flags
        var (changed, value, sawFlag) = (flags, true, false)
        while let scalar = take() {
            switch scalar {
            case "i": changed.ignoresCase = value
            case "m": changed.isMultiline = value
            case "s": changed.dotMatchesNewline = value
            case "U": changed.isLazy = value
            case "-" where value:
                (value, sawFlag) = (false, false)
                continue
            case ":" where value || sawFlag:
                flags = changed
                return try beginGroup(capturing: false, name: nil, flagsOutside: outside)
            case ")" where value || sawFlag:
                flags = changed
                return
            default: throw error(.invalidPerlSyntax, from: start)
            }
            sawFlag = true
        }
        throw error(.invalidPerlSyntax, from: start)
    }

    private mutating func parseNamedCapture(nameAt: Int) throws(RegularExpressionError) {
        let start = position
        guard let end = scalars[start...].firstIndex(of: ">") else {
            throw error(.invalidNamedCapture, from: start, to: scalars.count)
        }
        let name = scalars[min(nameAt, end)..<end]
        guard !name.isEmpty, name.allSatisfy({ NamedClasses.word.contains($0.value) }) else {
            throw error(.invalidNamedCapture, from: start, to: end + 1)
        }
        position = end + 1
        try beginGroup(capturing: true, name: text(name), flagsOutside: flags)
    }
}

// MARK: - Repetition

extension PatternParser {
    private mutating func parseOperator(
        minimum: Int,
        maximum: Int?
    ) throws(RegularExpressionError) -> Bool {
        let start = position
        position += 1
        try applyRepetition(minimum, maximum, operatorAt: start)
        return true
    }

    /// Parses `{n}`, `{n,}` or `{n,m}`. Any other brace is a literal, as in Go.
    private mutating func parseCount() throws(RegularExpressionError) -> Bool {
        let start = position
        guard let (minimum, maximum) = takeCount() else {
            position = start + 1
            pushLiteral(0x7b)
            return false
        }
        let limit = PatternParser.maximumRepeat
        guard minimum <= limit, maximum.map({ minimum <= $0 && $0 <= limit }) ?? true else {
            throw error(.invalidRepeatCount, from: start)
        }
        try applyRepetition(minimum, maximum, operatorAt: start)
        return true
    }

    private mutating func takeCount() -> (Int, Int?)? {
        position += 1
        guard let minimum = takeNumber() else { return nil }
        var maximum: Int? = minimum
        if peek() == "," {
            position += 1
            if peek() == "}" {
                maximum = nil
            } else {
                maximum = takeNumber()
                if maximum == nil { return nil }
            }
        }
        guard take() == "}" else { return nil }
        return (minimum, maximum)
    }

    /// A number without leading zeros. A huge number is clamped to a value that still exceeds every
    /// limit.
    private mutating func takeNumber() -> Int? {
        let start = position
        var number = 0
        while let digit = peek().flatMap({ Int(asciiDigit: $0) }) {
            number = min(number * 10 + digit, 100_000_000)
            position += 1
        }
        let hasLeadingZero = scalars[start..<position].first == "0" && position - start > 1
        return position == start || hasLeadingZero ? nil : number
    }

    private mutating func applyRepetition(
        _ minimum: Int,
        _ maximum: Int?,
        operatorAt start: Int
    ) throws(RegularExpressionError) {
        var isGreedy = !flags.isLazy
        if peek() == "?" {
            position += 1
            isGreedy.toggle()
        }
        if let repeatStart { throw error(.invalidRepetition, from: repeatStart) }
        guard let repeated = groups[groups.count - 1].sequence.popLast() else {
            throw error(.missingRepeatArgument, from: start)
        }
        let node = PatternNode.repetition(
            repeated,
            minimum: minimum,
            maximum: maximum,
            isGreedy: isGreedy
        )
        guard node.repeatsAtMost(PatternParser.maximumRepeat) else {
            throw error(.invalidRepeatCount, from: start)
        }
        push(node)
    }
}

// MARK: - Errors

extension PatternParser {
    /// The fragment extends from `start` to `end`, which defaults to the current position.
    func error(
        _ reason: RegularExpressionError.Reason,
        from start: Int,
        to end: Int? = nil
    ) -> RegularExpressionError {
        RegularExpressionError(
            reason: reason,
            fragment: text(scalars[start..<(end ?? position)])
        )
    }

    func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var text = ""
        text.unicodeScalars.append(contentsOf: scalars)
        return text
    }
}

extension Int {
    fileprivate init?(asciiDigit scalar: Unicode.Scalar) {
        guard ("0"..."9").contains(scalar) else { return nil }
        self = Int(scalar.value - 0x30)
    }
}
