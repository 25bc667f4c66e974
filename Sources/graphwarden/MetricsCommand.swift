import API
import Agent
import ArgumentParser
import JSON
import Tables
import Time

/// Lists the metric families that the agent can expose. It asks no agent.
struct MetricsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics",
        abstract: "List the metrics of the agent: type, unit, labels and tier.",
        discussion: """
            The tier of the agent's own metrics is agent. Those of the tiers capacity and full come \
            from Cloud Eye and from the graphs: see sampling.cloud_eye and sampling.node_metrics of \
            the configuration, and --metrics.tier.
            """
    )

    enum Tier: String, ExpressibleByArgument, CaseIterable {
        case agent, core, capacity, full
    }

    @Option(help: "Only metrics of this tier.")
    var tier: Tier?

    @Option(name: [.customShort("o"), .customLong("output")], help: "Output format.")
    var output = ClientOptions.Output.table

    func run() throws {
        let all = MetricReference.all(at: Timestamp.now)
            .filter { metric in tier.map { $0.rawValue == metric.set } ?? true }
        switch output {
        case .json:
            let document: JSONValue = ["metrics": .array(all.map(Self.document))]
            Terminal.output(String(decoding: try document.serialized(), as: UTF8.self))
        case .table:
            let table = Table(Self.columns, rows: all.map(Self.row))
            let lines = table.lines(width: Terminal.width, isColored: Terminal.hasColor)
            Terminal.outputUnescaped(lines.map { $0 + "\n" }.joined())
        }
    }

    private static let columns: [Table.Column] = [
        .init("METRIC"), .init("TYPE"), .init("UNIT"), .init("TIER"), .init("LABELS"),
        .init("HELP", isFreeText: true),
    ]

    private static func row(_ metric: MetricReference) -> [Cell] {
        [
            Cell(metric.name), Cell(metric.type), Cell(metric.unit), Cell(metric.set),
            Cell(metric.labels.joined(separator: ",")), Cell(metric.help),
        ]
    }

    private static func document(_ metric: MetricReference) -> JSONValue {
        [
            "name": .string(metric.name), "type": .string(metric.type),
            "unit": .string(metric.unit), "tier": .string(metric.set),
            "labels": .array(metric.labels.map { .string($0) }), "help": .string(metric.help),
        ]
    }
}
