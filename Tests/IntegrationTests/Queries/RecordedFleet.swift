import TestSupport

/// An hour of a small fleet as OpenMetrics: gauges with jitter, counters with resets, gaps,
/// histograms and extreme values.
struct RecordedFleet {
    static let start = 1_700_000_000
    private static let stepSeconds = 15
    private static let count = 241

    private var random = SeededRandom(seed: 7)
    private var lines: [String] = []

    static var text: String {
        var fleet = RecordedFleet()
        fleet.writeGauges()
        fleet.writeCounters()
        fleet.writeHistograms()
        fleet.writeDescriptions()
        fleet.writeOddities()
        return (fleet.lines + ["# EOF", ""]).joined(separator: "\n")
    }

    private mutating func times(jitters: Bool = false, gaps: Bool = false) -> [Double] {
        (0..<Self.count).compactMap { index in
            if gaps, random.chance(0.15) { return nil }
            let jitter = jitters ? Double(random.number(below: 6000) - 3000) / 1000 : 0
            return Double(Self.start + index * Self.stepSeconds) + jitter
        }
    }

    private mutating func writeGauges() {
        lines.append("# TYPE queue_depth gauge")
        for graph in 0..<6 {
            let labels = #"graph="g\#(graph)",region="\#(region(graph))""#
            for time in times(jitters: graph % 2 == 0, gaps: graph == 3) {
                let value = Double(random.number(below: 25_000) - 5000) / 1000
                lines.append("queue_depth{\(labels)} \(value) \(time)")
            }
        }
    }

    private mutating func writeCounters() {
        lines.append("# TYPE queries counter")
        for graph in 0..<6 {
            for kind in ["read", "write"] {
                let labels =
                    #"graph="g\#(graph)",kind="\#(kind)",region="\#(region(graph))""#
                var value = 0.0
                for time in times(jitters: kind == "read", gaps: graph == 5) {
                    value = random.chance(0.02) ? 0 : value + random.pick([0, 1, 2, 7.5])
                    lines.append("queries_total{\(labels)} \(value) \(time)")
                }
            }
        }
    }

    private mutating func writeHistograms() {
        lines.append("# TYPE latency_seconds histogram")
        let bounds = [("0.1", 0.1), ("0.5", 0.5), ("1.0", 1), ("5.0", 5), ("+Inf", .infinity)]
        for graph in 0..<4 {
            var counts = [Int](repeating: 0, count: bounds.count)
            var sum = 0.0
            var series = [[String]](repeating: [], count: bounds.count + 2)
            for time in times() {
                for _ in 0..<random.number(below: 5) {
                    let seconds = Double(random.number(below: 6000)) / 1000
                    sum += seconds
                    for (index, bound) in bounds.enumerated() where seconds <= bound.1 {
                        counts[index] += 1
                    }
                }
                for (index, bound) in bounds.enumerated() {
                    let labels = #"graph="g\#(graph)",le="\#(bound.0)""#
                    let line = "latency_seconds_bucket{\(labels)} \(counts[index]) \(time)"
                    series[index].append(line)
                }
                let total = counts[bounds.count - 1]
                let graph = #"{graph="g\#(graph)"}"#
                series[bounds.count].append("latency_seconds_count\(graph) \(total) \(time)")
                series[bounds.count + 1].append("latency_seconds_sum\(graph) \(sum) \(time)")
            }
            lines += series.flatMap(\.self)
        }
    }

    private mutating func writeDescriptions() {
        lines.append("# TYPE graph_labels gauge")
        for graph in 0..<5 {
            let labels = #"graph="g\#(graph)",version="v\#(graph % 2 + 1).\#(graph)""#
            lines += times().map { "graph_labels{\(labels)} 1 \($0)" }
        }
    }

    private mutating func writeOddities() {
        lines.append("# TYPE odd gauge")
        let values = ["NaN", "+Inf", "-Inf", "0", "1e+30", "-0.000000123"]
        for (number, value) in values.enumerated() {
            for (index, time) in times().enumerated() {
                let shown = index % 3 == 0 ? "\(random.number(below: 9))" : value
                lines.append(#"odd{n="\#(number)",text="a b \#(number)"} \#(shown) \#(time)"#)
            }
        }
    }

    private func region(_ graph: Int) -> String {
        ["north", "south", "east"][graph % 3]
    }
}
