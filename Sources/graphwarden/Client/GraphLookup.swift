import ArgumentParser
import JSON
import Tables

/// Finds the graph that a person names.
enum GraphLookup {
    static let help =
        "its id, the beginning of its id (8 characters or more) or its name."

    static func candidates(_ data: JSONValue) -> [GraphReference.Candidate] {
        (data["graphs"]?.arrayValue ?? []).map { graph in
            GraphReference.Candidate(
                id: graph["id"]?.stringValue ?? "",
                name: graph["name"]?.stringValue ?? ""
            )
        }
    }
}

extension ClientOptions {
    /// The graph that is meant. Exits with 1 if that is none or not certain: an order must not
    /// reach another graph than the one that was meant.
    func graph(_ text: String) async throws -> GraphReference.Candidate {
        let graphs = GraphLookup.candidates(try await get("/api/v1/graphs").data)
        switch GraphReference.find(text, in: graphs) {
        case .found(let graph): return graph
        case .unknown: Terminal.error("no graph with the id or name \"\(text)\"")
        case .ambiguous(let candidates):
            Terminal.error("\"\(text)\" may be any of these graphs; use the id:")
            for graph in candidates { Terminal.error("  \(graph.id)  \(graph.name)") }
        }
        throw ExitCode(1)
    }
}
