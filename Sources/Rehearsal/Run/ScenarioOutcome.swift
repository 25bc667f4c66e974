/// The result of one scenario with one seed.
package struct ScenarioOutcome: Sendable {
    package var seed: UInt64
    /// What was not as expected, one sentence each; empty if it passed.
    package var problems: [String] = []
    /// What is doubtful about the configuration, one line each.
    package var warnings: [String] = []
    /// From the first event about a graph to its first restart request.
    package var delays: [Duration] = []
    /// When restart requests were received, by the graph's name.
    package var posts: [String: [Duration]] = [:]
    /// Restarts that were carried out on graphs that did not hang.
    package var wrongRestarts = 0
    /// Whether an effect was still to fail at the end.
    package var awaitsFailure = false
    /// What happened, if the run narrates.
    package var narration: [String] = []

    package init(seed: UInt64) {
        self.seed = seed
    }

    package var hasPassed: Bool { problems.isEmpty }
}
