import ArgumentParser
import JSON
import Tables
import Time

struct RulesCommand: ListCommand {
    enum Kind: String, ExpressibleByArgument, CaseIterable {
        case alert
        case record

        var type: String { self == .alert ? "alerting" : "recording" }
    }

    static let configuration = CommandConfiguration(
        commandName: "rules",
        abstract: "Show the rules that the agent evaluates, and whether they work.",
        discussion: ExitCodes.lists
    )

    @Option(help: "Only rules of this type.")
    var type: Kind?

    @Option(help: "Only alerting rules in this state: inactive, pending, firing or unknown.")
    var state: String?

    @Option(help: "Only rules of this health: ok, err or unknown.")
    var health: String?

    @OptionGroup var list: ListOptions
    @OptionGroup var client: ClientOptions

    func validate() throws {
        try KnownWords.check("--state", state, ["inactive", "pending", "firing", "unknown"])
        try KnownWords.check("--health", health, ["ok", "err", "unknown"])
    }

    /// Each rule, with the name of its group.
    func items() async throws -> [JSONValue] {
        let groups = try await client.get("/api/v1/rules").data["groups"]?.arrayValue ?? []
        let rules = groups.flatMap { group in
            (group["rules"]?.arrayValue ?? []).map { rule in
                JSONValue.object(
                    [JSONMember("group", .string(group.text("name")))] + (rule.objectValue ?? [])
                )
            }
        }
        let filters = [("type", type?.type), ("state", state), ("health", health)]
        return rules.filter { rule in
            filters.allSatisfy { name, wanted in wanted.map { rule.text(name) == $0 } ?? true }
        }
    }

    static let member = "rules"
    static let columns: [Table.Column] = [
        .init("GROUP"), .init("RULE"), .init("TYPE"), .init("STATE"), .init("HEALTH"),
        .init("ALERTS"), .init("EVALUATED"), .init("ERROR", isFreeText: true),
    ]

    static func row(_ rule: JSONValue, at now: Timestamp) -> [Cell] {
        let state = rule.text("state")
        let health = rule.text("health")
        let isEvaluated = health != "unknown"
        return [
            Cell(rule.text("group")), Cell(rule.text("name")), Cell(rule.text("type")),
            Cell(state, state == "firing" ? .bad : state == "pending" ? .warning : .plain),
            Cell(health, health == "ok" ? .good : health == "err" ? .bad : .plain),
            Cell(rule["alerts"]?.arrayValue.map { "\($0.count)" } ?? ""),
            isEvaluated ? rule.age("lastEvaluation", at: now) : Cell(age: "never"),
            Cell(rule.text("lastError")),
        ]
    }
}
