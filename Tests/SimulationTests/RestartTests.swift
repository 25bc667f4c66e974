import Cycle
import GES
import GESSimulator
import Remediation
import Rehearsal
import Testing

@Suite("A hung graph")
struct RestartTests {
    @Test("is restarted once, and the recovery is verified", arguments: HangKind.allCases)
    func restartedOnce(hang: HangKind) throws {
        try Simulation.run { world in
            try await world.passStartupGrace()
            world.hang(1, hang)
            // Imports may take four hours.
            let isVerified = try await world.pass(atMost: .seconds(6 * 3600), every: .seconds(10)) {
                world.isVerified(1)
            }
            #expect(isVerified, "\(world.account(of: 1))")
            try await world.pass(.seconds(3600))
            #expect(world.restarts == [world.id(1): 1])
            #expect(world.attempts(1) == [.verified])
            #expect(world.metric("graphwarden_remediations_total", "restart") == 1)
            let graph = world.id(1).rawValue
            #expect(world.sample(.statusCode, [graph]) == 200)
            #expect(world.sample(.graphUp, [graph]) == 1)
        }
    }

    @Test("is also restarted if its polls take longer than the interval")
    func longTimeout() throws {
        let settings = SimulationSettings { settings in
            settings.interval = .seconds(10)
            settings.timeout = .seconds(30)
        }
        try Simulation.run(settings) { world in
            try await world.passStartupGrace()
            world.hang(1, .unresponsive)
            try await world.expectRestart(of: 1)
        }
    }

    @Test("is also restarted with version 1 of the API")
    func firstVersion() throws {
        try Simulation.run(SimulationSettings { $0.apiVersion = .v1 }) { world in
            try await world.passStartupGrace()
            world.hang(1)
            let isVerified = try await world.pass(atMost: .seconds(3600), every: .seconds(10)) {
                world.isVerified(1)
            }
            #expect(isVerified, "\(world.account(of: 1))")
            #expect(world.restarts == [world.id(1): 1])
        }
    }
}
