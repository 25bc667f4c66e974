import Foundation
import GESSimulator
import HTTPClient
import JSON
import TestSupport
import Testing

/// A point during a restart at which the agent is killed.
struct CrashPoint: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var setup = AgentSetup()
    var faults: [ScheduledFault] = []
    /// Whether the point has been reached.
    let isReached: @Sendable (RunningAgent, String) async throws -> Bool
    /// Restart requests that the cloud had received by then.
    let sent: Int
    /// The final state of the graph.
    let end: String

    static let all: [CrashPoint] = [
        CrashPoint(
            testDescription: "while collecting evidence",
            faults: [ScheduledFault(.hang, on: FaultMatch(operation: .showGraph))],
            isReached: { try await $0.state(of: $1) == "gathering_evidence" },
            sent: 0,
            end: "cooling_down"
        ),
        CrashPoint(
            testDescription: "between the intent and the request",
            // The graph answers its probes, so the polls are short; the read of the graph just
            // before the request blocks until the agent is killed.
            setup: AgentSetup(hang: .importing, timeout: "30s"),
            faults: [
                ScheduledFault(.hang, on: FaultMatch(operation: .showGraph), skip: 1)
            ],
            isReached: { agent, _ in agent.log.contains("event=intended") },
            sent: 0,
            end: "unknown_outcome"
        ),
        CrashPoint(
            testDescription: "after the request, before it is accepted",
            faults: [ScheduledFault(.hang, on: FaultMatch(operation: .restartGraph))],
            isReached: { $0.restarts[$1] == 1 },
            sent: 1,
            end: "unknown_outcome"
        ),
        CrashPoint(
            testDescription: "after it is accepted, before the answer",
            faults: [
                ScheduledFault(
                    .hang,
                    on: FaultMatch(operation: .restartGraph),
                    carriedOut: true
                )
            ],
            isReached: { $0.restarts[$1] == 1 },
            sent: 1,
            end: "cooling_down"
        ),
        CrashPoint(
            testDescription: "while querying the job",
            faults: [ScheduledFault(.hang, on: FaultMatch(operation: .showJob))],
            isReached: { agent, _ in agent.hasReceived(.showJob) },
            sent: 1,
            end: "cooling_down"
        ),
        CrashPoint(
            testDescription: "while waiting for successful probes",
            isReached: { try await $0.state(of: $1) == "verifying" },
            sent: 1,
            end: "cooling_down"
        ),
        CrashPoint(
            testDescription: "during the cooldown",
            isReached: { try await $0.state(of: $1) == "cooling_down" },
            sent: 1,
            end: "cooling_down"
        ),
    ]
}

