/// Why one evaluation of a rule came to nothing. The rule's alerts stay as they were, but for a
/// limit that was exceeded.
enum RuleFailure: Error, Hashable, CustomStringConvertible {
    case query(String)
    case duplicateAlerts
    case duplicateSeries
    case limitExceeded(limit: Int, count: Int, unit: String)

    var description: String {
        switch self {
        case .query(let message): message
        case .duplicateAlerts:
            "vector contains metrics with the same labelset after applying alert labels"
        case .duplicateSeries:
            "vector contains metrics with the same labelset after applying rule labels"
        case .limitExceeded(let limit, let count, let unit):
            "exceeded limit of \(limit) with \(count) \(unit)"
        }
    }
}
