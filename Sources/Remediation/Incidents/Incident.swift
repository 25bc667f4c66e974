import Time

/// What people were told about a request while it is active, so that they hear of each change once
/// and the counters count changes, not cycles.
struct Incident: Hashable {
    var since: Timestamp
    /// Since when the request has been held without a break; nil while it is not.
    var heldSince: Timestamp?
    /// The label of the first closed gate when it was last counted.
    var holdLabel: String?
    /// Whether shadow mode said that the graph would be restarted.
    var wasShadowed = false
    /// Whether people were told that the request is held.
    var wasTold = false
    /// Whether people were told that it has been held for too long.
    var wasToldTooLong = false
    /// Whether the request led to an intent.
    var hasActed = false
}
