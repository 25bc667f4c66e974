// PromQLTest owns Prometheus' test language: scripts that load series and say what queries over
// them answer (promql/promqltest/README.md). It reads no files and prints nothing; it is handed
// texts and returns reports.

package import PromQL
import Series
package import Time

/// A script of the test language, read but not run.
package struct TestScript: Sendable {
    /// How reports refer to it: the name of its file.
    package let name: String
    package let statements: [Statement]

    package struct Statement: Sendable {
        /// Where it begins, from 1.
        package let line: Int
        package let command: Command
    }

    package enum Command: Sendable {
        /// Forgets all series.
        case clear
        case load(Load)
        case evaluate(Evaluation)
    }

    /// Adds samples, the first of each series at time zero.
    package struct Load: Sendable {
        package let interval: Duration
        package let series: [SeriesNotation]
        /// Each classic histogram is to become a native one too, which is left undone.
        package let makesNativeHistograms: Bool
    }

    /// A query and what is expected of it.
    package struct Evaluation: Sendable {
        package let query: String
        package let time: EvaluationTime
        package let expectation: Expectation
    }
}

/// When a query is evaluated.
package enum EvaluationTime: Hashable, Sendable {
    case instant(Timestamp)
    case range(from: Timestamp, through: Timestamp, step: Duration)
}

/// Why a text is no script.
package struct ScriptError: Error, Hashable, Sendable, CustomStringConvertible {
    package let script: String
    package let line: Int
    package let message: String

    package var description: String { "\(script):\(line): \(message)" }
}
