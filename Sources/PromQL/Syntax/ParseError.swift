import GoText

/// Why a text is not a valid expression, and where.
package struct ParseError: Error, Hashable, Sendable, CustomStringConvertible {
    package let position: SourcePosition
    /// The message of Prometheus, without the position. Cut, because it may quote a name as long as
    /// the expression.
    package let message: String

    package init(_ message: String, at position: SourcePosition) {
        self.message = message.cut(atMost: String.displayedTextMaximum)
        self.position = position
    }

    package var line: Int { position.line }
    package var column: Int { position.column }

    /// `1:6: parse error: unexpected end of input`.
    package var description: String { "\(position): parse error: \(message)" }
}

/// The optional parts of the language that are enabled.
package struct ParserOptions: Hashable, Sendable {
    /// Functions and aggregations that Prometheus marks as experimental.
    package var allowsExperimentalFunctions = false
    /// `[5m + step()]`; stable since Prometheus 3.14.
    package var allowsDurationExpressions = true
    /// `anchored` and `smoothed`.
    package var allowsRangeExtensions = false
    /// `fill`, `fill_left` and `fill_right`.
    package var allowsFillModifiers = false

    /// Functions by the names that they had before Prometheus 3.0 (`holt_winters`).
    package var allowsFormerFunctions = false

    package init() {}

    /// All optional parts enabled.
    package static let experimental: ParserOptions = {
        var options = ParserOptions()
        options.allowsExperimentalFunctions = true
        options.allowsRangeExtensions = true
        options.allowsFillModifiers = true
        return options
    }()
}
