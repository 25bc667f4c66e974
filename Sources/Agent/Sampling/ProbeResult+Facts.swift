import GES

extension ProbeResult {
    var isAnswered: Bool {
        if case .answered = self { true } else { false }
    }

    /// Time to the answer or the failure; nil when the graph could not be asked.
    var duration: Duration? {
        switch self {
        case .answered(let answer): answer.duration
        case .failed(_, let duration): duration
        case .notProbed: nil
        }
    }

    var failureReason: String? {
        switch self {
        case .answered: nil
        case .failed(let reason, _), .notProbed(let reason): reason
        }
    }

    /// Whether something at the graph's address took the request, even if it never answered.
    var reachedDataPlane: Bool {
        switch self {
        case .answered: true
        case .failed(let reason, _): reason != "connect"
        case .notProbed: false
        }
    }
}
