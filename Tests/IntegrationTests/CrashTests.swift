import Foundation
import GESSimulator
import HTTPClient
import JSON
import Testing

/// A place in the course of a restart at which the agent is killed.
struct CrashPoint: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var faults: [ScheduledFault] = []
    /// Whether the moment has come.
    let isThere: @Sendable (Stage, String) async throws -> Bool
    /// Restart requests that the cloud had received at this moment.
    let sent: Int
    /// Where the graph stands in the end.
    let end: String

    static let all: [CrashPoint] = [
        CrashPoint(
            testDescription: "while evidence is collected",
            faults: [ScheduledFault(.hang, on: FaultMatch(operation: .showGraph))],
            isThere: { try await $0.state(of: $1) == "gathering_evidence" },
            sent: 0,
            end: "cooling_down"
        ),
        CrashPoint(
            testDescription: "between the intent and the request",
            faults: [
                ScheduledFault(.hang, on: FaultMatch(operation: .showGraph), skip: 1)
            ],
            isThere: { stage, _ in stage.agent.program.text.contains("event=intended") },
            sent: 0,
            end: "unknown_outcome"
        ),
        CrashPoint(
            testDescription: "after the request, before it is accepted",
            faults: [ScheduledFault(.hang, on: FaultMatch(operation: .restartGraph))],
            isThere: { $0.restarts[$1] == 1 },
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
            isThere: { $0.restarts[$1] == 1 },
            sent: 1,
            end: "cooling_down"
        ),
        CrashPoint(
            testDescription: "while it asks for the job",
            faults: [ScheduledFault(.hang, on: FaultMatch(operation: .showJob))],
            isThere: { stage, _ in stage.hasReceived(.showJob) },
            sent: 1,
            end: "cooling_down"
        ),
        CrashPoint(
            testDescription: "while it waits for good probes",
            isThere: { try await $0.state(of: $1) == "verifying" },
            sent: 1,
            end: "cooling_down"
        ),
        CrashPoint(
            testDescription: "while it leaves the graph alone",
            isThere: { try await $0.state(of: $1) == "cooling_down" },
            sent: 1,
            end: "cooling_down"
        ),
    ]
}

@Suite("An agent that is killed", .serialized)
struct CrashTests {
    @Test("goes on from there, and sends nothing twice", arguments: CrashPoint.all)
    func killed(at point: CrashPoint) async throws {
        try await Drama.with(Scene()) { drama in
            let stage = try await drama.begin()
            for fault in point.faults { stage.schedule(fault) }
            let victim = try stage.hang(1, .unresponsive)
            let isThere = try await eventually(within: .seconds(60), every: .milliseconds(10)) {
                try await point.isThere(stage, victim)
            }
            try #require(isThere, "\(stage.agent.program.text.suffix(3_000))")
            try await stage.agent.kill()
            #expect(stage.restarts[victim] ?? 0 == point.sent)
            stage.cloud.withCloud { cloud, _ in cloud.faults.cancelAll() }
            let next = try await drama.begin()
            try await next.expectState(point.end, of: victim, within: .seconds(90))
            if point.end == "unknown_outcome" { try await next.expectOpenQuestion(about: victim) }
            #expect(
                next.restarts[victim] ?? 0 == max(point.sent, point.end == "cooling_down" ? 1 : 0)
            )
            #expect(try await next.why(victim)["attempts"]?.arrayValue?.count == 1)
        }
    }

    @Test("remembers since when an alert waits, and until when a graph is left alone")
    func remembers() async throws {
        try await Drama.with(Scene()) { drama in
            let rules =
                Scene.rules + """

                          - alert: Slowly
                            expr: max(ges_graph_probe_success) == 1
                            for: 1h
                    """
            try Data(rules.utf8).write(to: drama.folder.appending(path: "rules.yml"))
            let stage = try await drama.begin()
            let victim = try stage.hang(1, .unresponsive)
            try await stage.expectState("cooling_down", of: victim, within: .seconds(60))
            let summary = try await stage.why(victim)["summary"]
            let before = try #require(try await stage.alert("Slowly"))
            try await stage.agent.kill()
            let next = try await drama.begin()
            #expect(try await next.why(victim)["summary"] == summary)
            let after = try #require(try await next.alert("Slowly"))
            #expect(before.state == "pending" && after.state == "pending")
            let waited = try #require(seconds(from: before.activeAt, to: after.activeAt))
            #expect(waited < 20, "only the time in which nobody looked does not count")
        }
    }

    private func seconds(from: String, to: String) -> Double? {
        func date(_ text: String) -> Date? {
            try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        }
        guard let from = date(from), let to = date(to) else { return nil }
        return to.timeIntervalSince(from)
    }

    /// Half of the moments lie anywhere in the course of a restart, half around the intent and the
    /// request.
    @Test("is killed at fifty moments of a restart, and never restarts a graph twice")
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
        print("Killed at 50 moments of a restart: " + summary.joined(separator: ", "))
        #expect(tally.values.reduce(0, +) == 50)
        #expect(tally.keys.allSatisfy { !$0.contains("FORGOTTEN") && !$0.contains("TWICE") })
        #expect(tally.count > 1, "the moments must differ for this to be worth anything")
    }

    /// Returns what became of it.
    private func killedAtRandom(_ seed: UInt64) async throws -> String {
        var random = SeededGenerator(seed: seed)
        let isNearIntent = seed.isMultiple(of: 2)
        let delay = Duration.milliseconds(
            isNearIntent
                ? Int.random(in: 0...1500, using: &random)
                : Int.random(in: 0...9000, using: &random)
        )
        let pause = Duration.milliseconds(Int.random(in: 0...1500, using: &random))
        return try await Drama.with(Scene()) { drama in
            let stage = try await drama.begin()
            let victim = try stage.hang(1, .unresponsive)
            if isNearIntent {
                _ = try await eventually(within: .seconds(60), every: .milliseconds(5)) {
                    stage.agent.program.text.contains("event=intended")
                }
            }
            try await Task.sleep(for: delay)
            try await stage.agent.kill()
            let sent = stage.restarts[victim] ?? 0
            try await Task.sleep(for: pause)
            let end = try await drama.end(of: victim)
            return "\(end) (\(sent) sent before)"
        }
    }
}
