import Configuration
import StrictYAML
import Testing

@testable import Rehearsal

@Suite("The configuration of a rehearsed agent")
struct ScenarioConfigurationTests {
    private func load(_ configuration: String?, rules: String? = nil) throws -> LoadedConfiguration
    {
        var options = RehearsalOptions()
        options.configuration = try configuration.map { text in
            try #require(YAMLDocument.parse(text, file: "graphwarden.yml").0)
        }
        return try ScenarioConfiguration(options: options, file: "scenario.yaml")
            .load(nil, rules: rules)
    }

    private static let mode = #"graphs: [{match: {name: ".*"}, mode: auto}]"#
    private static let rule = """
        groups: [{name: g, rules: [{alert: A, expr: ges_graph_up == 0}]}]
        """

    @Test("has the rules of the user, and those of the project only without a configuration")
    func rules() throws {
        #expect(try load(nil).ruleFiles.count > 1)
        #expect(try load(Self.mode).ruleFiles.isEmpty)
        #expect(try load(Self.mode + "\nrule_files: [rules/clear.yml]").ruleFiles.count == 1)
        #expect(try load(Self.mode, rules: Self.rule).ruleFiles.count == 1)
        #expect(try load(nil, rules: Self.rule).ruleFiles.count == 1)
    }

    @Test("needs rules from somewhere, and says where it looked")
    func noRules() {
        var options = RehearsalOptions()
        options.ruleFolder = "nowhere"
        let scenario = ScenarioConfiguration(options: options, file: "scenario.yaml")
        #expect {
            try scenario.load(nil, rules: nil)
        } throws: { error in
            "\(error)".hasPrefix("no rule file matches nowhere/*.yml; run the command where")
        }
    }

    @Test("keeps what its reading warns of")
    func warnings() throws {
        #expect(try load(nil).warnings.map { "\($0)" } == [])
        let loaded = try load(Self.mode + "\nrule_files: [nowhere/*.yml]")
        #expect(loaded.warnings.contains { "\($0)".contains("matches no file") })
    }
}
