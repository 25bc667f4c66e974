/// Samples of any series in text 0.0.4, as Prometheus' `/federate` writes them: untyped and with
/// timestamps.
package struct FederationFormat {
    private var writer = SampleWriter(isOpenMetrics: false, expectedSeries: 0)
    private var lastName: String?

    /// - Parameter name: the metric of the sample that precedes in another part of the text; nil at
    ///   its start.
    package init(after name: String? = nil) {
        lastName = name
    }

    package var bytes: [UInt8] { writer.bytes }

    /// Samples of one metric must follow each other.
    package mutating func append(
        _ name: String,
        labels: [(name: String, value: String)],
        value: Double,
        timestampMilliseconds: Int64
    ) {
        if name != lastName { writer.append("# TYPE \(name) untyped\n") }
        lastName = name
        writer.append(
            name,
            labels: labels,
            value: value,
            timestampMilliseconds: timestampMilliseconds
        )
    }
}
