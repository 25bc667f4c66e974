/// How a person names a graph: by its id, by the beginning of the id, or by its name.
package enum GraphReference: Sendable, Equatable {
    package struct Candidate: Sendable, Equatable {
        package let id: String
        package let name: String

        package init(id: String, name: String) {
            self.id = id
            self.name = name
        }
    }

    case found(Candidate)
    case unknown
    /// More than one graph may be meant.
    case ambiguous([Candidate])

    /// Shorter beginnings are likely to be mistyped names.
    package static let shortestPrefix = 8

    /// An id goes before a name, and a name before the beginning of an id.
    package static func find(_ text: String, in graphs: [Candidate]) -> GraphReference {
        if let graph = graphs.first(where: { $0.id == text }) { return .found(graph) }
        let named = graphs.filter { $0.name == text }
        if !named.isEmpty { return GraphReference(named) }
        guard text.utf8.count >= shortestPrefix else { return .unknown }
        return GraphReference(graphs.filter { $0.id.hasPrefix(text) })
    }

    private init(_ matches: [Candidate]) {
        switch (matches.count, matches.first) {
        case (1, let match?): self = .found(match)
        case (0, _): self = .unknown
        default: self = .ambiguous(matches)
        }
    }
}
