import Foundation
import GESSimulator
import JSON
import SQLite
import TestSupport
import Testing

/// An agent that is killed between an order and its answer.
@Suite("An order whose agent is killed", .serialized)
struct OrderCrashTests {
    private static let setup: AgentSetup = {
        var setup = AgentSetup()
        setup.acceptsOrders = true
        return setup
    }()

    private static let fleetPause =
        #"{"id":"p1","by":"bob@host","reason":"on call","scope":"fleet","for":"1h"}"#

    /// Sends the order and kills the agent after some requests of its own; nil if it did not
    /// answer before.
    private func giveAndKill(
        _ agent: RunningAgent,
        _ verb: String,
        _ body: String,
        after delay: Duration
    ) async throws -> JSONValue? {
        async let answer = try? agent.process.order(verb, body)
        try await Task.sleep(for: delay)
        try await agent.process.kill()
        return await answer.flatMap { $0.status == 200 ? $0.body : nil }
    }

    private func lines(_ folder: URL, _ sql: String) throws -> Int {
        let database = try DatabaseQueue(path: folder.path + "/data/ledger.db")
        return try database.read { try $0.fetchValue(Int.self, sql: sql) } ?? -1
    }

    @Test("is carried out once when it is given again, wherever the agent was killed")
    func anyMoment() async throws {
        var answered = 0
        for step in 0..<12 {
            let wasAnswered = try await SuccessiveAgents.with(Self.setup) { agents in
                let first = try await agents.start()
                let answer = try await giveAndKill(
                    first,
                    "pause",
                    Self.fleetPause,
                    after: .milliseconds(Int64(step) * 25)
                )
                let second = try await agents.start()
                let again = try await second.process.order("pause", Self.fleetPause)
                #expect(again.status == 200, "\(again.body)")
                if let answer { #expect(again.body == answer) }
                let pauses = try await second.process.json("/api/v1/pauses")["data"]?["pauses"]
                #expect(pauses?.arrayValue?.count == 1)
                try await second.process.kill()
                let orders = "SELECT count(*) FROM audit WHERE kind = 'order'"
                #expect(try lines(agents.folder, orders) == 1)
                #expect(try lines(agents.folder, "SELECT count(*) FROM order_answer") == 1)
                return answer != nil
            }
            answered += wasAnswered ? 1 : 0
        }
        #expect((1..<12).contains(answered), "\(answered) of 12 were answered before the kill")
    }

    @Test("restarts the graph at most once when it is given again")
    func restart() async throws {
        for delay in [0, 150, 400] as [Int64] {
            try await SuccessiveAgents.with(Self.setup) { agents in
                let first = try await agents.start()
                let graph = try first.graphID(1)
                let body = """
                    {"id":"r1","by":"bob@host","reason":"on call","graph_id":"\(graph)",\
                    "overrides":["diagnosis","startup_grace","state_change_grace","job_list"]}
                    """
                let answer = try await giveAndKill(
                    first,
                    "restart",
                    body,
                    after: .milliseconds(delay)
                )
                let sent = first.restarts[graph] ?? 0
                let second = try await agents.start()
                let again = try await second.process.order("restart", body)
                if let answer {
                    #expect(again.body == answer)
                } else {
                    #expect([200, 409].contains(again.status), "\(again.body)")
                }
                try await second.process.waitForPolls(20)
                #expect(second.restarts[graph] ?? 0 <= 1)
                #expect(second.restarts[graph] ?? 0 >= sent)
            }
        }
    }

    @Test("leaves a pause that holds in the next agent from its first step on")
    func holds() async throws {
        try await SuccessiveAgents.with(Self.setup) { agents in
            let first = try await agents.start()
            #expect(try await first.process.order("pause", Self.fleetPause).status == 200)
            try await first.process.kill()
            let second = try await agents.start()
            let victim = try second.hangGraph(1, .unresponsive)
            try await eventually("the restart is held") {
                try await second.why(victim)["reasons"]?[0]?["reason"] == "paused"
            }
            try await second.expectNoFurtherRestart(inPolls: 20)
            #expect(second.restarts.isEmpty)
        }
    }
}
