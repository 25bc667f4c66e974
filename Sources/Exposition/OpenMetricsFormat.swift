/// OpenMetrics 1.0.0 (https://github.com/prometheus/OpenMetrics, specification/OpenMetrics.md).
package enum OpenMetricsFormat {
    /// Encodes the families, sorted by name, without those that have no samples. `# UNIT` is
    /// written only if the name ends in the unit, as the specification requires.
    package static func encode(_ families: [MetricFamily]) -> [UInt8] {
        let expected = families.reduce(0) { $0 + $1.seriesCount }
        var writer = SampleWriter(isOpenMetrics: true, expectedSeries: expected)
        let named = families.map { (name: $0.openMetricsName, family: $0) }
        for (name, family) in named.sorted(by: { $0.name < $1.name })
        where !family.samples.isEmpty {
            writer.append("# TYPE \(name) \(family.kind.rawValue)\n")
            if let unit = family.unit, name.hasSuffix("_" + unit) {
                writer.append("# UNIT \(name) \(unit)\n")
            }
            writer.append("# HELP \(name) ")
            writer.appendEscaped(family.help, quote: true)
            writer.append("\n")
            let sampleName = name + sampleSuffix(family.kind)
            for sample in family.sortedSamples {
                writer.append(sample, of: family, name: sampleName)
            }
        }
        writer.append("# EOF\n")
        return writer.bytes
    }

    private static func sampleSuffix(_ kind: MetricFamily.Kind) -> String {
        switch kind {
        case .counter: "_total"
        case .info: "_info"
        case .gauge, .histogram, .summary: ""
        }
    }
}
