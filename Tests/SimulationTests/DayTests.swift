import SimulatedAgent
import Testing
import VirtualTime

@Suite("The whole agent in virtual time")
struct DayTests {
    @Test("leaves a healthy fleet alone for a day")
    func healthy() throws {
        let (restarts, polls) = try Simulation.run(SimulationSettings { $0.graphs = 5 }) { world in
            try await world.pass(.seconds(86_400))
            return (world.restarts, world.polls)
        }
        #expect(restarts.isEmpty)
        #expect(polls == 2880 || polls == 2881)
    }

    @Test("restarts a graph that hangs, once, and verifies it")
    func hang() throws {
        try Simulation.run { world in
            try await world.pass(.seconds(3600))
            world.hang(1)
            let isVerified = try await world.pass(atMost: .seconds(3600)) { world.isVerified(1) }
            #expect(isVerified)
            try await world.pass(.seconds(7200))
            #expect(world.restarts == [world.id(1): 1])
        }
    }

    @Test("gives the same trace for the same seed")
    func determinism() throws {
        func trace() throws -> UInt64 {
            try Simulation.run(SimulationSettings { $0.seed = 7 }) { world in
                try await world.pass(.seconds(1800))
                world.hang(2)
                try await world.pass(.seconds(5400))
                return world.time.trace.hash
            }
        }
        #expect(try trace() == trace())
    }
}
