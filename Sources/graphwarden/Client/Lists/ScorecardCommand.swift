import ArgumentParser
import JSON
import Remediation
import Tables
import Time

struct ScorecardCommand: ListCommand {
    static let configuration = CommandConfiguration(
        commandName: "scorecard",
        abstract: "Show how often decisions were right, by entry of the configuration and hang.",
        discussion: """
            Precision is the share of the judged decisions that were right, recall the share of \
            the hangs about which the agent decided. Each stands with the bounds between which it \
            lies with 95 % confidence.

            \(ExitCodes.lists)
            """
    )

    @OptionGroup var list: ListOptions
    @OptionGroup var client: ClientOptions

    func items() async throws -> [JSONValue] {
        try await client.get("/api/v1/scorecard").data["scores"]?.arrayValue ?? []
    }

    static let member = "scores"
    static let columns: [Table.Column] = [
        .init("ENTRY", isFreeText: true), .init("HANG"), .init("RIGHT"), .init("WRONG"),
        .init("UNKNOWN"), .init("PENDING"), .init("MISSED"), .init("LABELLED"),
        .init("PRECISION"), .init("RECALL"), .init("REQUIRED"),
    ]

    static func row(_ score: JSONValue, at _: Timestamp) -> [Cell] {
        let counts = ["right", "wrong", "unknown", "pending", "missed", "labelled"].map {
            Cell("\(score[$0]?.integerValue ?? 0)")
        }
        let shares = ["precision", "recall"].map { Cell(share(score[$0] ?? .null)) }
        return [Cell(score.text("entry")), Cell(score.text("hang"))] + counts + shares
            + [requirement(score["require"] ?? .null)]
    }

    private static func share(_ share: JSONValue) -> String {
        guard let ratio = share["ratio"]?.doubleValue, let lower = share["lowerBound"]?.doubleValue,
            let upper = share["upperBound"]?.doubleValue
        else { return "-" }
        return "\(percent(ratio)) (\(percent(lower)) to \(percent(upper)))"
    }

    private static func requirement(_ require: JSONValue) -> Cell {
        guard let precision = require["precision"]?.doubleValue,
            let decisions = require["decisions"]?.integerValue
        else { return Cell("-") }
        let isMet = require["met"]?.boolValue == true
        let text = "\(percent(precision)) of \(decisions)"
        return isMet ? Cell(text, .good) : Cell("\(text): not met", .warning)
    }

    /// An agent of another version may send anything.
    private static func percent(_ share: Double) -> String {
        (0...1).contains(share) ? Proportion.percent(share) : "?"
    }
}
