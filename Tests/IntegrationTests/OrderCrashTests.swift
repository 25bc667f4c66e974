import Foundation
import GESSimulator
import JSON
import SQLite
import TestSupport
import Testing

/// When an agent with an order is killed.
enum OrderCrashPoint: CaseIterable, Sendable {
    /// Wherever it was by then.
    case atOnce
    /// The order was carried out and could not be written.
    case beforeTheWrite
    /// The answer may or may not have been sent.
    case onDisk
    case answered
}

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

    private func ledger(_ folder: URL) throws -> DatabaseQueue {
        try DatabaseQueue(
            path: folder.path + "/data/ledger.db",
            busyTimeoutMilliseconds: 5_000,
            mayCreate: false
        )
    }

    private func count(_ folder: URL, _ sql: String) throws -> Int {
        try ledger(folder).read { try $0.fetchValue(Int.self, sql: sql) } ?? -1
    }

    /// Gives the order and kills the agent at the point. Returns the answer if there was one.
    private func giveAndKill(
        _ agent: RunningAgent,
        _ verb: String,
        _ body: String,
        at point: OrderCrashPoint
    ) async throws -> JSONValue? {
        let database = try ledger(agent.folder)
        if point == .beforeTheWrite {
            try database.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
        }
        async let answer = try? agent.process.order(verb, body)
        switch point {
        case .atOnce: break
        case .beforeTheWrite:
            try await eventually("the order is carried out", every: .milliseconds(10)) {
                agent.log.contains("ordered: \(verb)")
            }
        case .onDisk:
            try await eventually("the order is on disk", every: .milliseconds(1)) {
                try count(agent.folder, "SELECT count(*) FROM order_answer") == 1
            }
        case .answered: _ = await answer
        }
        try await agent.process.kill()
        if point == .beforeTheWrite {
            try database.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
        }
        return await answer.flatMap { $0.status == 200 ? $0.body : nil }
    }

    @Test("is carried out once when it is given again", arguments: OrderCrashPoint.allCases)
    func pause(point: OrderCrashPoint) async throws {
        try await SuccessiveAgents.with(Self.setup) { agents in
            let first = try await agents.start()
            let answer = try await giveAndKill(first, "pause", Self.fleetPause, at: point)
            #expect(answer != nil || point != .answered)
            #expect(answer == nil || point != .beforeTheWrite)
            let second = try await agents.start()
            if point == .answered || point == .onDisk {
                #expect(try await second.pauseCount() == 1)
            } else if point == .beforeTheWrite {
                #expect(try await second.pauseCount() == 0)
            }
            let again = try await second.process.order("pause", Self.fleetPause)
            #expect(again.status == 200, "\(again.body)")
            if let answer { #expect(again.body == answer) }
            #expect(try await second.pauseCount() == 1)
            try await second.process.kill()
            let orders = "SELECT count(*) FROM audit WHERE kind = 'order'"
            #expect(try count(agents.folder, orders) == 1)
            #expect(try count(agents.folder, "SELECT count(*) FROM order_answer") == 1)
        }
    }

    @Test("restarts the graph at most once", arguments: OrderCrashPoint.allCases)
    func restart(point: OrderCrashPoint) async throws {
        try await SuccessiveAgents.with(Self.setup) { agents in
            let first = try await agents.start()
            let graph = try first.graphID(1)
            let body = """
                {"id":"r1","by":"bob@host","reason":"on call","graph_id":"\(graph)",\
                "overrides":["diagnosis","startup_grace","state_change_grace","job_list"]}
                """
            let answer = try await giveAndKill(first, "restart", body, at: point)
            let sent = first.restarts[graph] ?? 0
            let second = try await agents.start()
            let again = try await second.process.order("restart", body)
            if point == .atOnce {
                #expect([200, 409].contains(again.status), "\(again.body)")
            } else {
                #expect(again.status == 200, "\(again.body)")
            }
            if let answer { #expect(again.body == answer) }
            try await second.process.waitForPolls(20)
            let total = second.restarts[graph] ?? 0
            #expect((sent...1).contains(total), "\(sent) before, \(total) after the kill")
        }
    }

    @Test("may be restarted while its outcome is not known only by typing its name")
    func unknownOutcome() async throws {
        try await SuccessiveAgents.with(Self.setup) { agents in
            let first = try await agents.start()
            first.schedule(ScheduledFault(.hang, on: FaultMatch(operation: .restartGraph)))
            let victim = try first.hangGraph(1, .unresponsive)
            try await first.waitForRestart(of: victim)
            try await first.process.kill()
            first.cloud.withCloud { cloud, _ in cloud.faults.cancelAll() }
            let second = try await agents.start()
            try await second.waitForState("unknown_outcome", of: victim)
            let name = try #require(try await second.why(victim)["name"]?.stringValue)
            func order(_ id: String, _ members: String) async throws -> (Int, JSONValue) {
                try await second.process.order(
                    "restart",
                    """
                    {"id":"\(id)","by":"bob@host","reason":"on call","graph_id":"\(victim)",\
                    "overrides":["diagnosis","startup_grace","state_change_grace","job_list"]\
                    \(members)}
                    """
                )
            }
            let (held, reasons) = try await order("o1", "")
            #expect(held == 409)
            #expect(reasons["data"]?["reasons"]?[0]?["override"] == "unknown_outcome")
            let force = #","force_risk_double_restart":true,"graph_name":"#
            #expect(try await order("o2", force + "\"not \(name)\"").0 == 409)
            #expect(second.restarts[victim] == 1)
            let (status, answer) = try await order("o3", force + "\"\(name)\"")
            #expect(status == 200, "\(answer)")
            try await second.waitUntilVerified(victim)
            #expect(second.restarts[victim] == 2)
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

extension RunningAgent {
    fileprivate func pauseCount() async throws -> Int? {
        try await process.json("/api/v1/pauses")["data"]?["pauses"]?.arrayValue?.count
    }
}
