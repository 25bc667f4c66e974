import Testing

@testable import Configuration

@Suite("The hash of a policy")
struct PolicyFingerprintTests {
    private func hash(_ configuration: String, _ rules: [String] = []) -> String {
        PolicyFingerprint.hash(configuration: configuration, rules: rules)
    }

    private let base = """
        cloud:
          region: a
        graphs:
          - match: {name: x}
            mode: auto
        remediation:
          cooldown: 1h
        ledger: {name: a, etcd: {endpoints: ["http://localhost:2379"]}}

        """

    @Test("is the same for another cloud, name, comment and blank line")
    func same() {
        let other = base.replacing("region: a", with: "region: b")
            .replacing("name: a,", with: "name: b,")
            .replacing("    mode: auto", with: "    # a comment\n\n    mode: auto  ")
        #expect(hash(other) == hash(base))
    }

    @Test("differs with the policy and the rules, not with their order")
    func different() {
        #expect(hash(base.replacing("1h", with: "2h")) != hash(base))
        #expect(hash(base.replacing("auto", with: "shadow")) != hash(base))
        #expect(hash(base, ["groups: []"]) != hash(base))
        #expect(hash(base, ["a: 1", "b: 2"]) == hash(base, ["b: 2", "a: 1"]))
    }

    @Test("counts a document in flow style as a whole")
    func flow() {
        #expect(hash("{graphs: [{match: {name: x}}]}") != hash("{graphs: [{match: {name: y}}]}"))
    }
}
