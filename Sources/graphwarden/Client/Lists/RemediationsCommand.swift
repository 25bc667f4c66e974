import ArgumentParser
import JSON
import Remediation
import Tables
import Time

struct RemediationsCommand: ListCommand {
    static let configuration = CommandConfiguration(
        commandName: "remediations",
        abstract: "Show the restarts in progress and the recent ones, the newest first.",
        discussion: ExitCodes.lists
    )

    @Flag(name: .customLong("in-progress"), help: "Only restarts that have not ended.")
    var isInProgress = false

    @Option(help: "Only restarts with this outcome, such as verified or notRecovered.")
    var outcome: String?

    @Option(help: "Only restarts of this graph: \(GraphLookup.help)")
    var graph: String?

    @OptionGroup var list: ListOptions
    @OptionGroup var client: ClientOptions

    func validate() throws {
        try KnownWords.check("--outcome", outcome, AttemptOutcome.allCases.map(\.rawValue))
    }

    func items() async throws -> [JSONValue] {
        let wanted = if let graph { try await client.graph(graph).id } else { String?.none }
        let all =
            try await client.get("/api/v1/remediations").data["remediations"]?.arrayValue ?? []
        return all.filter { remediation in
            (outcome.map { remediation.text("outcome") == $0 } ?? true)
                && (wanted.map { remediation.text("graphId") == $0 } ?? true)
                && (!isInProgress || remediation.text("outcome").isEmpty)
        }
    }

    static let member = "remediations"
    static let columns: [Table.Column] = [
        .init("GRAPH", isFreeText: true), .init("ID"), .init("ATTEMPT"), .init("STATE"),
        .init("STARTED"), .init("TOOK"), .init("JOB"),
    ]

    static func row(_ remediation: JSONValue, at now: Timestamp) -> [Cell] {
        let outcome = remediation.text("outcome")
        let phase = remediation.text("phase")
        let end = moment(remediation.text("endedAt")) ?? now
        let took = moment(remediation.text("at")).map { Age.text(end - $0) } ?? ""
        return [
            Cell(remediation.text("graphName")), Cell(remediation.text("graphId")),
            Cell("\(remediation["attempt"]?.integerValue ?? 0)"),
            outcome.isEmpty
                ? Cell(phase.isEmpty ? "in_progress" : phase, .warning)
                : Cell(outcome, outcome == "verified" ? .good : .bad),
            remediation.age("at", at: now), outcome.isEmpty ? Cell(age: took) : Cell(took),
            Cell(remediation.text("jobId")),
        ]
    }

    private static func moment(_ text: String) -> Timestamp? {
        Timestamp(rfc3339: text, maximumFractionDigits: 9)
    }
}
