package import Diagnosis
package import StrictYAML

/// What all runs of a rehearsal have in common.
package struct RehearsalOptions: Sendable {
    /// A user's configuration; nil for the defaults with the rules of `ruleFolder`.
    package var configuration: YAMLDocument?
    /// Relative to the working directory.
    package var ruleFolder = "rules"
    /// Rules of the agent that are left out. Only tests set them.
    package var omitted: Set<Omission> = []
    /// How many agents share a ledger and divide the watch; nil for one agent.
    package var dividingAgents: Int?
    /// Whether each run records what happened, in words.
    package var narrates = false

    /// Whether each run records the series of its first agent and what it decided.
    package var records = false

    package init() {}
}
