import Cycle
import Exposition
import Remediation
import Testing

@testable import API

@Suite("The agent's metrics")
struct MetricTests {
    @Test("have names that pass the linters")
    func lint() {
        let graphs = GraphMetric.allCases.map { metric in
            MetricFamily(
                metric.rawValue,
                help: metric.help,
                kind: metric == .info ? .info : .gauge,
                unit: metric.unit,
                labelNames: metric.labelNames
            )
        }
        let agent = MetricCatalog.all.map { definition in
            MetricFamily(
                definition.name,
                help: definition.help,
                kind: definition.kind,
                unit: definition.unit,
                labelNames: definition.labels
            )
        }
        #expect(Set((graphs + agent).map(\.name)).count == graphs.count + agent.count)
        for family in graphs + agent {
            #expect(family.unit.map { family.name.contains($0) } ?? true, "\(family.name)")
            #expect(!family.help.isEmpty && family.help.hasSuffix("."), "\(family.name)")
            #expect(family.name.hasSuffix("_total") == (family.kind == .counter), "\(family.name)")
        }
    }

    @Test("start at zero if the label values are known")
    func initialised() throws {
        let families = MetricRegistry().families()
        let restarts = try #require(families.first { $0.name == "graphwarden_remediations_total" })
        #expect(restarts.samples == [MetricSample(["restart"], 0)])
    }

    @Test("count a value equal to a bound in its bucket")
    func buckets() throws {
        let registry = MetricRegistry()
        registry.observe(MetricCatalog.ruleDuration, seconds: 0.005)
        registry.observe(MetricCatalog.ruleDuration, seconds: 99)
        let name = MetricCatalog.ruleDuration.name
        let family = try #require(registry.families().first { $0.name == name })
        guard case .histogram(let histogram)? = family.samples.first?.value else {
            Issue.record("no histogram")
            return
        }
        #expect(histogram.buckets.first?.cumulativeCount == 1)
        #expect(histogram.count == 2)
        #expect(histogram.sum == 99.005)
    }

    @Test("count the audit entries that were lost while the disk refused them")
    func lostAuditEntries() throws {
        var status = Status.starting
        let orders = (0...10_000).map { number in
            Report.order(Order(id: "o\(number)", .resume(.fleet), by: "kim", reason: "on call"))
        }
        _ = status.machine.step(requests: [], reports: orders, view: status.view, at: status.at)
        let registry = MetricRegistry()
        CycleMeter(metrics: registry).measure(status)
        let name = MetricCatalog.auditEntriesDropped.name
        let family = try #require(registry.families().first { $0.name == name })
        #expect(family.samples == [MetricSample([], 5000)])
    }

    @Test("have no more label sets than their limit")
    func bounded() throws {
        let registry = MetricRegistry()
        for index in 0..<5_000 { registry.add(to: MetricCatalog.tokenFailures, "\(index)") }
        let name = MetricCatalog.tokenFailures.name
        let family = try #require(registry.families().first { $0.name == name })
        #expect(family.samples.count == 2_000)
    }
}
