/// What depends on the edition, the version and the size of a graph.
extension SimulatedGraph {
    private var isOfDatabaseEdition: Bool { productType == "Persistence" }

    /// Number of edges for each size, by the index "0" to "6".
    private static let edgeCapacities: [Int64] = [
        10_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000,
        100_000_000_000,
    ]

    /// Whether its queries come with its size (GES API pages 0519 and 0561).
    package var tellsSize: Bool { !isOfDatabaseEdition }

    package var edgeCapacity: Int64 {
        let index = Int(sizeTypeIndex) ?? 1
        return Self.edgeCapacities.indices.contains(index) ? Self.edgeCapacities[index] : 0
    }

    package var vertexCapacity: Int64 { edgeCapacity / 10 }

    /// Whether it has om/metrics: the memory edition from 2.3.17 on and the database edition from
    /// 2.4.8 on, except for ten thousand edges (GES user guide page 0166).
    var hasInstanceMetrics: Bool {
        let parts = version.split(separator: ".").map { Int($0) ?? 0 }
        let first = isOfDatabaseEdition ? [2, 4, 8] : [2, 3, 17]
        return sizeTypeIndex != "0" && !parts.lexicographicallyPrecedes(first)
    }
}
