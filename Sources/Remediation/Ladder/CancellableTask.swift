package import Time

/// A task inside a graph that GES lets one cancel: an algorithm, a filter or the build of an index
/// (GES API, cancelling a job). Imports, exports and clears cannot be cancelled.
package struct CancellableTask: Hashable, Sendable, Codable {
    package let id: String
    package let kind: Kind
    /// By the clock of the service.
    package var startedAt: Timestamp

    package init(id: String, kind: Kind, startedAt: Timestamp) {
        self.id = id
        self.kind = kind
        self.startedAt = startedAt
    }

    /// The raw values are keys of the configuration.
    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        case algorithm, filter, index
    }
}

extension CancellableTask.Kind {
    /// - Parameter taskType: as the graph lists it, such as `Algorithm` or `VertexQuery`; nil for a
    ///   type that cannot be cancelled or is not known.
    package init?(taskType: String) {
        let type = taskType.lowercased()
        if type.contains("index") {
            self = .index
        } else if type.contains("filter") || type == "vertexquery" || type == "edgequery" {
            self = .filter
        } else if type.contains("algorithm") {
            self = .algorithm
        } else {
            return nil
        }
    }
}

extension CancellableTask: CustomStringConvertible {
    package var description: String { "the \(kind.rawValue) task \(id) of \(startedAt)" }
}
