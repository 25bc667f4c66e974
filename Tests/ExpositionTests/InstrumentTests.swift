import Exposition
import Testing

@Test("a counter counts by label values and never down")
func counter() {
    var counter = Counter(
        MetricDescription("a_failures_total", help: "x", labelNames: ["reason"])
    )
    counter.add(0, "timeout")
    counter.add(2, "dns")
    counter.add(-5, "dns")
    counter.add(.nan, "dns")
    #expect(
        counter.family.samples == [MetricSample(["dns"], 2), MetricSample(["timeout"], 0)]
    )
    #expect(counter.family.kind == .counter)
}

@Test("an instrument without labels exists from the start")
func unlabelled() {
    let counter = Counter(MetricDescription("a_total", help: "x"))
    #expect(counter.family.samples == [MetricSample([], 0)])
    let histogram = Histogram(MetricDescription("a_seconds", help: "x", unit: "seconds"))
    #expect(histogram.family.seriesCount == 15)
    #expect(Lint.findings([counter.family, histogram.family]) == [])
}

@Test("label values beyond the limit are dropped and counted, known ones go on counting")
func bounded() {
    var counter = Counter(
        MetricDescription("a_total", help: "x", labelNames: ["x"]),
        maximumSeries: 2
    )
    for value in ["1", "2", "3", "4", "1"] { counter.add(1, value) }
    counter.add(1)
    #expect(counter.family.samples == [MetricSample(["1"], 2), MetricSample(["2"], 1)])
    #expect(counter.values.droppedUpdates == 3)
}

@Test("a gauge that was removed is gone")
func gauge() {
    var gauge = Gauge(MetricDescription("a", help: "x", labelNames: ["graph_id"]))
    gauge.set(1, "g1")
    gauge.set(3, "g2")
    gauge.set(4, "g2")
    gauge.remove("g1")
    #expect(gauge.family.samples == [MetricSample(["g2"], 4)])
    gauge.removeAll()
    #expect(gauge.family.samples.isEmpty)
}

@Test("an observation is in the first bucket whose bound it does not exceed, and in all after it")
func histogram() {
    var histogram = Histogram(
        MetricDescription("a_seconds", help: "x", labelNames: ["handler"]),
        bounds: [0.1, 1]
    )
    for value in [0.05, 0.1, 0.5, 7, .nan] { histogram.observe(value, "/metrics") }
    histogram.initialize("/")
    let expected = HistogramValue(
        buckets: [
            .init(upperBound: 0.1, cumulativeCount: 2), .init(upperBound: 1, cumulativeCount: 3),
        ],
        sum: 7.65,
        count: 4
    )
    let empty = HistogramValue(bounds: [0.1, 1], counts: [0, 0, 0], sum: 0)
    #expect(
        histogram.family.samples == [
            MetricSample(["/"], .histogram(empty)),
            MetricSample(["/metrics"], .histogram(expected)),
        ]
    )
}
