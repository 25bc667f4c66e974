import GoText

/// A token of an expression.
struct Token: Sendable {
    enum Kind: Hashable, Sendable {
        case endOfInput
        /// Lexing failed here for this reason; no token follows.
        case invalid(String)
        case leftParenthesis, rightParenthesis
        case leftBrace, rightBrace
        case leftBracket, rightBracket
        case comma, colon
        /// `=`, inside braces.
        case equals
        /// `=~` and `!~`, inside braces.
        case regexMatch, regexMismatch
        case at
        /// A name without a colon.
        case identifier
        /// A name with a colon, which can only be a metric name.
        case metricIdentifier
        case number, duration, string
        case binaryOperator(BinaryOperator)
        case aggregation(AggregationOperator)
        case keyword(Keyword)
        case timeWord(TimeWord)
    }

    /// Keywords that are neither operators nor aggregations.
    enum Keyword: String, CaseIterable, Sendable {
        case bool, by, without, on, ignoring, offset, anchored, smoothed
        case groupLeft = "group_left"
        case groupRight = "group_right"
        case fill
        case fillLeft = "fill_left"
        case fillRight = "fill_right"
    }

    /// Words that denote a time: `start()` and `end()` after `@`, the others in durations.
    enum TimeWord: String, CaseIterable, Sendable {
        case start, end, step, range
        case minimum = "min_of"
        case maximum = "max_of"
    }

    let kind: Kind
    /// The text as written, including quotes.
    let text: String
    /// The offset of the first byte in the UTF-8 text.
    let offset: Int
}

extension Token {
    /// The token as error messages show it (Prometheus promql/parser/lex.go).
    var errorDescription: String {
        switch kind {
        case .endOfInput: "end of input"
        case .identifier: "identifier " + text.goQuoted
        case .metricIdentifier: "metric identifier " + text.goQuoted
        case .number: "number " + shortenedText
        case .duration: "duration " + shortenedText
        case .string: "string " + shortenedText
        case .keyword: "<\(text)>"
        case .binaryOperator, .regexMatch, .regexMismatch, .at: "<op:\(text)>"
        case .aggregation: "<aggr:\(text)>"
        case .invalid, .leftParenthesis, .rightParenthesis, .leftBrace, .rightBrace, .leftBracket,
            .rightBracket, .comma, .colon, .equals, .timeWord:
            shortenedText
        }
    }

    private var shortenedText: String {
        guard text.utf8.count > 10 else { return text.goQuoted }
        var head = String.UnicodeScalarView()
        head.append(contentsOf: text.unicodeScalars.prefix(10))
        return String(head).goQuoted + "..."
    }

    /// All reserved words by their lowercase spelling: keywords are case-insensitive.
    static let words: [String: Kind] = {
        var words: [String: Kind] = ["inf": .number, "nan": .number]
        for word in [BinaryOperator.and, .or, .unless, .atan2] {
            words[word.rawValue] = .binaryOperator(word)
        }
        for word in AggregationOperator.allCases { words[word.rawValue] = .aggregation(word) }
        for word in Keyword.allCases { words[word.rawValue] = .keyword(word) }
        for word in TimeWord.allCases { words[word.rawValue] = .timeWord(word) }
        return words
    }()

    /// Whether the token can be a metric name where an operand is expected (`metric_identifier` in
    /// Prometheus' grammar).
    var canNameMetric: Bool {
        switch kind {
        case .identifier, .metricIdentifier, .aggregation, .timeWord: true
        case .binaryOperator(let word): [.and, .or, .unless].contains(word)
        case .keyword(let word):
            switch word {
            case .by, .without, .offset, .anchored, .smoothed: true
            case .bool, .on, .ignoring, .groupLeft, .groupRight, .fill, .fillLeft, .fillRight: false
            }
        default: false
        }
    }

    var isFillModifier: Bool {
        switch kind {
        case .keyword(.fill), .keyword(.fillLeft), .keyword(.fillRight): true
        default: false
        }
    }

    /// Whether the token can be a label name in a list of labels.
    var canNameLabel: Bool {
        switch kind {
        case .identifier, .metricIdentifier, .aggregation, .keyword, .timeWord: true
        case .binaryOperator(let word): [.and, .or, .unless, .atan2].contains(word)
        default: false
        }
    }
}
