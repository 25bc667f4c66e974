/// What came of an attempt to put the files into force again.
package enum ReloadOutcome: Sendable, Hashable {
    /// The new configuration is in force.
    case done
    /// Nothing has changed. One line for each mistake.
    case failed(String)
    /// Nothing has changed, because the agent is about to end.
    case stopping
}
