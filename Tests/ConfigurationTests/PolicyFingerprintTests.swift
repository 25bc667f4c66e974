import Foundation
import Testing

@testable import Configuration

@Suite("The hash of a policy")
struct PolicyFingerprintTests {
    private static let base = """
        cloud:
          region: a
          project_id: b
          credentials: {metadata: {}}
        graphs:
          - match: {name: x, tags: {team: a, tier: b, zone: c}}
            mode: auto
        remediation:
          cooldown: 1h
        rule_files: [rules.yml]
        ledger: {name: a, etcd: {endpoints: ["http://localhost:2379"]}}

        """
    private static let rules = "groups: [{name: g, rules: [{record: a, expr: b}]}]\n"

    private func hash(_ configuration: String, rules: String = Self.rules) throws -> String {
        try load(configuration, rules: rules).policyHash
    }

    private func load(
        _ configuration: String,
        rules: String = Self.rules
    ) throws -> LoadedConfiguration {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "graphwarden-policy-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data(rules.utf8).write(to: folder.appending(path: "rules.yml"))
        let file = folder.appending(path: "graphwarden.yml")
        try Data(configuration.utf8).write(to: file)
        return try LoadedConfiguration.load(file.path)
    }

    @Test(
        "is the same for another cloud, name and way to write it",
        arguments: [
            ("region: a", "region: b"), ("name: a,", "name: b,"),
            ("    mode: auto", "    # a comment\n\n    mode: auto  "),
            ("cooldown: 1h", "cooldown: 60m"), ("graphs:", "\"graphs\":"),
            (
                "{name: x, tags: {team: a, tier: b, zone: c}}",
                "{tags: {zone: c, tier: b, team: a}, name: x}"
            ),
            ("graphs:\n  - match", "sampling: {interval: 30s}\ngraphs:\n  - match"),
        ]
    )
    func same(text: String, other: String) throws {
        let changed = Self.base.replacing(text, with: other)
        #expect(changed != Self.base)
        #expect(try hash(changed) == hash(Self.base))
    }

    @Test(
        "differs with the policy",
        arguments: [
            ("1h", "2h"), ("auto", "shadow"), ("team: a", "team: b"), ("name: x", "name: y"),
            // The same values in other places.
            ("team: a, tier: b", "team: b, tier: a"),
            ("rule_files", "evaluation_interval: 10s\nrule_files"),
        ]
    )
    func different(text: String, other: String) throws {
        #expect(try hash(Self.base.replacing(text, with: other)) != hash(Self.base))
    }

    @Test("differs with the alerts that a webhook may deliver")
    func webhook() throws {
        // Mode auto would need the file of a token.
        let shadow = Self.base.replacing("auto", with: "shadow")
        func delivering(_ alert: String) -> String {
            shadow.replacing("rule_files", with: "webhook: {alerts: [\(alert)]}\nrule_files")
        }
        let hashes = [shadow, delivering("A"), delivering("B")]
        #expect(try Set(hashes.map { try hash($0) }).count == 3)
    }

    @Test("is made of every property and of nothing that differs from process to process")
    func text() throws {
        struct Sample {
            var number = 1
            var set: Set = ["b", "a", "c"]
            var limits = ["x": 1, "y": 2]
            var missing: Int?
            var choice = Choice.some(2)
        }
        enum Choice { case none, some(Int) }
        let expected =
            #"(number:"1",set:["a","b","c"],limits:[(key:"x",value:"1"),(key:"y",value:"2")],"#
            + #"missing:?,choice:(some:"2"))"#
        #expect(PolicyFingerprint.text(of: Sample()) == expected)
        // An address differs with every start of a process.
        let configuration = try load(Self.base).configuration
        let policy = PolicyFingerprint.text(of: configuration.graphs)
        #expect(policy.contains("cooldown"))
        #expect(!policy.contains(/\$[0-9a-f]{6}|0x[0-9a-f]{6}/))
    }

    @Test("is that of the aliased value, wherever its anchor stands")
    func aliases() throws {
        let long = Self.base.replacing("cooldown: 1h", with: "cooldown: &c 2h")
            .replacing("region: a", with: "region: a # 1h")
        #expect(try hash(long) != hash(Self.base))
        func aliased(_ cooldown: String) -> String {
            Self.base.replacing("graphs:", with: "evaluation_interval: &c \(cooldown)\ngraphs:")
                .replacing("cooldown: 1h", with: "cooldown: *c")
        }
        #expect(try hash(aliased("30m")) != hash(aliased("45m")))
    }

    @Test("differs with the rules, not with their comments")
    func rules() throws {
        let other = Self.rules.replacing("expr: b", with: "expr: c")
        #expect(try hash(Self.base, rules: other) != hash(Self.base))
        #expect(try hash(Self.base, rules: "# note\n\n" + Self.rules) == hash(Self.base))
    }

    @Test("is made only for an agent that shares its fleet")
    func alone() throws {
        let ledger = #"ledger: {name: a, etcd: {endpoints: ["http://localhost:2379"]}}"#
        #expect(try hash(Self.base.replacing(ledger, with: "")) == "")
    }
}
