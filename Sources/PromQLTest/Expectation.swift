import GoText
package import PromQL
package import RE2
package import Series
package import Time

/// What a query must answer.
package struct Expectation: Sendable {
    package enum Result: Sendable {
        case scalar(Double)
        case string(String)
        /// The elements of an instant vector, or the series of a range query, one value a step.
        /// None at all is the empty answer.
        case series([ExpectedSeries])
        /// The samples of a range vector at regular times.
        case rangeVector([ExpectedSeries], from: Timestamp, through: Timestamp, step: Duration)
    }

    package var result = Result.series([])
    package var isOrdered = false
    /// Nil when the query must not fail.
    package var failure: TextExpectation?
    package var warnings = Remarks.unchecked
    package var infos = Remarks.unchecked

    /// What the engine must have remarked.
    package enum Remarks: Sendable {
        case unchecked
        case none
        /// At least one; and each is among the expected ones and each expected one is there.
        case some([TextExpectation])
    }
}

package struct ExpectedSeries: Sendable {
    package let labels: Labels
    package let values: [SeriesNotation.Value]
}

/// What a message must say.
package enum TextExpectation: Sendable {
    case anything
    case exactly(String)
    case matching(RegularExpression)

    package func accepts(_ text: String) -> Bool {
        switch self {
        case .anything: true
        case .exactly(let expected): expected == text
        case .matching(let pattern): pattern.matches(text)
        }
    }
}

extension TextExpectation: CustomStringConvertible {
    package var description: String {
        switch self {
        case .anything: "anything"
        case .exactly(let text): text.goQuoted
        case .matching(let expression): "/\(expression.pattern)/"
        }
    }
}
