import Cycle
import GES
import Time

/// The result of asking Cloud Eye once for everything.
struct CloudEyeRound: Sendable {
    /// Why a round ended early.
    enum Interruption: Hashable, Sendable {
        /// 429 or 503.
        case throttled(retryAfter: Duration?)
        /// 403, with the words of the service.
        case forbidden(String)
        /// There is no credential, or it has expired. The polls renew it.
        case credential
        /// Its time was over, or the steps could not take more.
        case time
    }

    var interruption: Interruption?
    var known: CloudEyeKnowledge
    /// The number of queries that were answered.
    var answerCount = 0
    /// The number of samples that are new.
    var sampleCount = 0
    /// By the value of the metric label `reason`.
    var failures: [String: Int] = [:]
    var faults: [CloudEyeFault: Int] = [:]
    /// The sampler's generation when the round began.
    var generation = 0

    init(known: CloudEyeKnowledge) {
        self.known = known
    }

    /// Whether every metric was asked for and every answer understood.
    var isComplete: Bool { interruption == nil && failures.isEmpty }

    mutating func count(_ error: GESError) { failures[error.reason, default: 0] += 1 }

    /// Requests in flight may end in different ways; the one that asks for the most is kept.
    mutating func interrupt(_ new: Interruption) {
        if case .throttled(let wait) = new, case .throttled(let other) = interruption {
            interruption = .throttled(retryAfter: [wait, other].compactMap { $0 }.max())
        } else if new.rank > interruption?.rank ?? 0 {
            interruption = new
        }
    }
}

extension CloudEyeRound.Interruption {
    fileprivate var rank: Int {
        switch self {
        case .time: 1
        case .credential: 2
        case .throttled: 3
        case .forbidden: 4
        }
    }
}
