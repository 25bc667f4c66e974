import GoText
package import PromQL
package import RE2
package import Series
package import Time

/// The expected result of a query.
package struct Expectation: Sendable {
    package enum Result: Sendable {
        case scalar(Double)
        case string(String)
        /// The elements of an instant vector, or the series of a range query with one value per
        /// step. Empty for an empty result.
        case series([ExpectedSeries])
        /// A range vector with samples at regular intervals.
        case rangeVector([ExpectedSeries], from: Timestamp, through: Timestamp, step: Duration)
    }

    package var result = Result.series([])
    package var isOrdered = false
    /// The error that the query must fail with; nil if it must succeed.
    package var failure: TextExpectation?
    package var warnings = Remarks.unchecked
    package var infos = Remarks.unchecked

    /// The annotations of one kind, warnings or infos, that the result must carry.
    package enum Remarks: Sendable {
        case unchecked
        case none
        /// At least one; all actual ones are expected, and all expected ones are present.
        case some([TextExpectation])
    }
}

package struct ExpectedSeries: Sendable {
    package let labels: Labels
    package let values: [SeriesNotation.Value]
}

/// What an error or annotation must say.
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
