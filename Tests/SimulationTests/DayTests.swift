import FaultPlans
import GESSimulator
import InProcessCloud
import Remediation
import Rehearsal
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

    /// Two days of faults, compressed to four hours.
    @Test(
        "behaves the same whether it reads the cloud as values or over HTTP",
        arguments: [1, 2] as [UInt64]
    )
    func values(seed: UInt64) throws {
        let span = Duration.seconds(4 * 3600)
        let plan = FaultPlan(
            seed: seed,
            graphs: 5,
            lasting: span,
            rates: .typical.scaled(by: 12)
        )
        func trace(readsValues: Bool) throws -> [String] {
            var settings = SimulationSettings()
            settings.seed = seed
            settings.latencies = .none
            settings.readsValues = readsValues
            return try Simulation.run(settings) { world in
                world.time.trace.keep(100_000)
                await withDiscardingTaskGroup { group in
                    group.addTask { await plan.play(on: world.cloud) }
                    group.addTask { try? await world.pass(span) }
                }
                let restarts = world.restarts.sorted { $0.key.rawValue < $1.key.rawValue }
                return world.time.trace.newest(100_000) + restarts.map { "\($0.key) \($0.value)" }
            }
        }
        // Requests are numbered, and the two modes send different numbers of them.
        let requestID = /request [0-9a-f]{32}/
        let overHTTP = try trace(readsValues: false).map { $0.replacing(requestID, with: "") }
        let asValues = try trace(readsValues: true).map { $0.replacing(requestID, with: "") }
        let same = zip(overHTTP, asValues).prefix { $0 == $1 }.count
        #expect(
            overHTTP == asValues,
            """
            after \(same) lines \(overHTTP.dropFirst(same).first ?? "the end") over HTTP, \
            \(asValues.dropFirst(same).first ?? "the end") as values; the plan:
            \(plan)
            """
        )
        #expect(
            overHTTP.contains { $0.contains("Sending the restart") },
            "the plan must be severe enough"
        )
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
