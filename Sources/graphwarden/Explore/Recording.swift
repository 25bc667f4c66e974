import API
import Files
import Exposition
import History
import Series
import Time

/// A series store loaded from OpenMetrics text, to be queried like that of an agent. Of a file in
/// which an agent keeps samples it has only the label sets.
struct Recording: Sendable {
    private(set) var series: SeriesStore
    private var known: [String: MetricDescription] = [:]
    /// The file with the samples, if they are not in memory.
    private(set) var history: RecordedHistory?

    var seriesCount: Int { series.seriesCount }
    var descriptions: [MetricDescription] { Array(known.values) }

    /// The maximum file size, because the file is read into memory.
    private static let maximumBytes = 1 << 30
    /// Recordings may be of any age, so nothing is dropped.
    private static let retention = Duration.seconds(100 * 365 * 86_400)

    static func read(_ file: String) throws(FileError) -> Recording {
        let bytes = try TextFile.bytes(file, limit: maximumBytes)
        do throws(OpenMetricsReader.Failure) {
            return try Recording(bytes)
        } catch {
            throw FileError(path: file, reason: "\(error)")
        }
    }

    private static var store: SeriesStore {
        SeriesStore(
            retention: retention,
            maximumSeries: 2_000_000,
            maximumSamplesPerSeries: 100_000_000
        )
    }

    /// The samples that an agent keeps, also while it runs. Queries read them from the file.
    init(_ history: RecordedHistory) throws {
        series = Self.store
        self.history = history
        for description in MetricDescription.graphs { known[description.name] = description }
        var found: Set<Labels> = []
        // Of each row only the labels.
        _ = try history.read(
            from: .distantPast,
            through: .distantFuture,
            where: { _, series in
                if found.count < 2_000_000 { found.insert(series.labels) }
                return false
            },
            { _, _ in }
        )
        for labels in found.sorted() { _ = series.reference(for: labels) }
    }

    private init(_ bytes: [UInt8]) throws(OpenMetricsReader.Failure) {
        series = Self.store
        // Two passes, the first only to create the series in label order. Query results depend on
        // it in ties, such as topk over equal values: Prometheus processes series in label order,
        // and the store in order of creation.
        var names = OpenMetricsReader(bytes)
        var found: Set<Labels> = []
        while let entry = try names.next() {
            if case .sample(let sample) = entry { found.insert(Self.labels(of: sample)) }
        }
        for labels in found.sorted() { _ = series.reference(for: labels) }
        var reader = OpenMetricsReader(bytes)
        while let entry = try reader.next() {
            // A sample that the store rejects is an error: a silent gap would falsify queries.
            guard let objection = take(entry) else { continue }
            throw OpenMetricsReader.Failure(line: reader.line, reason: objection)
        }
    }

    private static func labels(of sample: OpenMetricsReader.Recorded) -> Labels {
        Labels(sample.labels.map { ($0.name, $0.value) })
    }

    /// Returns an error message if the entry cannot be stored.
    private mutating func take(_ entry: OpenMetricsReader.Entry) -> String? {
        switch entry {
        case .type(let metric, let text): describe(metric) { $0.type = text }
        case .help(let metric, let text): describe(metric) { $0.help = text }
        case .unit(let metric, let text): describe(metric) { $0.unit = text }
        case .sample(let sample): return append(sample)
        }
        return nil
    }

    private mutating func describe(
        _ metric: String,
        _ change: (inout MetricDescription) -> Void
    ) {
        let empty = MetricDescription(name: metric, type: "unknown", help: "", unit: "")
        change(&known[metric, default: empty])
    }

    private mutating func append(_ sample: OpenMetricsReader.Recorded) -> String? {
        let labels = Self.labels(of: sample)
        let time = Timestamp(seconds: sample.seconds)
        let outcome = series.append(labels, sample.value, at: time)
        return outcome.isAccepted ? nil : "\(labels) at \(sample.seconds): \(outcome)"
    }
}
