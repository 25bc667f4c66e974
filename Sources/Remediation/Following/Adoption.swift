import Time

/// What is known of the restarts that others made before the start of the agent. A ledger that is
/// new, lost or restored does not tell; the job list of the cloud does.
enum Adoption: Hashable, Sendable {
    /// Nothing has to be known.
    case needless
    /// Asked, with what kept it from being read so far; empty if nothing did.
    case reading(String)
    /// The restarts whose graphs are not listed yet, by graph name.
    case read(at: Timestamp, waiting: [String: FoundJob])
    /// The account may not read it. That does not get better by waiting.
    case refused(String)
}
