import Foundation
import GESSimulator
import HTTPClient
import JSON
import Testing

/// What becomes of the answer to a restart, and whether the restart is carried out all the same.
struct LostAnswer: Sendable, CustomTestStringConvertible {
    let name: String
    let fault: Fault
    let isCarriedOut: Bool

    var testDescription: String { name + (isCarriedOut ? ", carried out" : ", not carried out") }

    static let all = [
        LostAnswer(name: "silence", fault: .hang, isCarriedOut: true),
        LostAnswer(name: "reset", fault: .drop, isCarriedOut: true),
        LostAnswer(name: "garbage", fault: .garbage(status: 200), isCarriedOut: true),
        LostAnswer(name: "a proxy's page", fault: .html(status: 502), isCarriedOut: true),
        LostAnswer(name: "reset", fault: .drop, isCarriedOut: false),
        LostAnswer(name: "nothing with 504", fault: .emptyBody(status: 504), isCarriedOut: false),
    ]
}

@Suite("A restart whose outcome is not known", .serialized)
struct UnknownOutcomeTests {
    @Test("is never sent again, and is looked for", arguments: LostAnswer.all)
    func lostAnswer(_ lost: LostAnswer) async throws {
        try await Stage.with(Scene()) { stage in
            try await stage.waitUntilReady()
            let victim = try stage.graph(1)
            stage.schedule(
                ScheduledFault(
                    lost.fault,
                    on: FaultMatch(operation: .restartGraph),
                    carriedOut: lost.isCarriedOut
                )
            )
            try stage.hang(1, .unresponsive)
            let wanted = lost.isCarriedOut ? "cooling_down" : "unknown_outcome"
            try await stage.expectState(wanted, of: victim, within: .seconds(90))
            // Time for a second restart, were there to be one.
            try await Task.sleep(for: .seconds(3))
            #expect(stage.restarts == [victim: 1])
            let why = try await stage.why(victim)
            #expect(why["attempts"]?.arrayValue?.count == 1)
            if lost.isCarriedOut { #expect(try await stage.isVerified(victim)) }
            let used = try await stage.agent.metric(
                "graphwarden_remediation_budget_used{scope=\"fleet_1h\"}"
            )
            #expect(used == 1, "it counts until it is certain that nothing happened")
        }
    }

    @Test("but accepted without a job id is followed by the status of the graph")
    func withoutJob() async throws {
        try await Stage.with(Scene()) { stage in
            try await stage.waitUntilReady()
            stage.schedule(
                ScheduledFault(.emptyObject, on: FaultMatch(operation: .restartGraph))
            )
            // The task centre is no help either.
            stage.schedule(ScheduledFault(.hang, on: FaultMatch(operation: .listJobs)))
            let victim = try stage.hang(1, .unresponsive)
            try await stage.expectState("cooling_down", of: victim, within: .seconds(60))
            #expect(try await stage.isVerified(victim))
            #expect(stage.restarts == [victim: 1])
        }
    }

    @Test("and refused counts as an attempt, and the graph is read again")
    func refused() async throws {
        try await Stage.with(Scene()) { stage in
            try await stage.waitUntilReady()
            let error = ServiceError(
                status: 400,
                code: "GES.7016",
                message: "The request is invalid."
            )
            stage.schedule(
                ScheduledFault(.error(error), on: FaultMatch(operation: .restartGraph))
            )
            let victim = try stage.hang(1, .unresponsive)
            try await stage.expectState("cooling_down", of: victim, within: .seconds(60))
            #expect(stage.restarts == [victim: 1])
            let why = try await stage.why(victim)
            #expect(why["attempts"]?[0]?["outcome"] == "refused")
            let isSaid = try await eventually(within: .seconds(10)) {
                stage.agent.program.text.contains("The restart was refused; its status is 200")
            }
            #expect(isSaid)
        }
    }

    @Test(
        "and accepted, but without effect or end, is left to a person",
        arguments: [
            .ignored, .staysIn(.stopping), .jobFails(reason: "no capacity"),
        ] as [RestartCourse]
    )
    func stalled(_ course: RestartCourse) async throws {
        let scene = Scene(remediation: ["cooldown: 1s"])
        try await Stage.with(scene) { stage in
            try await stage.waitUntilReady()
            stage.schedule(
                ScheduledFault(.restart(course), on: FaultMatch(operation: .restartGraph))
            )
            let victim = try stage.hang(1, .unresponsive)
            try await stage.expectState("stalled", of: victim, within: .seconds(90))
            try await Task.sleep(for: .seconds(3))
            #expect(stage.restarts == [victim: 1])
            #expect(try await stage.agent.metric("graphwarden_quarantined_graphs") == 1)
            let page = String(decoding: try await stage.agent.get("/").body, as: UTF8.self)
            #expect(page.contains("a person must acknowledge"))
            let line = try #require(
                stage.agent.program.text.split(separator: "\n").first {
                    $0.contains("the restart stalled")
                }
            )
            #expect(line.contains("level=error") && line.contains(victim))
        }
    }
}

extension Stage {
    func schedule(_ fault: ScheduledFault) {
        cloud.withCloud { cloud, _ in _ = cloud.faults.schedule(fault) }
    }

    func why(_ graph: String) async throws -> JSONValue {
        let answer = try await agent.json("/api/v1/graphs/\(graph)/why")
        return try #require(answer["data"])
    }

    /// Waits until the graph stands where it is expected to.
    func expectState(
        _ state: String,
        of graph: String,
        within limit: Duration,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let isThere = try await eventually(within: limit, every: .milliseconds(100)) {
            try await agent.json("/api/v1/graphs/\(graph)/why")["data"]?["state"]?.stringValue
                == state
        }
        if !isThere {
            let account = try await account(of: graph)
            Issue.record("not \(state): \(account)", sourceLocation: sourceLocation)
        }
    }
}
