import Exposition
import Testing

private func gauge(_ name: String, help: String = "x", labels: [String] = []) -> MetricFamily {
    let sample = MetricSample(labels, 1)
    return MetricFamily(name, help: help, kind: .gauge, labelNames: labels, samples: [sample])
}

private func texts(_ family: MetricFamily) -> [String] {
    Lint.findings([family]).map(\.text)
}

@Test("well-formed families have no findings")
func nothingToFind() {
    #expect(Lint.findings(everyKind + fleet(graphs: 3).filter { $0.kind == .gauge }) == [])
}

@Test(
    "every fault of a gauge's name is found",
    arguments: [
        ("a_total", "non-counter metrics should not have \"_total\" suffix"),
        ("a_count", "non-histogram and non-summary metrics should not have \"_count\" suffix"),
        ("a_sum", "non-histogram and non-summary metrics should not have \"_sum\" suffix"),
        ("a_bucket", "non-histogram metrics should not have \"_bucket\" suffix"),
        ("a_gauge_x", "metric name should not include type 'gauge'"),
        ("a:b", "metric names should not contain ':'"),
        ("aB", "metric names should be written in 'snake_case' not 'camelCase'"),
        ("a_milliseconds", "use base unit \"seconds\" instead of \"milliseconds\""),
        ("a_minutes", "use base unit \"seconds\" instead of \"minutes\""),
        ("a_kibibytes", "use base unit \"bytes\" instead of \"kibibytes\""),
        ("a_megabits", "use base unit \"bytes\" instead of \"megabits\""),
        ("a_ms", "metric names should not contain abbreviated units"),
        ("a_d_x", "metric names should not contain abbreviated units"),
        ("0a", "not a valid metric name"), ("a-b", "not a valid metric name"),
        ("", "not a valid metric name"),
    ]
)
func nameFaults(name: String, expected: String) {
    #expect(texts(gauge(name)) == [expected])
}

@Test(
    "every fault of a label's name is found",
    arguments: [
        ("le", "label \"le\" is reserved for histogram buckets"),
        ("quantile", "non-summary metrics should not have \"quantile\" label"),
        ("graphId", "label names should be written in 'snake_case' not 'camelCase'"),
        ("__name", "not a valid label name: \"__name\""),
        ("a:b", "not a valid label name: \"a:b\""),
    ]
)
func labelFaults(label: String, expected: String) {
    #expect(texts(gauge("a", labels: [label])) == [expected])
}

@Test("help is required")
func helpMissing() {
    #expect(texts(gauge("a", help: "")) == ["no help text"])
}

@Test("a counter ends in _total and an info metric in _info")
func suffixes() {
    let counter = MetricFamily("a", help: "x", kind: .counter, samples: [MetricSample([], 1)])
    #expect(texts(counter) == ["counter metrics should have \"_total\" suffix"])
    let info = MetricFamily("a", help: "x", kind: .info, samples: [MetricSample([], 1)])
    #expect(texts(info) == ["info metrics should have \"_info\" suffix"])
}

@Test("the unit ends the name")
func unitEndsName() {
    var family = gauge("a_seconds")
    family.unit = "seconds"
    #expect(texts(family) == [])
    family.unit = "bytes"
    #expect(texts(family) == ["the name does not end in its unit \"bytes\""])
}

@Test("duplicate series and inconsistent labels are reported")
func series() {
    var family = gauge("a", labels: ["x"])
    family.samples = [MetricSample(["1"], 1), MetricSample(["1"], 2), MetricSample(["1", "2"], 1)]
    #expect(
        texts(family) == [
            "metric not unique: [\"1\"]", "[\"1\", \"2\"] does not match the labels [\"x\"]",
        ]
    )
    #expect(
        Lint.findings([gauge("a"), gauge("a")]).map(\.description) == [
            "a the family occurs more than once"
        ]
    )
}

@Test(
    "values that their kind cannot have are found",
    arguments: [
        ("a_total", .counter, .number(-1)), ("a_total", .counter, .number(.nan)),
        ("a_info", .info, .number(2)), ("a", .histogram, .number(1)), ("a", .summary, .number(1)),
        ("a", .gauge, .summary(SummaryValue(quantiles: [], sum: 1, count: 1))),
        (
            "a", .summary,
            .summary(SummaryValue(quantiles: [.init(rank: 1.5, value: 1)], sum: 1, count: 1))
        ),
        (
            "a", .summary,
            .summary(
                SummaryValue(
                    quantiles: [.init(rank: 0.5, value: 2), .init(rank: 0.9, value: 1)],
                    sum: 3,
                    count: 2
                )
            )
        ),
        ("a", .gauge, .histogram(HistogramValue(bounds: [1], counts: [1, 1], sum: 1))),
        ("a", .histogram, .histogram(HistogramValue(bounds: [2, 1], counts: [1, 1, 1], sum: 1))),
        (
            "a", .histogram,
            .histogram(HistogramValue(bounds: [1, .nan], counts: [1, 1, 1], sum: 1))
        ),
        (
            "a", .histogram,
            .histogram(
                HistogramValue(
                    buckets: [.init(upperBound: 1, cumulativeCount: 3)],
                    sum: 1,
                    count: 2
                )
            )
        ),
    ] as [(String, MetricFamily.Kind, MetricValue)]
)
func values(name: String, kind: MetricFamily.Kind, value: MetricValue) {
    let family = MetricFamily(name, help: "x", kind: kind, samples: [MetricSample([], value)])
    #expect(texts(family).count == 1)
}
