import API
import Cycle
import Exposition
import Foundation
import Testing

/// What the reference pages take from the program.
@Suite("DocumentationTests.Reference", .serialized)
struct ReferenceTests {
    @Test("lists every command with its flags")
    func commands() async throws {
        let all = try await CommandDump.read().all()
        let client = Self.clientFlags(all.map(\.command))
        try GeneratedSection(page: "CommandLine", name: "client flags")
            .check(Self.flags(client))
        let shared = Set(client.map(\.label))
        let texts = all.dropFirst().filter { $0.command.subcommands?.isEmpty ?? true }.map {
            Self.section($0.name, $0.command, without: shared)
        }
        try GeneratedSection(page: "CommandLine", name: "commands")
            .check(texts.joined(separator: "\n"))
    }

    /// A flag of `run` has a variable of its own.
    @Test("names no environment variable that is none")
    func variables() async throws {
        let run = try await CommandDump.read().all().first { $0.name == "graphwarden run" }
        let flags = (run?.command.ownArguments ?? []).flatMap { $0.names ?? [] }.map(\.name)
        let variables = flags.map { name in
            "GRAPHWARDEN_"
                + name.uppercased().replacing(".", with: "_").replacing("-", with: "_")
        }
        #expect(variables.contains("GRAPHWARDEN_WEB_LISTEN_ADDRESS"))
        for document in Document.all {
            for match in document.text.matches(of: /GRAPHWARDEN_[A-Z_]+[A-Z]/) {
                let isKnown = variables.contains(String(match.0)) || match.0 == "GRAPHWARDEN_URL"
                #expect(isKnown, "\(document.path): \(match.0)")
            }
        }
    }

    @Test("lists every metric")
    func metrics() throws {
        let graphs = GraphMetric.allCases.filter { !$0.isSummaryTotal }.map { metric in
            (metric.rawValue, metric.type, metric.labelNames, metric.unit, metric.help)
        }
        try GeneratedSection(page: "Metrics", name: "graph metrics").check(Self.metrics(graphs))
        let agent = MetricCatalog.all.map { metric in
            (metric.name, "\(metric.kind)", metric.labels, metric.unit, metric.help)
        }
        try GeneratedSection(page: "Metrics", name: "agent metrics").check(Self.metrics(agent))
    }

    /// The flags of the client that `status` has, as far as every command with `--url` has them.
    private static func clientFlags(
        _ commands: [CommandDump.Command]
    ) -> [CommandDump.Argument] {
        let clients = commands.map(\.ownArguments).filter(asksAgent)
        let first = clients.first ?? []
        return first.filter { flag in
            clients.allSatisfy { flags in flags.contains { $0.label == flag.label } }
        }
    }

    /// The URL of another command is that of a Prometheus.
    private static func asksAgent(_ flags: [CommandDump.Argument]) -> Bool {
        flags.contains { flag in
            flag.label == "`--url`"
                && flag.abstract?.hasPrefix("URL of the running agent") ?? false
        }
    }

    private static func section(
        _ name: String,
        _ command: CommandDump.Command,
        without shared: Set<String>
    ) -> String {
        let arguments = command.ownArguments
        let isClient = asksAgent(arguments)
        let own = arguments.filter { !isClient || !shared.contains($0.label) }
        let paragraphs = [
            "## \(name)", command.abstract ?? "",
            (command.discussion ?? "").split(separator: "\n\n").map(paragraph)
                .joined(separator: "\n\n"),
            isClient ? "It asks a running agent." : "",
        ]
        return (paragraphs.filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n")
            + (own.isEmpty ? "" : "\n" + flags(own))
    }

    /// Columns stay what they are.
    private static func paragraph(_ text: Substring) -> String {
        text.contains(":  ") || text.contains("POST ")
            ? "```text\n\(text)\n```" : String(text).replacing("\n", with: " ")
    }

    private static func flags(_ arguments: [CommandDump.Argument]) -> String {
        GeneratedSection.table(
            ["argument or flag", "default", "values", "meaning"],
            arguments.map { [$0.label, $0.defaultText, $0.values, $0.help] }
        )
    }

    private typealias Metric = (String, String, [String], String?, String)

    private static func metrics(_ metrics: [Metric]) -> String {
        GeneratedSection.table(
            ["metric", "type", "labels", "unit", "help"],
            metrics.sorted { $0.0 < $1.0 }.map { name, type, labels, unit, help in
                [
                    "`\(name)`", type, labels.map { "`\($0)`" }.joined(separator: " "), unit ?? "",
                    help,
                ]
            }
        )
    }
}
