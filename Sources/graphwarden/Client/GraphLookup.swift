import ArgumentParser
import JSON
import Tables

/// Finds the graph that a person names.
enum GraphLookup {
    static let help =
        "its id, the beginning of its id (8 characters or more) or its name."

    /// Whether the text has the form of a complete id.
    static func isID(_ text: String) -> Bool {
        text.utf8.count == 36 && text.allSatisfy { $0.isHexDigit || $0 == "-" }
    }

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
        // A graph that is gone may still be paused or wait for a person: the agent decides.
        case .unknown where GraphLookup.isID(text):
            return GraphReference.Candidate(id: text, name: "")
        case .unknown: Terminal.error("no graph with the id or name \"\(text)\"")
        case .ambiguous(let candidates):
            Terminal.error("\"\(text)\" may be any of these graphs; use the id:")
            for graph in candidates { Terminal.error("  \(graph.id)  \(graph.name)") }
        }
        throw ExitCode(1)
    }
}
