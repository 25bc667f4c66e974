import Cycle
import GESSimulator
import Remediation
import Rehearsal
import Testing
import Time
import VirtualTime

@Suite("Agents that share a ledger")
struct SharedLedgerTests {
    private static func settings(_ agents: Int, seed: UInt64 = 1) -> SimulationSettings {
        SimulationSettings { settings in
            settings.agents = agents
            settings.sharesLedger = true
            settings.seed = seed
            settings.readsValues = true
        }
    }

    @Test("restart a hung graph once, also after the leader is killed", arguments: [2, 3])
    func failover(agents: Int) throws {
        try Simulation.run(Self.settings(agents)) { world in
            try await world.passStartupGrace()
            let leader = try #require(world.leaders.first)
            world.hang(1)
            let isVerified = try await world.pass(atMost: .seconds(3600), every: .seconds(10)) {
                world.isVerified(1, byAgent: leader)
            }
            #expect(isVerified, "\(world.account(of: 1))")
            await world.killAgent(leader)
            world.hang(2)
            let isHealed = try await world.pass(atMost: .seconds(3600), every: .seconds(10)) {
                world.restarts[world.id(2)] != nil
            }
            #expect(isHealed, "\(world.account(of: 2))")
            world.startAgent(leader)
            try await world.pass(.seconds(3600))
            #expect(world.restarts == [world.id(1): 1, world.id(2): 1])
        }
    }

    @Test("send nothing when a frozen leader wakes after 20 minutes")
    func frozenLeader() throws {
        for delay in stride(from: 100, through: 400, by: 50) {
            try Simulation.run(Self.settings(2)) { world in
                try await world.passStartupGrace()
                let leader = try #require(world.leaders.first)
                world.hang(1)
                // Somewhere between the first sign and the end of the restart.
                try await world.pass(.seconds(delay))
                world.suspendAgent(leader, for: .seconds(20 * 60))
                try await world.pass(.seconds(3 * 3600))
                #expect(world.restarts == [world.id(1): 1], "frozen after \(delay) s")
            }
        }
    }

    @Test("leave a graph alone that another agent sees alive")
    func disagreement() throws {
        try Simulation.run(Self.settings(2)) { world in
            try await world.passStartupGrace()
            let leader = try #require(world.leaders.first)
            // The leader alone believes that the graph hangs.
            world.silence([1], forAgent: leader)
            let objects = try await world.pass(atMost: .seconds(3600), every: .seconds(10)) {
                "\(world.status(ofAgent: leader).machine.decisions[world.id(1)] ?? .idle)"
                    .contains("sees it alive")
            }
            #expect(objects, "\(world.account(of: 1))")
            try await world.pass(.seconds(3600))
            #expect(world.restarts.isEmpty)
            world.silence([1], forAgent: 1 - leader)
            let isRestarted = try await world.pass(atMost: .seconds(3600), every: .seconds(10)) {
                world.restarts == [world.id(1): 1]
            }
            #expect(isRestarted, "\(world.account(of: 1))")
        }
    }

    @Test(
        "keep every promise whatever happens to agents and etcd",
        arguments: 1...3,
        [false, true]
    )
    func chaos(seed: UInt64, dividesWatch: Bool) throws {
        let report = try SharedLedgerChaos.run(
            seed: seed,
            agents: 3,
            rounds: 6,
            dividesWatch: dividesWatch
        )
        #expect(report.faults.isEmpty, "\(report.faults.joined(separator: "\n"))\n\(report.trace)")
        #expect(report.restarts > 0)
    }
}
