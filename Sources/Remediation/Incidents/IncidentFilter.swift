package import Time

/// Which incidents are asked for.
package struct IncidentFilter: Hashable, Sendable {
    package var graphID: GraphID?
    /// Those that were open at or after this time.
    package var since: Timestamp?
    /// Those that were opened before this time.
    package var until: Timestamp?
    /// One of `IncidentRecord.outcomes`.
    package var outcome: String?
    /// The id of the last incident of the page before.
    package var after: String?
    package var limit = 100

    package static let maximumLimit = 1000

    package init() {}
}
