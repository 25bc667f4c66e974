package enum FailureReason: String, Hashable, Sendable, CaseIterable {
    case apiError = "api_error"
    case timeout
    case notRecovered = "not_recovered"
    case precondition
    case unknown

    /// nil for an attempt that had the wanted effect, or whose failure was counted when it
    /// stalled.
    init?(_ outcome: AttemptOutcome) {
        switch outcome {
        case .verified, .stalled: return nil
        case .notRecovered: self = .notRecovered
        case .refused, .unauthorised, .throttled: self = .apiError
        case .notSent: self = .precondition
        case .probablyNotLanded: self = .unknown
        }
    }
}
