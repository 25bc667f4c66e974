package import Time

/// Everything about one graph that must survive. A graph with nothing to remember has no record.
package struct GraphRecord: Hashable, Sendable, Codable {
    package let id: GraphID
    package var phase: Phase = .idle
    /// How many intents this graph has had. Never goes back, not even by an acknowledgement:
    /// intents are numbered by it.
    package var attemptCount: Int = 0
    /// The attempts that are young enough to count, oldest first.
    package var attempts: [Attempt] = []
    /// What a restart would kill, if that holds it. Kept until the graph is healthy.
    package internal(set) var heldKillCost: KillCost?
    /// When a person last acknowledged. That person knows of the attempts before.
    package var acknowledgedAt: Timestamp?
    /// When a person last cleared the attempts. Those before no longer count against this graph.
    package var clearedAt: Timestamp?
    /// How many intents in a row were not sent. Each doubles the wait before the next.
    package var unsentInARow: Int = 0
    /// The begin of the newest restart by someone else that the jobs showed.
    package var foreignJobAt: Timestamp?
    /// What a person was last asked to approve; nil for a restart.
    package internal(set) var askedRemedy: String?
    /// See `decisions`; nil if there are none. Ledgers of earlier versions know nothing of it.
    var keptDecisions: DecisionLog?
    /// Since when there are decisions among them that this version cannot read.
    var unreadDecisionsSince: Timestamp?
    /// Since when the graph has been missing from what the agent sees; nil while it is there.
    package var missingSince: Timestamp?

    package init(id: GraphID) {
        self.id = id
    }
}

extension GraphRecord {
    /// Whether it only remembers: with time it expires, and nothing else comes of it.
    var rests: Bool {
        phase == .idle && attempts.isEmpty && heldKillCost == nil && unsentInARow == 0
            && missingSince == nil && openDecision == nil
    }

    /// Changes the attempt that belongs to `intent`.
    mutating func change(_ intent: Intent, _ change: (inout Attempt) -> Void) {
        guard let index = attempts.lastIndex(where: { $0.intentID == intent.id }) else { return }
        change(&attempts[index])
    }
}
