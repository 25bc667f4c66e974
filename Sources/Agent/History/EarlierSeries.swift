import Backtest
import Cycle
import JSON
import Series
import Time

/// The series of one metric as they come in, range by range, the newest range first.
///
/// The labels that the agent does not write, such as `instance`, tell apart by whom a series was
/// recorded. Agents that followed each other are one series. Two at the same time are none: they
/// may have looked from different places, and nobody can tell whose samples are meant.
struct EarlierSeries {
    private let metric: GraphMetric
    private let isWanted: (Labels) -> Bool
    /// The chunks of each range, the newest first, by the labels of the agent and the others.
    private var ranges: [Labels: [String: [[SealedChunk]]]] = [:]
    private(set) var sampleCount = 0
    private(set) var byteCount = 0

    /// About what an entry takes beside its chunks.
    private static let overhead = 128
    private static let maximumLabelBytes = 1 << 16

    init(_ metric: GraphMetric, where isWanted: @escaping (Labels) -> Bool) {
        self.metric = metric
        self.isWanted = isWanted
    }

    /// Takes the series of a range as far as they are what an agent exports.
    mutating func add(_ all: [MatrixText.Series], after start: Int64, through end: Int64) {
        let range = (start * 1000 + 1)...(end * 1000)
        for series in all {
            guard let (labels, others) = names(series.metric), isWanted(labels) else { continue }
            var samples: [Sample] = []
            for sample in series.samples where range.contains(sample.milliseconds) {
                let time = Timestamp(milliseconds: sample.milliseconds)
                guard !sample.value.isNaN, samples.last.map({ $0.timestamp < time }) ?? true else {
                    continue
                }
                samples.append(Sample(timestamp: time, value: sample.value))
            }
            guard !samples.isEmpty else { continue }
            let chunks = SealedChunk.packed(samples)
            sampleCount += samples.count
            byteCount += chunks.reduce(Self.overhead) { $0 + $1.byteCount }
            ranges[labels, default: [:]][others, default: []].append(chunks)
        }
    }

    /// The labels that the agent writes, and the others as one text; nil if it is no series of the
    /// agent.
    private func names(_ metric: [UInt8]) -> (Labels, String)? {
        guard metric.count <= Self.maximumLabelBytes,
            let members = try? JSONValue.parse(metric).objectValue
        else { return nil }
        var found: [String: String] = [:]
        for member in members { found[member.name] = member.value.stringValue }
        let own = self.metric.labelNames
        guard found["__name__"] == self.metric.rawValue,
            own.first.map({ !(found[$0] ?? "").isEmpty }) ?? true
        else { return nil }
        let others = found.filter { $0.key != "__name__" && !own.contains($0.key) }
            .sorted { $0.key < $1.key }.map { "\($0.key)=\"\($0.value)\"" }
        let labels = Labels(
            [("__name__", self.metric.rawValue)] + own.map { ($0, found[$0] ?? "") }
        )
        return (labels, others.joined(separator: ", "))
    }

    /// The series, oldest samples first, and two of those who recorded the same at the same time.
    var joined: (series: [EarlierSamples.Series], rivals: [String]) {
        var series: [EarlierSamples.Series] = []
        var rivals: [String] = []
        for (labels, copies) in ranges {
            let chunks = copies.values.flatMap { $0.flatMap(\.self) }
                .sorted { $0.start < $1.start }
            guard zip(chunks, chunks.dropFirst()).allSatisfy({ $0.last < $1.start }) else {
                if rivals.isEmpty { rivals = Array(copies.keys.sorted().prefix(2)) }
                continue
            }
            series.append(EarlierSamples.Series(labels: labels, chunks: chunks))
        }
        return (series, rivals)
    }
}
