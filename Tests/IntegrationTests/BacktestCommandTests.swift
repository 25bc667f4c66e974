import Foundation
import Testing

@Suite("graphwarden backtest")
struct BacktestCommandTests {
    private static let configuration = """
        cloud:
          region: cn-north-4
          project_id: 0123456789abcdef0123456789abcdef
          credentials: {token: {file: token}}
        graphs: [{match: {name: "graph_.*"}, mode: shadow}]
        rule_files: [rules.yml]
        remediation: {startup_grace: 2m, state_change_grace: 1m}
        """

    private static let rules = """
        groups:
        - name: fast
          rules:
          - alert: Silent
            expr: max by (graph_id) (ges_graph_probe_success) == 0
            for: 3m
            labels: {remediate: restart, hang: unresponsive}
        """

    private static let scenario = """
        name: a graph hangs
        summary: It is restarted.
        duration: 60m
        timeline:
        - {at: 5m, do: hang, graph: graph_2}
        """

    /// Records a graph that hangs while nobody restarts it, and returns the files.
    private func record(_ scratch: Scratch) async throws -> (
        configuration: String, recording: String
    ) {
        try scratch.write(Self.rules, to: "rules.yml")
        let file = try scratch.write(Self.configuration, to: "graphwarden.yml").path
        let scenario = try scratch.write(Self.scenario, to: "hang.yaml").path
        let recording = scratch.folder.appending(path: "run.om").path
        let (_, text) = try await Program.run(
            Program.graphwarden,
            ["rehearse", "--config.file=\(file)", "--record=\(recording)", scenario]
        )
        #expect(FileManager.default.fileExists(atPath: recording), "\(text)")
        return (file, recording)
    }

    private func backtest(_ arguments: String...) async throws -> (status: Int32, text: String) {
        try await Program.run(Program.graphwarden, ["backtest"] + arguments)
    }

    @Test("says what a policy would have restarted, as a table, as JSON and as a page")
    func reports() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let (file, recording) = try await record(scratch)
        let config = "--config.file=\(file)"
        let table = try await backtest(config, recording)
        #expect(table.status == 0)
        #expect(table.text.contains("would have made 1 restart: 1 right"), "\(table.text)")
        #expect(table.text.contains("graph_2") && table.text.contains("Silent"))
        let shadow = try await backtest(config, "--as-configured", recording)
        #expect(shadow.text.contains("shadow"), "\(shadow.text)")
        let report = scratch.folder.appending(path: "report").path
        for (format, sign) in [("json", "\"stayed_silent\""), ("html", "stayed silent")] {
            let result = try await backtest(config, "-o", format, "--output=\(report)", recording)
            #expect(result.status == 0, "\(result.text)")
            #expect(try String(contentsOfFile: report, encoding: .utf8).contains(sign))
        }
        let late = try scratch.write(
            Self.configuration.replacing("startup_grace: 2m", with: "startup_grace: 2h"),
            to: "late.yml"
        )
        let both = try await backtest(config, "--config.file=\(late.path)", recording)
        #expect(both.text.contains("would have made no restart"), "\(both.text)")
        #expect(both.text.contains("startup_grace"))
    }

    @Test("refuses what it cannot use, with its place")
    func refusals() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try scratch.write(Self.rules, to: "rules.yml")
        let file = try scratch.write(Self.configuration, to: "graphwarden.yml").path
        let config = "--config.file=\(file)"
        let broken = try scratch.write("# TYPE ges_up gauge\nges_up 1\n", to: "broken.om").path
        let malformed = try await backtest(config, broken)
        #expect(malformed.status == 2 && malformed.text.contains("broken.om:2: "))
        let missing = try await backtest(config, "/nonexistent")
        #expect(missing.status == 2)
        let invalid = try scratch.write("graphs: 1\n", to: "invalid.yml").path
        #expect(try await backtest("--config.file=\(invalid)", broken).status == 1)
        let none = try await backtest(config, "--storage.path=\(scratch.folder.path)")
        #expect(none.status == 2 && none.text.contains("history.db is no file of samples"))
        #expect(try await backtest(config, "--storage.path=data", broken).status == 64)
        #expect(try await backtest(config, "--match={", broken).status == 64)
        #expect(try await backtest(config, "--url=http://127.0.0.1:1", "--since=1h").status == 2)
    }
}
