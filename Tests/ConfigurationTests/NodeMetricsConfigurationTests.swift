import Cycle
import Rules
import StrictYAML
import Testing
import Time

@testable import Configuration

@Suite("The section sampling.node_metrics")
struct NodeMetricsConfigurationTests {
    private func read(_ sampling: String) -> YAMLReading<Configuration> {
        let text = """
            cloud:
              region: cn-north-4
              project_id: 0123456789abcdef0123456789abcdef
              credentials:
                token: {file: hostname}
            sampling: {\(sampling)}

            """
        return ConfigurationReader.read(text, file: "/etc/graphwarden.yml")
    }

    @Test("enables the source, with defaults")
    func defaults() throws {
        #expect(try #require(read("interval: 30s").value).sampling.nodeMetrics == nil)
        let standard = try #require(read("node_metrics: {}").value).sampling.nodeMetrics
        #expect(standard == NodeMetricsConfiguration())
        let text = "node_metrics: {interval: 5m, timeout: 3s, concurrency: 64}"
        let configuration = try #require(read(text).value?.sampling.nodeMetrics)
        #expect(configuration.interval == .seconds(300) && configuration.timeout == .seconds(3))
        #expect(configuration.concurrency == 64)
        let short = try #require(read("node_metrics: {interval: 2s}").value?.sampling.nodeMetrics)
        #expect(short.timeout == .seconds(2), "a default never contradicts a key")
    }

    @Test(
        "refuses what cannot be, and says where",
        arguments: [
            "interval: 500ms", "interval: 6m", "timeout: 0s", "timeout: 2m", "concurrency: 0",
            "concurrency: 65", "concurrency: many", "intervall: 1m", "tier: full",
            "{interval: 5s, timeout: 6s}",
        ]
    )
    func wrong(text: String) {
        let reading = read("node_metrics: \(text.hasPrefix("{") ? text : "{\(text)}")")
        #expect(reading.value == nil)
        #expect(reading.issues.contains { $0.severity == .error && $0.mark.line == 6 })
    }

    @Test("is passed on to the cycle, which keeps samples for long enough")
    func settings() throws {
        func loaded(_ sampling: String) throws -> LoadedConfiguration {
            LoadedConfiguration(
                configuration: try #require(read(sampling).value),
                ruleFiles: [],
                lookback: .seconds(300),
                warnings: []
            )
        }
        let (off, on) = (try loaded("interval: 1s"), try loaded("interval: 1s, node_metrics: {}"))
        #expect(!off.cycleSettings.readsNodeMetrics && on.cycleSettings.readsNodeMetrics)
        #expect(!on.cycleSettings.readsCloudEye)
        #expect(off.retention < .seconds(900) && on.retention >= .seconds(900))
    }

    @Test("has metrics whose delay rules are warned of")
    func lint() {
        let text = """
            groups:
              - name: nodes
                rules:
                  - alert: NodeBusy
                    expr: avg_over_time(ges_graph_node_cpu_used_ratio[5m]) > 0.9
                    for: 10m
                    labels: {remediate: restart, hang: unresponsive}
            """
        let reading = RuleFile.read(text, file: "rules.yml", vocabulary: GraphMetric.vocabulary)
        let warnings = reading.issues.map(\.message)
        #expect(
            warnings.contains { $0.contains("rests on samples that are up to ten minutes old") }
        )
        #expect(warnings.contains { $0.contains("[5m] may be empty") })
        let size = text.replacing("ges_graph_node_cpu_used_ratio", with: "ges_graph_vertices")
        let own = RuleFile.read(size, file: "rules.yml", vocabulary: GraphMetric.vocabulary)
        #expect(!own.issues.contains { $0.message.contains("minutes old") })
    }
}
