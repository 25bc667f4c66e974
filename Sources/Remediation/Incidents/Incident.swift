import Time

/// What was said about a request that is active: so that people hear of a change once, and the
/// counters count changes and not cycles.
struct Incident: Hashable {
    var since: Timestamp
    /// Since when it is held without a break.
    var heldSince: Timestamp?
    /// The label of the first closed gate when it was last counted.
    var holdLabel: String?
    var wasShadowed = false
    var wasTold = false
    var wasToldTooLong = false
    var hasActed = false
}
