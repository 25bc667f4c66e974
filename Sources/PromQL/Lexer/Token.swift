import GoText

/// A lexical unit of an expression.
struct Token: Sendable {
    enum Kind: Hashable, Sendable {
        case endOfInput
        /// The text cannot be read from here on, for this reason.
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
        /// Without a colon.
        case identifier
        /// With a colon, so it can only be a metric name.
        case metricIdentifier
        case number, duration, string
        case binaryOperator(BinaryOperator)
        case aggregation(AggregationOperator)
        case keyword(Keyword)
        case timeWord(TimeWord)
    }

    /// Words of the language that are neither operators nor aggregations.
    enum Keyword: String, CaseIterable, Sendable {
        case bool, by, without, on, ignoring, offset, anchored, smoothed
        case groupLeft = "group_left"
        case groupRight = "group_right"
        case fill
        case fillLeft = "fill_left"
        case fillRight = "fill_right"
    }

    /// What may stand for a time: `start()` and `end()` after `@`, the others in durations.
    enum TimeWord: String, CaseIterable, Sendable {
        case start, end, step, range
        case minimum = "min_of"
        case maximum = "max_of"
    }

    let kind: Kind
    /// As written, quotes included.
    let text: String
    /// Of the first byte, in UTF-8.
    let offset: Int
}

extension Token {
    /// How error messages speak of the token (Prometheus promql/parser/lex.go).
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

    /// Words by their lowercase spelling.
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

    /// Whether the token, where an operand is expected, can be a metric name.
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

    /// Whether the token, in a list of labels, can be a label name.
    var canNameLabel: Bool {
        switch kind {
        case .identifier, .metricIdentifier, .aggregation, .keyword, .timeWord: true
        case .binaryOperator(let word): [.and, .or, .unless, .atan2].contains(word)
        default: false
        }
    }
}
