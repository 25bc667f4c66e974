/// Why a pattern was rejected. The texts are those of Go's regexp/syntax, so that users see the
/// same message as in Prometheus.
package struct RegularExpressionError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Reason: String, Hashable, Sendable {
        case invalidClassRange = "invalid character class range"
        case invalidEscape = "invalid escape sequence"
        case invalidNamedCapture = "invalid named capture"
        case invalidPerlSyntax = "invalid or unsupported Perl syntax"
        case invalidRepetition = "invalid nested repetition operator"
        case invalidRepeatCount = "invalid repeat count"
        case missingBracket = "missing closing ]"
        case missingParenthesis = "missing closing )"
        case missingRepeatArgument = "missing argument to repetition operator"
        case trailingBackslash = "trailing backslash at end of expression"
        case unexpectedParenthesis = "unexpected )"
        case nestsTooDeeply = "expression nests too deeply"
        case tooLarge = "expression too large"
        case tooLargeTogether
    }

    package let reason: Reason
    /// The offending part of the pattern, or its beginning.
    package let fragment: String

    /// Of a fragment, in Unicode scalars. It may be as long as the pattern.
    static let longestFragment = 1_000

    init(reason: Reason, fragment: String) {
        self.reason = reason
        self.fragment = String(fragment.unicodeScalars.prefix(Self.longestFragment))
    }

    package var description: String {
        "error parsing regexp: \(reasonText): `\(fragment)`"
    }

    private var reasonText: String {
        guard reason == .tooLargeTogether else { return reason.rawValue }
        return "the regular expressions take more than \(PatternBudget.maximumBytes) bytes together"
    }
}
