package import Remediation

/// How a rehearsal ended.
package enum RehearsalOutcome: Hashable, Sendable {
    /// The graph was restarted and answers.
    case verified
    /// Only reads were requested.
    case onlyRead
    /// Nothing was sent, for these reasons.
    case notSent([String])
    /// The restart was refused, or the graph did not come back.
    case failed(String)
    /// What became of the restart is not known, or it could not be found out whether anything speaks
    /// against it.
    case unknown(String)

    package var exitCode: Int32 {
        switch self {
        case .verified, .onlyRead: 0
        case .notSent, .failed: 1
        case .unknown: 2
        }
    }

    /// A word from a fixed set, for programs.
    package var label: String {
        switch self {
        case .verified: "verified"
        case .onlyRead: "read_only"
        case .notSent: "not_sent"
        case .failed: "failed"
        case .unknown: "unknown"
        }
    }

    package var text: String {
        switch self {
        case .verified: "the graph was restarted once, runs and answers"
        case .onlyRead: "nothing was sent but reads"
        case .notSent(let reasons): "no restart was sent: " + reasons.joined(separator: "; ")
        case .failed(let text), .unknown(let text): text
        }
    }
}

extension RehearsalOutcome {
    /// What the ledger says after the agent has ended.
    ///
    /// - Parameters:
    ///   - attempt: of the rehearsal; nil if none was decided.
    ///   - withoutAttempt: why there is none.
    ///   - answer: what came back of the request.
    package init(
        _ attempt: Attempt?,
        in phase: Phase,
        withoutAttempt: [String],
        answer: String?
    ) {
        guard let attempt else {
            self = .notSent(withoutAttempt)
            return
        }
        let came = answer.map { ": \($0)" } ?? ""
        switch attempt.ending?.outcome {
        case .verified: self = .verified
        case .notSent:
            if case .waiting(_, let cause) = phase {
                self = .notSent([cause])
            } else {
                self = .notSent(["see graphwarden history show"])
            }
        case .probablyNotLanded:
            self = .unknown("the answer was lost\(came), and no trace of the restart was found")
        case .refused, .unauthorised, .throttled:
            self = .failed("the restart \(attempt.ending?.outcome.text ?? "failed")\(came)")
        case .notRecovered, .stalled, .stopped:
            self = .failed("the restart \(attempt.ending?.outcome.text ?? "failed")")
        case nil: self = Self(unendedIn: phase, attempt)
        }
    }

    private init(unendedIn phase: Phase, _ attempt: Attempt) {
        let job = attempt.jobID.map { "its job is \($0)" } ?? "its job is not known"
        let next =
            "run the same command again, or start the agent on this ledger: either follows it to its"
            + " end, and does not send another"
        switch phase {
        case .stalled(_, _, let cause): self = .failed("the restart stalled: \(cause)")
        case .intended, .unknownOutcome:
            self = .unknown("whether GES has the restart is not known; \(next)")
        case .verifying:
            self = .unknown("the graph runs again, and is not verified yet (\(job)); \(next)")
        default: self = .unknown("the graph restarts (\(job)); \(next)")
        }
    }
}
