import Series

/// Why one evaluation of a rule failed. The rule's alerts stay as they were, but for a limit that
/// was exceeded, and for samples that the store refused: those alone are lost.
enum RuleFailure: Error, Hashable, CustomStringConvertible {
    case query(String)
    case duplicateAlerts
    case duplicateSeries
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
        case .refused(.tooOld): "sample is older than what is kept"
        case .refused(.seriesLimitReached): "the limit of series is reached"
        // Two rules that write one series, or one that the samples contain already.
        case .refused: "duplicate sample for timestamp"
        case .limitExceeded(let limit, let count, let unit):
            "exceeded limit of \(limit) with \(count) \(unit)"
        }
    }
}
