import Remediation
import Testing

@Suite struct SimulationTests {
    #if DEBUG
    static let seeds: UInt64 = 150
    #else
    static let seeds: UInt64 = 10_000
    #endif

    @Test("whatever the cloud does, the safety properties hold", arguments: 0..<10 as Range<UInt64>)
    func promises(share: UInt64) {
        var sent = 0
        for seed in stride(from: share, to: Self.seeds, by: 10) {
            var simulation = Simulation(seed: seed)
            simulation.run(steps: 90)
            let broken = simulation.violations + SafetyProperties.violations(simulation)
            #expect(broken.isEmpty, "seed \(seed)")
            sent += simulation.cloud.posted.count
        }
        #expect(sent > 10, "the simulation must cause restarts")
    }
}
