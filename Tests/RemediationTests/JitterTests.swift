import Testing
import Time

@testable import Remediation

@Suite struct JitterTests {
    @Test("a cool-down is up to a tenth longer, differently for each graph and attempt")
    func jitter() {
        var policy = Policy()
        policy.maxCooldown = policy.cooldown
        let shares = (0..<200).map { number in
            var record = GraphRecord(id: GraphID("graph-\(number % 100)"))
            record.attemptCount = 1 + number / 100
            let end = record.coolDownEnd(policy, from: Incident.start)
            return (end - Incident.start) / policy.cooldown
        }
        #expect(shares.allSatisfy { (1..<1.1).contains($0) })
        #expect(Set(shares).count > 150)
        #expect(shares.reduce(0, +) / 200 > 1.03 && shares.reduce(0, +) / 200 < 1.07)
    }
}
