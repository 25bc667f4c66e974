import Series

/// Why an evaluation of a rule failed.
///
/// The rule's alerts stay as they were, with two exceptions: `limitExceeded` drops them all, and
/// `refused` loses only the rejected samples. The texts are Prometheus' own where it has one.
enum RuleFailure: Error, Hashable, CustomStringConvertible {
    case query(String)
    case duplicateAlerts
    case duplicateSeries
    /// The store rejected a sample.
    case refused(AppendResult)
    case limitExceeded(limit: Int, count: Int, unit: String)

    var description: String {
        switch self {
        case .query(let message): message
        case .duplicateAlerts:
            "vector contains metrics with the same labelset after applying alert labels"
        case .duplicateSeries:
            "vector contains metrics with the same labelset after applying rule labels"
        case .refused(.outOfOrder): "out of order sample"
        case .refused(.tooOld): "sample is older than the retention period"
        case .refused(.seriesLimitReached): "series limit reached"
        // Two rules write the same series, or a rule writes a series that the agent samples.
        case .refused: "duplicate sample for timestamp"
        case .limitExceeded(let limit, let count, let unit):
            "exceeded limit of \(limit) with \(count) \(unit)"
        }
    }
}
