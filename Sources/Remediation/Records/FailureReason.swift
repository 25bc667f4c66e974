/// Why an attempt did not help, as a metric label.
package enum FailureReason: String, Hashable, Sendable, CaseIterable {
    case apiError = "api_error"
    case timeout
    case notRecovered = "not_recovered"
    case precondition
    case unknown

    /// nil for an attempt that helped, and for one that stalled: that was counted when it stalled,
    /// and not when a person acknowledged it.
    init?(_ outcome: AttemptOutcome) {
        switch outcome {
        case .verified, .stalled, .stopped: return nil
        case .notRecovered: self = .notRecovered
        case .refused, .unauthorised, .throttled: self = .apiError
        case .notSent: self = .precondition
        case .probablyNotLanded: self = .unknown
        }
    }
}
