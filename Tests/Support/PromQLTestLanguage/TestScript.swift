// PromQLTestLanguage implements the test language of Prometheus: scripts that load series and state
// the results of queries over them (promql/promqltest/README.md).
//
// Prometheus' own scripts must run here unchanged, so the language is not extended. The target
// neither reads files nor prints: it takes texts and returns reports, so that the tests and the
// command `promqltest` share it.

package import PromQL
import Series
package import Time

/// A parsed script.
package struct TestScript: Sendable {
    /// The name of its file, as reports show it.
    package let name: String
    package let statements: [Statement]

    package struct Statement: Sendable {
        /// The line where it begins, from 1.
        package let line: Int
        package let command: Command
    }

    package enum Command: Sendable {
        /// Drops all series.
        case clear
        case load(Load)
        case evaluate(Evaluation)
    }

    /// Adds samples at multiples of the interval; the first of each series is at time 0.
    package struct Load: Sendable {
        package let interval: Duration
        package let series: [SeriesNotation]
        /// Whether classic histograms should be converted to native ones, which is not supported.
        package let makesNativeHistograms: Bool
    }

    /// A query and its expected result.
    package struct Evaluation: Sendable {
        package let query: String
        package let time: EvaluationTime
        package let expectation: Expectation
    }
}

/// The evaluation times of a query.
package enum EvaluationTime: Hashable, Sendable {
    case instant(Timestamp)
    case range(from: Timestamp, through: Timestamp, step: Duration)
}

/// A syntax error in a script.
package struct ScriptError: Error, Hashable, Sendable, CustomStringConvertible {
    package let script: String
    package let line: Int
    package let message: String

    package var description: String { "\(script):\(line): \(message)" }
}
