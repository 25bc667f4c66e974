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
    private let readIn: Duration
    private let replayedIn: Duration

    init(_ results: [BacktestResult], readIn: Duration, replayedIn: Duration) {
        self.results = results
        self.readIn = readIn
        self.replayedIn = replayedIn
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
        let replayed = results.reduce(0) { $0 + $1.replayedGraphDays }
        let seconds = (readIn + replayedIn).inSeconds
        let rate = seconds > 0 ? days / seconds : 0
        return "covered \(Self.rounded(days)) graph-days (\(Self.rounded(replayed)) replayed) in"
            + " \(Self.rounded(seconds)) s: read in \(Self.rounded(readIn.inSeconds)) s, replayed in"
            + " \(Self.rounded(replayedIn.inSeconds)) s; \(Self.rounded(rate)) graph-days per second"
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
            if !result.notes.isEmpty { lines += result.notes.map { "- \($0)" } + [""] }
        }
        if results.count > 1 { lines += comparison }
        while lines.last == "" { lines.removeLast() }
        return lines.joined(separator: "\n")
    }

    private static func decisions(_ result: BacktestResult) -> [String] {
        var table = Table([
            .init("TIME"), .init("GRAPH"), .init("ACTION"), .init("JUDGEMENT"),
            .init("WHAT IT DID"),
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
            [.init("GRAPH"), .init("GRAPH ID")] + results.map { .init($0.name.uppercased()) }
        )
        table.rows = rows.map { row in
            [Cell(row.graphName), Cell(row.graphID)]
                + row.cells.map { cell in
                    guard let cell else { return Cell("-") }
                    return Cell("\(cell.at): \(cell.outcome)", cell.outcome.judgement.tone)
                }
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
                                "decisions",
                                .array(row.cells.map { $0.map(Self.json) ?? .null })
                            ),
                        ])
                    }
                )
            ),
        ])
        let bytes = (try? document.serialized()) ?? []
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func json(_ cell: BacktestComparison.Cell) -> JSONValue {
        .object([
            JSONMember("time", .string("\(cell.at)")),
            JSONMember("outcome", .string(cell.outcome.label)),
            JSONMember("judgement", .string(cell.outcome.judgement.rawValue)),
        ])
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
            JSONMember("replayed_graph_days", .double(result.replayedGraphDays)),
            JSONMember("notes", .array(result.notes.map(JSONValue.string))),
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
