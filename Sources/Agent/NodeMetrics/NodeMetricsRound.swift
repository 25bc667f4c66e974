import GES
import Time

/// The result of asking every graph once for its nodes.
struct NodeMetricsRound: Sendable {
    var interruption: RoundInterruption?
    var known: NodeMetricsKnowledge
    /// The number of graphs that answered.
    var answerCount = 0
    var sampleCount = 0
    /// By the value of the metric label `reason`.
    var failures: [String: Int] = [:]
    var faults: [NodeMetricsFault: Int] = [:]
    /// The sampler's generation when the round began.
    var generation = 0

    init(known: NodeMetricsKnowledge) {
        self.known = known
    }

    /// Whether every graph that was asked answered, and any was.
    var isComplete: Bool { interruption == nil && failures.isEmpty && answerCount > 0 }

    mutating func interrupt(_ new: RoundInterruption) { interruption.take(new) }
}
