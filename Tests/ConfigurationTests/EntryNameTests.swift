import Cycle
import StrictYAML
import Testing

@testable import Configuration

/// The names of the entries of `graphs`, by which pauses cover them.
@Suite("An entry of graphs")
struct EntryNameTests {
    private func read(_ entries: String) -> (names: [String], errors: [String]) {
        let text = """
            cloud: {region: cn-north-4, project_id: a, credentials: {metadata: {}}}
            graphs:
            \(entries)
            """
        let reading = ConfigurationReader.read(text, file: "/g")
        let loaded = reading.value.map {
            LoadedConfiguration(
                configuration: $0,
                ruleFiles: [],
                lookback: .seconds(300),
                warnings: []
            )
        }
        let settings = loaded?.cycleSettings
        return (
            settings.map { settings in settings.graphs.indices.map(settings.entryName) } ?? [],
            reading.issues.filter { $0.severity == .error }.map { "\($0)" }
        )
    }

    @Test("is named by its position unless it has a name")
    func names() {
        let read = read(
            """
            - match: {name: a}
            - {name: production, match: {name: b}}
            - match: {name: c}
            """
        )
        #expect(read.names == ["#1", "production", "#3"])
        #expect(read.errors.isEmpty)
    }

    @Test("needs no name for a requirement that is lifted")
    func noRequirement() {
        let read = read("- {match: {name: a}, mode: auto, require: {decisions: 0}}")
        #expect(!read.errors.contains { $0.contains("require needs") }, "\(read.errors)")
    }

    @Test(
        "has a name of its own",
        arguments: [
            (
                "- {name: x, match: {name: a}}\n- {name: x, match: {name: b}}",
                "/g:4:3: graphs[1].name: \"x\" is the name of the entry on line 3 too"
            ),
            ("- {name: '#2', match: {name: a}}", "must not begin with #"),
            ("- {name: '', match: {name: a}}", "name"),
            ("- {name: [x], match: {name: a}}", "name"),
            ("- {nmae: x, match: {name: a}}", "did you mean \"name\""),
            (
                "- {match: {name: a}, mode: auto, require: {decisions: 10}}",
                "require needs a name"
            ),
        ]
    )
    func mistakes(entries: String, error: String) {
        let read = read(entries)
        #expect(read.errors.count == 1, "\(read.errors)")
        #expect(read.errors.first?.contains(error) == true, "\(read.errors)")
    }
}
