import Foundation
import Measurements
import Workbench

/// A group of rows that share a setup.
enum Part: String, CaseIterable {
    case rules
    case victoria
    case scrape
    case sampling
    case footprint
    case reaction
    case growth
    case fleet

    /// All without a list.
    static func read(_ list: String) throws -> [Part] {
        guard !list.isEmpty else { return allCases }
        return try list.split(separator: ",").map { name in
            guard let part = Part(rawValue: String(name)) else {
                throw BenchError("--rows: there is no \(name)")
            }
            return part
        }
    }

    /// A program that is not installed leaves a row that says so.
    func measure(_ plan: Plan) async throws -> [Row] {
        do {
            return try await measured(plan)
        } catch let missing as MissingProgram {
            return [Row(rawValue, anchor: anchor, notMeasured: missing.description)]
        }
    }

    private var anchor: String {
        switch self {
        case .rules: "Prometheus"
        case .victoria: "VictoriaMetrics"
        case .scrape: "nginx and node_exporter"
        case .sampling: "wrk"
        case .footprint: "Prometheus, Alertmanager, node_exporter and monit"
        case .reaction: "curl"
        case .growth, .fleet: "itself with fewer graphs"
        }
    }

    private func measured(_ plan: Plan) async throws -> [Row] {
        switch self {
        case .rules: try await compare(.prometheus, plan)
        case .victoria: try await compare(.victoriaMetrics, plan)
        case .scrape:
            try await ScrapeRows.measure(
                plan.binary,
                rounds: plan.choose(7, quick: 3),
                seconds: plan.choose(5, quick: 2)
            )
        case .sampling: try await sampling(plan).measure(plan.binary)
        case .footprint:
            try await FootprintRows.measure(
                plan.binary,
                warmUp: plan.choose(4, quick: 1),
                windows: plan.choose(8, quick: 2)
            )
        case .reaction:
            try await ReactionRows.measure(plan.binary, rounds: plan.choose(11, quick: 5))
        case .growth: try growth(plan)
        case .fleet: try await fleet(plan).rows(plan.binary)
        }
    }

    private func compare(_ anchor: RuleAnchor, _ plan: Plan) async throws -> [Row] {
        let (rows, alerts) = try await anchor.measure(
            graphs: 10_000,
            // Longer than the longest `for` of the rules, so that both sides fire.
            seconds: plan.choose(120, quick: 45)
        )
        say("both raise the same \(alerts) alerts")
        return rows
    }

    private func sampling(_ plan: Plan) -> SamplingRows {
        plan.choose(
            SamplingRows(graphs: 10_000, polls: 7, intervalSeconds: 30, wrkSeconds: 8),
            quick: SamplingRows(graphs: 2_000, polls: 3, intervalSeconds: 10, wrkSeconds: 3)
        )
    }

    private func growth(_ plan: Plan) throws -> [Row] {
        let rules = Programs.root.appending(path: "rules").path
        return try GrowthRows.rules(
            rounds: plan.choose(7, quick: 3),
            cycles: plan.choose(25, quick: 9)
        ) + CycleGrowth(steps: plan.choose(20, quick: 5), rules: rules).rows()
    }

    /// 120 samples are an hour of polls.
    private func fleet(_ plan: Plan) -> AgentGrowth {
        plan.choose(
            AgentGrowth(graphs: 10_000, polls: 120),
            quick: AgentGrowth(graphs: 2_000, polls: 20)
        )
    }
}
