import Remediation
import Rehearsal
import TestSupport
import Testing

/// Rules that look back for long, and agents that are restarted and killed meanwhile: what they
/// remember must not let them restart more than agents that remember nothing.
@Suite("Samples that survive a restart of the agent")
struct KeptSampleTests {
    private static let rules = """
        groups:
          - name: windows
            rules:
              - alert: GraphUnresponsive
                expr: |
                  avg_over_time(ges_graph_probe_success[10m]) < 0.1
                  and on (graph_id) ges_graph_status_code == 200
                for: 3m
                labels: {remediate: restart, hang: unresponsive}
              - alert: GraphSilentForHours
                expr: sum_over_time((ges_graph_probe_success == bool 0)[3h:1m]) > 20
                labels: {remediate: restart, hang: unresponsive}
              - alert: GraphUnknown
                expr: absent_over_time(ges_graph_probe_success[1h])
                labels: {remediate: restart, graph_id: "none"}

        """

    private struct Outcome {
        var restarts: [GraphID: Int] = [:]
        var victim: GraphID
        var isVerified = false
    }

    /// Hours in which one graph hangs, and the agent ends again and again.
    private func run(seed: Int, keepsSamples: Bool) throws -> Outcome {
        var settings = SimulationSettings()
        settings.seed = UInt64(seed)
        settings.rules = Self.rules
        settings.keepsSamples = keepsSamples
        settings.readsValues = true
        return try Simulation.run(settings) { world in
            var generator = SeededRandom(seed: seed)
            var outcome = Outcome(victim: world.id(1))
            for round in 0..<6 {
                try await world.pass(generator.seconds(900...2700))
                if round == 3 { world.hang(1) }
                if generator.chance(0.5) {
                    await world.killAgent()
                } else {
                    await world.stopAgent()
                }
                try await world.pass(generator.seconds(1...900))
                world.startAgent()
            }
            outcome.isVerified = try await world.pass(
                atMost: .seconds(6 * 3600),
                every: .seconds(10)
            ) {
                world.isVerified(1)
            }
            // What is remembered of the hang must not lead to another restart.
            try await world.pass(.seconds(4 * 3600))
            outcome.restarts = world.restarts
            return outcome
        }
    }

    @Test(
        "leads to no other restarts than a start without them",
        arguments: [(1, false), (1, true), (2, true), (3, true)]
    )
    func restarts(seed: Int, keepsSamples: Bool) throws {
        let outcome = try run(seed: seed, keepsSamples: keepsSamples)
        #expect(outcome.restarts == [outcome.victim: 1])
        #expect(outcome.isVerified)
    }
}
