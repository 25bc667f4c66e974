/// The outcome of a reload.
package enum ReloadOutcome: Sendable, Hashable {
    /// The new configuration is in effect.
    case done
    /// Nothing has changed. One line per error.
    case failed(String)
    /// Nothing has changed, because the agent is stopping.
    case stopping
}
