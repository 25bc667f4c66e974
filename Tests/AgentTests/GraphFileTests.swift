import Cycle
import Files
import Testing

@testable import Agent

@Suite("A file of graphs")
struct GraphFileTests {
    private static func read(_ text: String) throws -> [ListedGraph] {
        let folder = try TemporaryFolder(prefix: "graphwarden-graphs-")
        try folder.write(text, to: "graphs.json")
        return try GraphFile.read(folder.path + "/graphs.json")
    }

    @Test(
        "is what GES or the agent returns, or only the list in it",
        arguments: [
            #"[{"id": "1", "name": "a", "status": "200"}]"#,
            #"{"graphs": [{"id": "1", "name": "a"}], "total": 1}"#,
            #"{"status": "success", "data": {"graphs": [{"id": "1", "name": "a"}]}}"#,
        ]
    )
    func formats(text: String) throws {
        #expect(try Self.read(text).map(\.name) == ["a"])
    }

    @Test(
        "has tags as GES writes them, or as a mapping",
        arguments: [#"[{"key": "env", "value": "prod"}]"#, #"{"env": "prod"}"#]
    )
    func tags(tags: String) throws {
        let graphs = try Self.read(#"[{"id": "1", "name": "a", "tags": \#(tags)}]"#)
        #expect(graphs.first?.tags == ["env": "prod"])
    }

    @Test(
        "is refused with the place of the mistake",
        arguments: [
            ("{", "not JSON"), ("7", "expected a list of graphs"),
            (#"{"graphs": {}}"#, "expected a list of graphs"),
            (#"[{"id": "1", "name": "a"}, {"id": "2"}]"#, "entry 2: expected an object"),
            (#"[{"id": "", "name": "a"}]"#, "entry 1"), (#"["a"]"#, "entry 1"),
        ]
    )
    func mistakes(text: String, message: String) {
        #expect {
            try Self.read(text)
        } throws: { error in
            "\(error)".contains(message) && "\(error)".contains("graphs.json")
        }
    }

    @Test("that is missing is named")
    func missing() {
        #expect {
            try GraphFile.read("/nowhere/graphs.json")
        } throws: { error in
            "\(error)".contains("/nowhere/graphs.json")
        }
    }
}
