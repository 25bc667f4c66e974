/// How an attempt ended.
package enum AttemptOutcome: String, Hashable, Sendable, Codable, CaseIterable {
    /// The graph was restarted and answers again.
    case verified
    /// The graph was restarted, but does not answer as it should.
    case notRecovered
    /// Accepted, but not running again in time, or the job failed; a person closed it.
    case stalled
    /// GES said no.
    case refused
    /// The answer was lost, and no trace of a restart was found while one could still land.
    case probablyNotLanded
    /// Nothing was written: the graph changed before, or no connection came about.
    case notSent
    /// The credential was refused.
    case unauthorised
    /// The gateway turned the request away.
    case throttled

    package var counts: Bool {
        switch self {
        case .verified, .notRecovered, .stalled, .refused, .probablyNotLanded: true
        case .notSent, .unauthorised, .throttled: false
        }
    }

    /// In the words of the end of a sentence ("attempt 2 ...").
    package var text: String {
        switch self {
        case .verified: "was verified"
        case .notRecovered: "did not bring the graph back"
        case .stalled: "stalled"
        case .refused: "was refused"
        case .probablyNotLanded: "probably never landed"
        case .notSent: "was not sent"
        case .unauthorised: "was not authorised"
        case .throttled: "was throttled"
        }
    }
}
