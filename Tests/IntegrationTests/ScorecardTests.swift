import Foundation
import GESSimulator
import JSON
import TestSupport
import Testing

@Suite("The scorecard of a real agent")
struct ScorecardTests {
    private static let entry = AgentSetup.entry

    private static func setup(_ mode: String) -> AgentSetup {
        var setup = AgentSetup(mode: mode)
        setup.acceptsOrders = true
        return setup
    }

    private static func command(
        _ words: [String],
        _ agent: RunningAgent
    ) async throws -> (status: Int32, text: String) {
        let file = agent.folder.appending(path: "alice")
        try Data("secret\n".utf8).write(to: file)
        return try await Program.run(
            Program.graphwarden,
            words + [
                "--url=\(agent.process.url)", "--user=alice", "--password-file=\(file.path)",
            ]
        )
    }

    private static func score(_ agent: RunningAgent) async throws -> JSONValue? {
        let data = try await agent.process.json("/api/v1/scorecard")["data"]
        return data?["scores"]?.arrayValue?.first { $0["hang"] == "unresponsive" }
    }

    private static func wait(
        _ agent: RunningAgent,
        until what: String,
        isOne member: String
    ) async throws {
        try await eventually(what, every: .milliseconds(100)) {
            try await score(agent)?[member]?.integerValue == 1
        } lastSeen: {
            "\(try await agent.process.json("/api/v1/scorecard"))\n\(agent.log.suffix(4_000))"
        }
    }

    @Test("judges what shadow mode decided, takes a label, and knows both after a kill")
    func wholeWay() async throws {
        try await SuccessiveAgents.with(Self.setup("shadow")) { agents in
            let agent = try await agents.start()
            let victim = try agent.hangGraph(1, .unresponsive)
            try await Self.wait(agent, until: "the decision is made", isOne: "pending")
            _ = agents.cloud.withCloud { cloud, now in cloud.heal(victim, at: now) }
            try await Self.wait(agent, until: "it was wrong", isOne: "wrong")
            let score = try await Self.score(agent)
            #expect(score?["entry"] == .string(Self.entry) && score?["hang"] == "unresponsive")
            #expect(score?["precision"]?["ratio"]?.doubleValue == 0)
            let pair = "{entry=\"\(Self.entry)\",hang=\"unresponsive\""
            let metrics = try await agent.process.metrics()
            let outcomes = "graphwarden_decision_outcomes_total\(pair),outcome=\"wrong\"}"
            #expect(metrics[outcomes] == 1)
            #expect(metrics["graphwarden_scorecard_precision_ratio\(pair)}"] == 0)

            let incident = try await Self.incident(agent, victim, "wrong")
            try await Self.label(agent, incident)
            try await agent.process.kill()
            let next = try await agents.start()
            try await Self.wait(next, until: "the label is known", isOne: "right")
            try await Self.expectReports(next, victim, incident)
            #expect(agents.cloud.withCloud { cloud, _ in cloud.restartCounts }.isEmpty)
        }
    }

    /// The id of the incident, as a person finds it.
    private static func incident(
        _ agent: RunningAgent,
        _ victim: String,
        _ outcome: String
    ) async throws -> String {
        let list = try await eventually("the incident is listed", every: .milliseconds(100)) {
            try await command(["history", "incidents", victim], agent)
        } is: {
            $0.text.contains(outcome)
        }
        let row = list.text.split(separator: "\n").first { $0.contains(victim) } ?? ""
        return row.split(separator: " ").first.map(String.init) ?? ""
    }

    private static func label(_ agent: RunningAgent, _ incident: String) async throws {
        let refusals: [(words: [String], status: Int32, says: String)] = [
            ([incident, "good", "--reason=x"], 64, "none of right, wrong"),
            ([incident, "right"], 64, "--reason"),
            (["none-1", "right", "--reason=x"], 1, "no decision of incident"),
        ]
        for (words, status, says) in refusals {
            let answer = try await command(["label"] + words, agent)
            #expect(answer.status == status && answer.text.contains(says), "\(answer.text)")
        }
        let done = try await command(["label", incident, "right", "--reason=it hung"], agent)
        #expect(done.status == 0, "\(done.text)")
        #expect(done.text.contains("counts as right; what was seen: wrong"), "\(done.text)")
    }

    private static func expectReports(
        _ agent: RunningAgent,
        _ victim: String,
        _ incident: String
    ) async throws {
        let table = try await command(["scorecard"], agent)
        #expect(
            table.status == 0 && table.text.contains("100 % (20.6 % to 100 %)"),
            "\(table.text)"
        )
        let json = try await command(["scorecard", "-o", "json"], agent)
        #expect(json.text.contains(#""labelled":1"#), "\(json.text)")
        let shown = try await command(["history", "show", incident], agent)
        #expect(shown.text.contains("right, says"), "\(shown.text)")
        #expect(shown.text.contains("it hung"), "\(shown.text)")
        let listed = try await command(["history", "incidents", victim], agent)
        #expect(listed.text.contains("right (label)"), "\(listed.text)")
        let trail = try await command(["history", victim, "--kind=order"], agent)
        #expect(trail.text.contains("label incident \(incident) right"), "\(trail.text)")
        let why = try await command(["why", victim], agent)
        #expect(why.text.contains(", incident \(incident)"), "\(why.text)")
    }

    @Test("mode auto asks until enough decisions are known to have been right")
    func requirement() async throws {
        var setup = Self.setup("auto")
        setup.remediation = ["require: {precision: 0.95, decisions: 10}"]
        try await SuccessiveAgents.with(setup) { agents in
            let agent = try await agents.start()
            let victim = try agent.hangGraph(2, .unresponsive)
            try await eventually("a person is asked", every: .milliseconds(100)) {
                try await agent.state(of: victim) == "awaiting_approval"
            } lastSeen: {
                try await agent.account(of: victim)
            }
            let table = try await Self.command(["scorecard"], agent)
            #expect(table.text.contains("95 % of 10: not met"), "\(table.text)")
            let why = try await Self.command(["why", victim], agent)
            #expect(why.text.contains("auto needs 10 judged ones and 95 %"), "\(why.text)")
            let approved = try await Self.command(
                ["approve", victim, "--reason=agreed", "--wait"],
                agent
            )
            #expect(approved.status == 0, "\(approved.text)")
            try await Self.wait(agent, until: "it was right", isOne: "right")
            #expect(agents.cloud.withCloud { cloud, _ in cloud.restartCounts } == [victim: 1])
        }
    }
}
