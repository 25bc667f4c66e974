package import Series

/// Why a query failed. The messages are those of Prometheus.
package enum EvaluationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Two elements would have the same labels, usually because their metric names were dropped.
    case duplicateLabelSet
    /// Two elements of the "one" side are in the same match group.
    case duplicateMatch(group: Labels, isLeft: Bool, Labels, Labels)
    case ambiguousMatch
    case ambiguousGrouping
    case invalidArgument(String)
    case notForRanges(ValueType)
    case tooManySamples
    case tooManyBytes(limit: Int)
    case tooManySteps(limit: Int)
    case interrupted(Interruption)

    package var description: String {
        switch self {
        case .duplicateLabelSet:
            "vector cannot contain metrics with the same labelset"
        case .duplicateMatch(let group, let isLeft, let first, let second):
            // Sorted, so that the message does not depend on the order of evaluation.
            "found duplicate series for the match group \(group) on the "
                + "\(isLeft ? "left" : "right") hand-side of the operation: ["
                + ["\(first)", "\(second)"].sorted { $0.precedesBytewise($1) }
                .joined(separator: ", ") + "];many-to-many matching not allowed: "
                + "matching labels must be unique on one side"
        case .ambiguousMatch:
            "multiple matches for labels: many-to-one matching must be explicit "
                + "(group_left/group_right)"
        case .ambiguousGrouping:
            "multiple matches for labels: grouping labels must ensure unique matches"
        case .invalidArgument(let text): text
        case .notForRanges(let type):
            "invalid expression type \"\(type)\" for range query, "
                + "must be Scalar or instant Vector"
        case .tooManySamples:
            "query processing would load too many samples into memory in query execution"
        case .tooManyBytes(let limit):
            "query processing would hold more than \(limit) bytes of labels and intermediate"
                + " vectors in memory"
        case .tooManySteps(let limit):
            "exceeded maximum resolution of \(limit) points per timeseries. "
                + "Try decreasing the query resolution (?step=XX)"
        case .interrupted(.timeout): "query timed out in expression evaluation"
        case .interrupted(.cancellation): "query was canceled in expression evaluation"
        }
    }
}

/// Why a query was aborted.
package enum Interruption: Hashable, Sendable {
    case timeout, cancellation
}
