import Cycle
import PromQL
import Remediation
import Rules
import StrictYAML
import Testing

@testable import Configuration

private func graph(_ name: String, tags: [String: String] = [:]) -> GraphCoverage.Subject {
    GraphCoverage.Subject(
        ListedGraph(
            id: "id-\(name)",
            name: name,
            status: ListedGraph.Status(code: "200", phase: .running, description: "200"),
            tags: tags
        )
    )
}

private func coverage(
    _ entries: String,
    rules: [(name: String, expression: String)] = [("GraphHung", "ges_graph_up == 0")],
    more: String = "",
    of subjects: [GraphCoverage.Subject]
) throws -> GraphCoverage {
    let text = """
        cloud: {region: r, project_id: p, credentials: {metadata: {}}}
        graphs: [\(entries)]
        \(more)
        """
    let configuration = try #require(
        ConfigurationReader.read(text, file: "g.yml", missingSecret: .error).value
    )
    let alerts = rules.map { rule in
        rule.name.contains(":")
            ? "{record: '\(rule.name)', expr: '\(rule.expression)'}"
            : "{alert: \(rule.name), expr: '\(rule.expression)', labels: {remediate: restart}}"
    }
    let file = "groups: [{name: g, rules: [\(alerts.joined(separator: ", "))]}]"
    let loaded = LoadedConfiguration(
        configuration: configuration,
        ruleFiles: [try #require(RuleFile.read(file, file: "r.yml", options: .init()).file)],
        lookback: .seconds(300),
        warnings: []
    )
    return GraphCoverage(loaded, subjects)
}

@Suite("The coverage of graphs by a configuration")
struct GraphCoverageTests {
    private static let auto = #"{match: {name: "prod-.*"}, mode: auto}"#

    @Test("names the first entry that matches, its mode and the rules")
    func rows() throws {
        let entries = Self.auto + ", {match: {tags: {env: test}}, mode: shadow}"
        let rows = try coverage(
            entries,
            of: [graph("prod-a"), graph("b", tags: ["env": "test"]), graph("c")]
        ).rows
        #expect(rows.map(\.entry) == [0, 1, nil])
        #expect(rows.map(\.mode) == [.auto, .shadow, nil])
        #expect(rows.allSatisfy { $0.rules == ["GraphHung"] })
    }

