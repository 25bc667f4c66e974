import Cycle
import Exposition
import Testing
import Time

@testable import API

@Suite("How much /metrics shows")
struct MetricExposureTests {
    private static func counts(_ graphs: Int) -> [GraphMetric: Int] {
        Dictionary(uniqueKeysWithValues: GraphMetric.ofCloudEye.map { ($0, graphs) })
    }

    @Test(
        "follows the tier",
        arguments: [(MetricTier.core, 0), (.capacity, 9), (.full, 28)]
    )
    func tiers(tier: MetricTier, families: Int) {
        var exposure = MetricExposure()
        exposure.tier = tier
        let choice = exposure.choice(of: Self.counts(100), taken: 1_000)
        #expect(choice.metrics.count == families)
        #expect(choice.metrics.allSatisfy { $0.tier <= tier })
        #expect(choice.series.values.reduce(0, +) == families * 100)
        #expect(choice.dropped.isEmpty, "what nobody wants is not left out")
    }

    @Test(
        "never exceeds the limit, and says what is left out",
        arguments: [0, 1, 950, 1_000, 2_850, 9_999]
    )
    func limit(room: Int) {
        var exposure = MetricExposure()
        exposure.seriesLimit = 5_000 + room
        let choice = exposure.choice(of: Self.counts(100), taken: 5_000)
        let shown = choice.series.values.reduce(0, +)
        #expect(shown == min(28, room / 100) * 100)
        #expect(shown + choice.dropped.values.reduce(0, +) == 2_800)
        #expect(choice.metrics == Array(GraphMetric.ofCloudEye.prefix(shown / 100)))
    }

    @Test("shows nodes and sizes with the tier full, after what Cloud Eye has")
    func nodes() {
        let all = GraphMetric.ofNodes + GraphMetric.ofSize
        #expect(all.allSatisfy { $0.tier == .full })
        var counts = Self.counts(100)
        for metric in all { counts[metric] = 300 }
        var exposure = MetricExposure()
        let whole = exposure.choice(of: counts, taken: 1_000)
        #expect(Set(whole.metrics) == Set(counts.keys) && whole.dropped.isEmpty)
        exposure.tier = .capacity
        #expect(exposure.choice(of: counts, taken: 0).metrics.allSatisfy { $0.cloudEye != nil })
        exposure.tier = .full
        exposure.seriesLimit = 4_000
        let part = exposure.choice(of: counts, taken: 1_000)
        #expect(part.series[.capacity] == 900)
        #expect(part.series.values.reduce(0, +) <= 3_000)
        #expect(
            part.series.values.reduce(0, +) + part.dropped.values.reduce(0, +)
                == 2_800 + 300 * all.count
        )
    }

    @Test("always has the agent's own metrics, however many there are")
    func taken() {
        var exposure = MetricExposure()
        exposure.seriesLimit = 10
        let choice = exposure.choice(of: Self.counts(3), taken: 100_000)
        #expect(choice.metrics.isEmpty)
        #expect(choice.dropped == [.capacity: 27, .full: 57])
        let families = exposure.families(choice, core: 99_000, agent: 1_000)
        #expect(
            families.map(\.name) == [
                "graphwarden_metric_series", "graphwarden_metric_series_dropped",
            ]
        )
        let shown = Dictionary(
            uniqueKeysWithValues: families[0].samples.map { ($0.labelValues[0], $0.value) }
        )
        #expect(
            shown == [
                "agent": .number(1_007), "core": .number(99_000), "capacity": .number(0),
                "full": .number(0),
            ]
        )
    }

    @Test("is listed completely: every family once, with its tier")
    func reference() {
        let all = MetricReference.all(at: .distantPast)
        #expect(Set(all.map(\.name)).count == all.count)
        #expect(all.map(\.name) == all.map(\.name).sorted())
        #expect(all.count >= GraphMetric.allCases.count + MetricCatalog.all.count)
        #expect(Set(all.map(\.set)) == ["agent", "core", "capacity", "full"])
        let memory = all.first { $0.name == "ges_graph_memory_used_ratio" }
        #expect(memory?.unit == "ratio" && memory?.set == "capacity" && memory?.type == "gauge")
    }
}
