/// How an attempt ended. The raw values are in ledgers and in the API.
package enum AttemptOutcome: String, Hashable, Sendable, Codable, CaseIterable {
    /// The graph was restarted and answers.
    case verified
    /// The graph was restarted but does not answer.
    case notRecovered
    /// GES accepted the restart but the graph did not run again, and a person acknowledged that or
    /// a start followed.
    case stalled
    /// GES refused the restart.
    case refused
    /// The answer was lost, and no trace of the restart was found for as long as it could land.
    case probablyNotLanded
    /// Nothing was sent.
    case notSent
    /// GES refused the credential.
    case unauthorised
    /// The gateway turned it away.
    case throttled
    /// The graph is stopped, and its start is another attempt.
    case stopped

    /// Whether the attempt uses up attempts and budget: it does unless certainly nothing happened.
    package var counts: Bool {
        switch self {
        case .verified, .notRecovered, .stalled, .probablyNotLanded, .stopped: true
        case .refused, .notSent, .unauthorised, .throttled: false
        }
    }

    /// The end of a sentence that begins with "attempt 2".
    package var text: String {
        switch self {
        case .verified: "was verified"
        case .notRecovered: "did not bring the graph back"
        case .stalled: "stalled"
        case .refused: "was refused"
        case .probablyNotLanded: "probably never landed"
        case .notSent: "was not sent"
        case .unauthorised: "was not authorized"
        case .throttled: "was throttled"
        case .stopped: "stopped the graph"
        }
    }
}
