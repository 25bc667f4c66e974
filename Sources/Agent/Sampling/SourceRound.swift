import GES

/// Why a value of a source is not used. The raw value is the metric label `reason`.
typealias RoundFault = CaseIterable & Hashable & RawRepresentable<String> & Sendable

/// The result of asking a source once for everything.
struct SourceRound<Knowledge: Sendable, Fault: RoundFault>: Sendable {
    var interruption: RoundInterruption?
    /// What the next round should know.
    var known: Knowledge
    /// The number of requests that were answered.
    var answerCount = 0
    /// The number of samples that are new.
    var sampleCount = 0
    /// By the value of the metric label `reason`.
    var failures: [String: Int] = [:]
    /// Values that are not used.
    var faults: [Fault: Int] = [:]

    init(known: Knowledge) {
        self.known = known
    }

    /// Whether everything was asked for and every answer understood.
    var isComplete: Bool { interruption == nil && failures.isEmpty }

    mutating func count(_ error: GESError) { failures[error.reason, default: 0] += 1 }

    mutating func interrupt(_ new: RoundInterruption) { interruption.take(new) }
}
