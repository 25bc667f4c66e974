import Cycle
import Foundation
import GESSimulator
import Remediation
import Rules
import Rehearsal
import Testing

@Suite("An agent in operation")
struct OperationTests {
    @Test("acts by a reloaded configuration")
    func reload() throws {
        let shadow = SimulationSettings { $0.mode = .shadow }
        try Simulation.run(shadow) { world in
            try await world.passStartupGrace()
            world.hang(1)
            try await world.pass(.seconds(2 * 3600))
            #expect(world.restarts.isEmpty)
            try await world.reload(SimulationSettings { $0.mode = .auto })
            let isVerified = try await world.pass(atMost: .seconds(3 * 3600), every: .seconds(10)) {
                world.isVerified(1)
            }
            #expect(isVerified, "\(world.account(of: 1))")
            #expect(world.restarts == [world.id(1): 1])
        }
    }

    @Test("tracks a restart in progress to completion after it was started again itself")
    func startedAgain() throws {
        try whileRestarting(SimulationSettings()) { world in await world.restartAgent() }
    }

    @Test("goes on after it was stopped or killed more than once")
    func stoppedTwice() throws {
        try whileRestarting(SimulationSettings()) { world in
            await world.killAgent()
            await world.killAgent()
            await world.stopAgent()
            world.startAgent()
            world.startAgent()
        }
    }

    @Test(
        "stays away if it is killed or stopped in the instant in which it was started",
        arguments: [true, false]
    )
    func endedAtOnce(isKilled: Bool) throws {
        try Simulation.run { world in
            try await world.passStartupGrace()
            await world.stopAgent()
            for _ in 0..<2 {
                // The end is waited for no longer than it may take.
                let hasEnded = try await withThrowingTaskGroup { group in
                    group.addTask {
                        world.startAgent()
                        if isKilled { await world.killAgent() } else { await world.stopAgent() }
                        return true
                    }
                    group.addTask {
                        try await world.pass(.seconds(600))
                        return false
                    }
                    defer { group.cancelAll() }
                    return try await group.next() ?? false
                }
                try #require(hasEnded)
            }
            let polls = world.polls
            try await world.pass(.seconds(600))
            #expect(world.polls == polls)
            world.startAgent()
            world.hang(1)
            try await world.expectRestart(of: 1)
        }
    }

    @Test("finds its restart in the ledger file")
    func ledgerFile() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        let settings = SimulationSettings { $0.ledgerFolder = folder.path }
        try whileRestarting(settings) { world in await world.restartAgent() }
    }

    @Test("ends an alert that ended while it was down with the first evaluations")
    func endedAlert() throws {
        let settings = SimulationSettings { settings in
            settings.rules = """
                groups:
                - name: g
                  rules:
                  - {alert: Down, expr: "ges_graph_probe_success == 0", for: 1m}
                  - alert: DownHour
                    expr: >-
                      ges_graph_probe_success == 0
                      and count_over_time(ges_graph_probe_success[2h]) > 1
                    for: 1m
                """
        }
        try Simulation.run(settings) { world in
            func firing() -> Set<String> {
                Set(world.status.alerts.filter { $0.firedAt != nil }.map(\.ruleName))
            }
            try await world.passStartupGrace()
            world.hang(1)
            let fires = try await world.pass(atMost: .seconds(1800)) { firing().count == 2 }
            #expect(fires, "\(firing())")
            world.change(1) { cloud, id, now in cloud.heal(id, at: now) }
            await world.restartAgent()
            #expect(firing() == ["Down", "DownHour"])
            try await world.pass(.seconds(90))
            #expect(firing() == [])
            // What goes on is found again.
            world.hang(2)
            let firesAgain = try await world.pass(atMost: .seconds(1800)) { firing().count == 2 }
            #expect(firesAgain)
            await world.restartAgent()
            try await world.pass(.seconds(90))
            #expect(firing() == ["Down", "DownHour"])
        }
    }

    @Test("keeps the time of a change of status when it is started again")
    func statusChange() throws {
        try Simulation.run { world in
            try await world.passStartupGrace()
            world.change(1) { cloud, id, now in cloud.setStatus(id, "207", at: now) }
            try await world.pass(.seconds(120))
            let graph = world.id(1).rawValue
            let changed = world.sample(.statusChange, [graph])
            #expect(world.sample(.statusCode, [graph]) == 207)
            #expect(changed != nil)
            await world.restartAgent()
            try await world.pass(.seconds(120))
            #expect(world.sample(.statusChange, [graph]) == changed)
            world.change(1) { cloud, id, now in cloud.setStatus(id, "200", at: now) }
            await world.restartAgent()
            try await world.pass(.seconds(120))
            #expect(world.sample(.statusChange, [graph]) ?? 0 > changed ?? 0)
        }
    }

    /// Runs `body` as soon as a restart was sent. The graph must be verified without a second one.
    private func whileRestarting(
        _ settings: SimulationSettings,
        _ body: @escaping @Sendable (Simulation) async throws -> Void
    ) throws {
        try Simulation.run(settings) { world in
            try await world.passStartupGrace()
            world.hang(1)
            let isSent = try await world.pass(atMost: .seconds(3600)) { !world.restarts.isEmpty }
            #expect(isSent)
            try await body(world)
            let isVerified = try await world.pass(atMost: .seconds(3600), every: .seconds(10)) {
                world.isVerified(1)
            }
            #expect(isVerified, "\(world.account(of: 1))")
            try await world.pass(.seconds(3600))
            #expect(world.restarts == [world.id(1): 1])
            #expect(world.attempts(1) == [.verified])
        }
    }
}
