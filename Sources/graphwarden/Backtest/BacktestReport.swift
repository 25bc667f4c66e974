import ArgumentParser
import Backtest
import Diagnosis
import JSON
import Remediation
import Tables
import Time

enum BacktestFormat: String, ExpressibleByArgument, CaseIterable {
    case table, json, html
}

/// The results of all policies, as a person or a program reads them.
struct BacktestReport {
    private let results: [BacktestResult]
    private let took: Duration

    init(_ results: [BacktestResult], took: Duration) {
        self.results = results
        self.took = took
    }

    func text(_ format: BacktestFormat) -> String {
        switch format {
        case .table: table
        case .json: json
        case .html: BacktestPage(results).html
        }
    }

    /// How fast it was, in one line.
    var speed: String {
        let days = results.reduce(0) { $0 + $1.graphDays }
        let seconds = took.inSeconds
        let rate = seconds > 0 ? days / seconds : 0
        return "replayed \(Self.rounded(days)) graph-days in \(Self.rounded(seconds)) s:"
            + " \(Self.rounded(rate)) graph-days per second"
    }

    private static func rounded(_ number: Double) -> String {
        number >= 100 ? "\(Int(number))" : "\((number * 100).rounded() / 100)"
    }

    // MARK: Table

    private var table: String {
        var lines: [String] = []
        for result in results {
            lines += [result.sentence, ""]
            if !result.decisions.isEmpty { lines += Self.decisions(result) + [""] }
            if !result.holds.isEmpty { lines += Self.holds(result) + [""] }
        }
        if results.count > 1 { lines += comparison }
        while lines.last == "" { lines.removeLast() }
        return lines.joined(separator: "\n")
    }

    private static func decisions(_ result: BacktestResult) -> [String] {
        var table = Table([
            .init("TIME"), .init("GRAPH"), .init("ACTION"), .init("RIGHT"), .init("WHAT IT DID"),
            .init("RULE"), .init("REASON", isFreeText: true),
        ])
        table.rows = result.decisions.map { decision in
            let judgement = decision.outcome.judgement
            return [
                Cell("\(decision.at)"), Cell(decision.graphName),
                Cell(decision.isShadow ? "shadow" : decision.action.rawValue),
                Cell(judgement.word, judgement.tone), Cell("\(decision.outcome)"),
                Cell(decision.alertname), Cell(decision.reason),
            ]
        }
        return table.lines(width: Terminal.width, isColored: Terminal.hasColor)
    }

    private static func holds(_ result: BacktestResult) -> [String] {
        var table = Table([
            .init("HELD BY"), .init("TIMES"), .init("GRAPHS"), .init("FIRST", isFreeText: true),
        ])
        table.rows = result.holds.map { hold in
            [
                Cell(hold.reason), Cell("\(hold.count)"), Cell("\(hold.graphs)"),
                Cell("\(hold.exampleAt): \(hold.example)"),
            ]
        }
        return table.lines(width: Terminal.width, isColored: Terminal.hasColor)
    }

    private var comparison: [String] {
        let rows = BacktestComparison(results).rows
        var table = Table(
            [.init("GRAPH"), .init("WHAT IT DID")] + results.map { .init($0.name.uppercased()) }
        )
        table.rows = rows.map { row in
            [Cell(row.graphName), Cell("\(row.outcome)")]
                + row.times.map { Cell($0.map { "\($0)" } ?? "-") }
        }
        guard !rows.isEmpty else { return [] }
        return table.lines(width: Terminal.width, isColored: Terminal.hasColor)
    }

    // MARK: JSON

    private var json: String {
        let document = JSONValue.object([
            JSONMember("policies", .array(results.map(Self.json))),
            JSONMember(
                "comparison",
                .array(
                    BacktestComparison(results).rows.map { row in
                        .object([
                            JSONMember("graph_id", .string(row.graphID)),
                            JSONMember("graph_name", .string(row.graphName)),
                            JSONMember(
                                "times",
                                .array(row.times.map { $0.map { .string("\($0)") } ?? .null })
                            ),
                        ])
                    }
                )
            ),
        ])
        let bytes = (try? document.serialized()) ?? []
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func json(_ result: BacktestResult) -> JSONValue {
        let counts = GraphOutcome.Judgement.allCases.map {
            JSONMember($0.rawValue, .integer(Int64(result.count($0))))
        }
        return .object([
            JSONMember("name", .string(result.name)),
            JSONMember("from", .string("\(result.from)")),
            JSONMember("to", .string("\(result.to)")),
            JSONMember("interval_seconds", .double(result.interval.inSeconds)),
            JSONMember("graphs", .integer(Int64(result.graphs))),
            JSONMember("polls", .integer(Int64(result.polls))),
            JSONMember("graph_days", .double(result.graphDays)),
            JSONMember("judgements", .object(counts)),
            JSONMember("decisions", .array(result.decisions.map(json))),
            JSONMember("holds", .array(result.holds.map(json))),
        ])
    }

    private static func json(_ decision: RestartDecision) -> JSONValue {
        .object([
            JSONMember("time", .string("\(decision.at)")),
            JSONMember("graph_id", .string(decision.graphID)),
            JSONMember("graph_name", .string(decision.graphName)),
            JSONMember("action", .string(decision.action.rawValue)),
            JSONMember("hang", decision.hangClass.map { .string($0.rawValue) } ?? .null),
            JSONMember("alertname", .string(decision.alertname)),
            JSONMember("reason", .string(decision.reason)),
            JSONMember("attempt", .integer(Int64(decision.attempt))),
            JSONMember("signs", .array(decision.signs.map(JSONValue.string))),
            JSONMember("shadow", .bool(decision.isShadow)),
            JSONMember("recorded", .bool(decision.isRecorded)),
            JSONMember("outcome", .string(decision.outcome.label)),
            JSONMember(
                "outcome_seconds",
                decision.outcome.duration.map { .double($0.inSeconds) } ?? .null
            ),
            JSONMember("judgement", .string(decision.outcome.judgement.rawValue)),
            JSONMember("ending", decision.ending.map(JSONValue.string) ?? .null),
        ])
    }

    private static func json(_ hold: BacktestResult.Hold) -> JSONValue {
        .object([
            JSONMember("reason", .string(hold.reason)),
            JSONMember("count", .integer(Int64(hold.count))),
            JSONMember("graphs", .integer(Int64(hold.graphs))),
            JSONMember("example", .string(hold.example)),
            JSONMember("example_time", .string("\(hold.exampleAt)")),
        ])
    }
}

extension GraphOutcome.Judgement {
    fileprivate var tone: Cell.Tone {
        switch self {
        case .right: .good
        case .unneeded: .bad
        case .unknown: .warning
        }
    }
}
