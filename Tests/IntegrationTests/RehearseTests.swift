import Foundation
import Testing

@Suite("graphwarden rehearse")
struct RehearseTests {
    private let configuration = """
        cloud:
          region: cn-north-4
          project_id: 0123456789abcdef0123456789abcdef
          credentials: {token: {file: token}}
        graphs: [{match: {name: "graph_.*"}, mode: auto}]
        rule_files: [rules.yml]
        webhook: {alerts: [Other], token_file: sender}
        remediation: {startup_grace: 2m, state_change_grace: 1m}
        """

    private let rules = """
        groups:
        - name: fast
          rules:
          - alert: Silent
            expr: max by (graph_id) (ges_graph_probe_success) == 0
            for: 3m
            labels: {remediate: restart, hang: unresponsive}
        """

    private func scenario(to end: String) -> String {
        """
        name: a graph hangs
        summary: It is restarted.
        duration: 30m
        timeline:
        - {at: 5m, do: hang, graph: graph_2}
        expect:
          restarts:
            graph_2: {from: 6m, to: \(end)}
        """
    }

    private func rehearse(
        _ scratch: Scratch,
        _ arguments: [String]
    ) async throws -> (status: Int32, text: String) {
        let (status, text) = try await Program.run(
            Program.graphwarden,
            ["rehearse"] + arguments
        )
        return (status, text)
    }

    @Test("runs a scenario with the rules and the configuration of a user")
    func passes() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try scratch.write(rules, to: "rules.yml")
        let file = try scratch.write(configuration, to: "graphwarden.yml").path
        let scenario = try scratch.write(scenario(to: "20m"), to: "hang.yaml").path
        let report = scratch.folder.appending(path: "report.xml").path
        let (status, text) = try await rehearse(
            scratch,
            ["--config.file", file, "--junit", report, scenario]
        )
        #expect(status == 0, "\(text)")
        #expect(text.contains("POST     restart of graph_2"))
        #expect(text.contains("graph_2: hung (unresponsive)"))
        let xml = try String(contentsOfFile: report, encoding: .utf8)
        #expect(xml.contains("<testsuites tests=\"1\" failures=\"0\">"))
        let many = try await rehearse(
            scratch,
            ["--config.file", file, "--seeds=3", scenario]
        )
        #expect(many.status == 0, "\(many.text)")
        #expect(many.text.contains("a graph hangs  3      pass"))
    }

    @Test("invents no rules beside a configuration, and repeats the warnings about it")
    func withoutRules() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let text = configuration.replacing("[rules.yml]", with: "['none/*.yml']")
        let file = try scratch.write(text, to: "graphwarden.yml").path
        let scenario = try scratch.write(scenario(to: "20m"), to: "hang.yaml").path
        let (status, output) = try await rehearse(scratch, ["--config.file", file, scenario])
        #expect(status == 1, "\(output)")
        #expect(!output.contains("POST     restart of graph_2"))
        #expect(output.contains("matches no file"))
    }

    @Test(
        "ends with the code for its result",
        arguments: [("6m30s", [String](), Int32(1)), ("20m", ["--seeds=0"], 64)]
    )
    func codes(end: String, arguments: [String], code: Int32) async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try scratch.write(rules, to: "rules.yml")
        let file = try scratch.write(configuration, to: "graphwarden.yml").path
        let scenario = try scratch.write(scenario(to: end), to: "hang.yaml").path
        let (status, text) = try await rehearse(
            scratch,
            ["--config.file", file] + arguments + [scenario]
        )
        #expect(status == code, "\(text)")
    }

    @Test("names what it cannot read and what is wrong with its place")
    func invalidFiles() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let missing = try await rehearse(scratch, [scratch.folder.path + "/none.yaml"])
        #expect(missing.status == 2)
        let wrong = try scratch.write("name: x\nsumary: y", to: "wrong.yaml").path
        let (status, text) = try await rehearse(scratch, [wrong])
        #expect(status == 1)
        #expect(text.contains("wrong.yaml:2:1: unknown key \"sumary\""))
    }
}
