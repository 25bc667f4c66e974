/// The text format 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats).
package enum TextFormat {
    /// Encodes the families, sorted by name. A family without samples is left out: its HELP and
    /// TYPE lines would be of no use to a scraper.
    package static func encode(_ families: [MetricFamily]) -> [UInt8] {
        let expected = families.reduce(0) { $0 + $1.seriesCount }
        var writer = SampleWriter(isOpenMetrics: false, expectedSeries: expected)
        for family in families.sorted(by: { $0.name < $1.name }) where !family.samples.isEmpty {
            writer.append("# HELP \(family.name) ")
            writer.appendEscaped(family.help, quote: false)
            writer.append("\n# TYPE \(family.name) \(typeName(family.kind))\n")
            for sample in family.sortedSamples {
                writer.append(sample, of: family, name: family.name)
            }
        }
        return writer.bytes
    }

    private static func typeName(_ kind: MetricFamily.Kind) -> String {
        kind == .info ? "gauge" : kind.rawValue
    }
}