@Suite("An agent that is killed", .serialized)
struct CrashTests {
    @Test("resumes where it was, and sends nothing twice", arguments: CrashPoint.all)
    func killed(at point: CrashPoint) async throws {
        try await SuccessiveAgents.with(point.setup) { agents in
            let agent = try await agents.start()
            for fault in point.faults { agent.schedule(fault) }
            let victim = try agent.hangGraph(1, point.setup.hang)
            try await eventually("the crash point is reached", every: .milliseconds(10)) {
                try await point.isReached(agent, victim)
            } lastSeen: {
                "\(agent.log.suffix(3_000))"
            }
            try await agent.process.kill()
            #expect(agent.restarts[victim] ?? 0 == point.sent)
            agent.cloud.withCloud { cloud, _ in cloud.faults.cancelAll() }
            let next = try await agents.start()
            try await next.waitForState(point.end, of: victim)
            if point.end == "unknown_outcome" { try await next.expectOpenQuestion(about: victim) }
            #expect(
                next.restarts[victim] ?? 0 == max(point.sent, point.end == "cooling_down" ? 1 : 0)
            )
            #expect(try await next.why(victim)["attempts"]?.arrayValue?.count == 1)
        }
    }

    @Test("remembers how long an alert has been pending, and when a cooldown ends")
    func remembers() async throws {
        try await SuccessiveAgents.with(AgentSetup()) { agents in
            let rules =
                AgentSetup.rules + """

                          - alert: Slowly
                            expr: max(ges_graph_probe_success) == 1
                            for: 1h
                    """
            try Data(rules.utf8).write(to: agents.folder.appending(path: "rules.yml"))
            let agent = try await agents.start()
            let victim = try agent.hangGraph(1, .unresponsive)
            try await agent.waitForState("cooling_down", of: victim)
            let summary = try await agent.why(victim)["summary"]
            let before = try #require(try await agent.alert("Slowly"))
            let lastSeen = Date.now
            try await agent.process.waitForPolls(1)
            try await agent.process.kill()
            let next = try await agents.start()
            #expect(try await next.why(victim)["summary"] == summary)
            let after = try #require(try await next.alert("Slowly"))
            #expect(before.state == "pending" && after.state == "pending")
            let waited = try #require(seconds(from: before.activeAt, to: after.activeAt))
            let unseen = Date.now.timeIntervalSince(lastSeen)
            #expect(waited < unseen, "only the time without an agent does not count")
        }
    }

    private func seconds(from: String, to: String) -> Double? {
        func date(_ text: String) -> Date? {
            try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        }
        guard let from = date(from), let to = date(to) else { return nil }
        return to.timeIntervalSince(from)
    }

    /// Half of the kills are spread over the whole restart, half are close to the intent and the
    /// request. They are timed by the agent's requests, so a slow machine does not shift them.
    @Test("never restarts a graph twice, wherever in a restart it is killed")
    func fiftyMoments() async throws {
        let tally = try await withThrowingTaskGroup(of: String.self) { group in
            var waiting = (0..<50 as Range<UInt64>).makeIterator()
            for _ in 0..<6 {
                guard let seed = waiting.next() else { break }
                group.addTask { try await killedAtRandom(seed) }
            }
            var tally: [String: Int] = [:]
            while let end = try await group.next() {
                tally[end, default: 0] += 1
                if let seed = waiting.next() {
                    group.addTask { try await killedAtRandom(seed) }
                }
            }
            return tally
        }
        let summary = tally.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        print("Killed at 50 points of a restart: " + summary.joined(separator: ", "))
        #expect(tally.values.reduce(0, +) == 50)
        #expect(tally.keys.allSatisfy { !$0.contains("FORGOTTEN") && !$0.contains("TWICE") })
        #expect(tally.count > 1, "all kills hit the same phase of a restart")
    }

    /// Returns the outcome.
    private func killedAtRandom(_ seed: UInt64) async throws -> String {
        var random = SeededRandom(seed: seed)
        let isNearIntent = seed.isMultiple(of: 2)
        let requests = random.number(below: isNearIntent ? 60 : 400)
        let isGoneForLong = random.chance(0.5)
        return try await SuccessiveAgents.with(AgentSetup()) { agents in
            let agent = try await agents.start()
            let victim = try agent.hangGraph(1, .unresponsive)
            if isNearIntent {
                try await eventually("a restart intent is recorded", every: .milliseconds(5)) {
                    agent.log.contains("event=intended")
                } lastSeen: {
                    try await agent.account(of: victim)
                }
            }
            let before = agent.requestCount
            try await eventually("\(requests) requests came", every: .milliseconds(5)) {
                agent.requestCount
            } is: { count in
                count >= before + requests
            }
            try await agent.process.kill()
            let sent = agent.restarts[victim] ?? 0
            if isGoneForLong {
                try await eventually("the cloud has finished the restart") {
                    agent.cloud.withCloud { cloud, now in
                        cloud.graph(victim)?.status(at: now) == .running
                    }
                }
            }
            let end = try await agents.end(of: victim)
            return "\(end) (\(sent) sent before)"
        }
    }
}
