import Cycle
import GES
import Time

/// The result of asking Cloud Eye once for everything.
struct CloudEyeRound: Sendable {
    var interruption: RoundInterruption?
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

    mutating func interrupt(_ new: RoundInterruption) { interruption.take(new) }
}