    @Test(
        "leaves out a rule that can return nothing about a graph",
        arguments: [
            (#"ges_graph_up{graph_name="prod-a"} == 0"#, ["prod-a"]),
            (#"ges_graph_up{graph_name=~"prod-[ab]"} == 0"#, ["prod-a", "prod-b"]),
            (#"ges_graph_up{graph_id!="id-prod-a"} == 0"#, ["prod-b", "prod-c"]),
            (#"avg_over_time(ges_graph_up{graph_name="prod-c"}[5m]) < 1"#, ["prod-c"]),
            (
                #"ges_graph_up == 0 and on (graph_id) ges_graph_up{graph_name="prod-a"}"#,
                ["prod-a"]
            ),
            (
                #"ges_graph_up{graph_name="prod-a"} or ges_graph_up{graph_name="prod-b"}"#,
                ["prod-a", "prod-b"]
            ),
            (
                #"ges_graph_up == 0 unless ges_graph_up{graph_name="prod-a"}"#,
                ["prod-a", "prod-b", "prod-c"]
            ),
            (
                #"ges_graph_up == 0 and on () ges_graph_up{graph_name="prod-a"}"#,
                ["prod-a", "prod-b", "prod-c"]
            ),
            (#"max by (graph_id) (ges_graph_up{graph_name="prod-b"}) == 0"#, ["prod-b"]),
            (
                #"ges_graph_up{graph_name="prod-a"} * on (x) group_right () ges_graph_up == 0"#,
                ["prod-a", "prod-b", "prod-c"]
            ),
            (
                #"ges_graph_up{graph_name="prod-a"} * on (x) group_left () ges_graph_up == 0"#,
                ["prod-a"]
            ),
            (#"recorded:up{} == 0"#, ["prod-b"]),
            // Thirty layers, each of which names the one below three times.
            (#"layer:30 == 0"#, ["prod-b"]),
            (#"loop:up == 0"#, ["prod-a", "prod-b", "prod-c"]),
        ]
    )
    func scope(expression: String, names: [String]) throws {
        let rules =
            [
                ("recorded:up", #"ges_graph_up{graph_name="prod-b"}"#), ("loop:up", "loop:up + 0"),
                ("GraphHung", expression), ("layer:0", "recorded:up"),
            ]
            + (1...30).map { layer in
                let below = "layer:\(layer - 1)"
                return ("layer:\(layer)", "\(below) + \(below) + \(below)")
            }
        let subjects = ["prod-a", "prod-b", "prod-c"].map { graph($0) }
        let rows = try coverage(Self.auto, rules: rules, of: subjects).rows
        #expect(rows.filter { $0.rules == ["GraphHung"] }.map(\.graph) == names)
    }

    @Test("warns of an entry, a rule and a graph that are in vain")
    func findings() throws {
        let entries = Self.auto + #", {match: {name: "gone-.*"}, mode: shadow}"#
        let subjects = ["prod-a", "prod-b", "prod-c", "prod-d"].map { graph($0) }
        #expect(
            try coverage(entries, of: subjects).findings
                == ["graphs[1]: is the first match of none of these graphs"]
        )
        let narrow = #"ges_graph_up{graph_name="other"} == 0"#
        let found = try coverage(Self.auto, rules: [("GraphHung", narrow)], of: subjects).findings
        #expect(found.count == 5)
        #expect(found.first?.hasPrefix("rule GraphHung: asks for restarts, and none") == true)
        #expect(
            found.contains("graph prod-b: its mode is auto, and no rule can ask for its restart")
        )
    }

    @Test("warns of a breaker that a fleet is too small for, and of one graph without a canary")
    func smallFleet() throws {
        let three = ["prod-a", "prod-b", "prod-c"].map { graph($0) }
        #expect(try coverage(Self.auto, of: three).findings == [])
        let two = try coverage(Self.auto, of: Array(three.prefix(2))).findings
        #expect(two.count == 1)
        #expect(two.first?.hasPrefix("breaker: soft needs 3 sick graphs") == true)
        let one = try coverage(Self.auto, of: Array(three.prefix(1))).findings
        #expect(one.count == 2)
        #expect(one.last?.hasPrefix("diagnosis.canaries: the policy covers 1 graph") == true)
        let canary = "diagnosis: {canaries: [{network: 10.0.0.0/8, address: '10.0.0.1:443'}]}"
        #expect(
            try coverage(Self.auto, more: canary, of: Array(three.prefix(1))).findings.count == 1
        )
        let shadow = try coverage(#"{match: {name: ".*"}}"#, of: Array(three.prefix(1))).findings
        #expect(shadow.allSatisfy { !$0.hasPrefix("breaker") && !$0.hasPrefix("diagnosis") })
    }
}

@Suite("The timing that check config prints")
struct TimingProofTests {
    private static func lines(_ credentials: String, _ more: String = "") throws -> [String] {
        let text = """
            cloud: {region: r, project_id: p, credentials: {\(credentials)}}
            graphs: [{match: {name: ".*"}, mode: auto\(more)}]
            """
        // Secret files are not there.
        let reading = ConfigurationReader.read(text, file: "g.yml", missingSecret: .warning)
        return TimingProof.lines(try #require(reading.value))
    }

    @Test("tells a signed request, which is refused when it is late, from one with a token")
    func tokens() throws {
        let signed = try Self.lines("metadata: {}")
        #expect(signed.count == 3)
        #expect(signed[0].contains("within 26m or never"))
        #expect(signed[1].contains("cooldown 1h is longer"))
        let token = try Self.lines("token: {file: token}")
        #expect(token[0].contains("not refused for being late"))
    }

    @Test("says where the cool-down is too short")
    func shortCooldown() throws {
        let lines = try Self.lines("metadata: {}", ", cooldown: 10m")
        #expect(lines[1].contains("cooldown 10m is shorter: a late restart can meet"))
    }

    @Test("says nothing where nothing is ever restarted")
    func shadow() throws {
        #expect(try Self.lines("metadata: {}", "").count == 3)
        let text = "cloud: {region: r, project_id: p, credentials: {metadata: {}}}"
        let reading = ConfigurationReader.read(text, file: "g.yml", missingSecret: .warning)
        #expect(TimingProof.lines(try #require(reading.value)).isEmpty)
    }
}
