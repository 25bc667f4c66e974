import Time

/// What is known of the restarts that others made while the agent saw nothing: before its start,
/// during an outage, or elsewhere. The ledger does not tell; the job list of the cloud does.
enum Adoption: Hashable, Sendable {
    /// Nothing has to be known.
    case needless
    /// Asked, with what kept it from being read so far; empty if nothing did. `since` is how far
    /// back it is read; nil until it was asked for.
    case reading(String, since: Timestamp?)
    /// The restarts whose graphs are not listed yet, by graph name.
    case read(at: Timestamp, waiting: [String: FoundJob])
    /// The account may not read it. That does not get better by waiting.
    case refused(String)
}
