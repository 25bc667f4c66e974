package import Time

/// What the agent believes about a graph.
package enum Verdict: Hashable, Sendable {
    /// It answers.
    case healthy
    /// It works on something that explains why it does not answer.
    case busy(by: Work)
    /// Some signs speak of a hang, and it is not proved.
    case suspect(since: Timestamp)
    /// Proved: a restart of this class is justified.
    case hung(HangClass, since: Timestamp)
    /// Something is missing for a verdict, in words.
    case unknown(UnknownReason, String)
    /// It has not answered once since it was created, or since the agent knows it.
    case starting
    /// Its verdict changes too often for automation.
    case flapping(since: Timestamp)
    /// GES documents no restart for its status.
    case notEligible(statusCode: String)

    /// Why nothing can be said about a graph. Raw values appear in the API.
    package enum UnknownReason: String, Hashable, Sendable, CaseIterable {
        /// The agent does not see the graph, or has not seen it for long enough.
        case sight
        /// The path to it is not proved.
        case path
        /// Several graphs of a path became unreachable at once.
        case pathEvent = "path_event"
        case misdirected
        case credential
        case throttled
        case foreignAnswer = "foreign_answer"
        /// GES answers with an error that does not say whether the graph works.
        case unclear
        /// Progress cannot be seen.
        case progress
        /// It answers others, as Cloud Eye says.
        case load
        /// The management jobs cannot be read.
        case jobs
        /// Another agent sees the graph alive, or has not said yet what it sees.
        case agents
    }
}

extension Verdict {
    /// The value of the metric label `verdict`.
    package var label: String {
        switch self {
        case .healthy: "healthy"
        case .busy: "busy"
        case .suspect: "suspect"
        case .hung: "hung"
        case .unknown: "unknown"
        case .starting: "starting"
        case .flapping: "flapping"
        case .notEligible: "not_eligible"
        }
    }

    /// Every value of `label`.
    package static let labels = [
        "busy", "flapping", "healthy", "hung", "not_eligible", "starting", "suspect", "unknown",
    ]

    /// Whether the graph works; nil while that is not known.
    package var isUp: Bool? {
        switch self {
        case .healthy, .busy: true
        case .suspect, .hung, .flapping, .notEligible: false
        case .unknown, .starting: nil
        }
    }

    /// Whether the graph is hung or may be.
    package var isSick: Bool {
        switch self {
        case .suspect, .hung: true
        default: false
        }
    }

    /// Since when the graph is hung or may be; nil for another verdict.
    package var sickSince: Timestamp? {
        switch self {
        case .suspect(let since), .hung(_, let since): since
        default: nil
        }
    }
}
