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
///
/// The agent that recorded them polled at its interval, and a server that scrapes more often has each
/// poll several times: the copies are left out, so that counts do not grow with them. Where samples
/// are missing, nobody looked: there a series ends, so that the last value does not count as current
/// meanwhile.
struct EarlierSeries {
    private let metric: GraphMetric
    /// Of polls, in milliseconds.
    private let interval: Int64
    /// The distance of samples in the series that has the most for its time, in milliseconds.
    private var spacing = Int64.max
    private let isWanted: (Labels) -> Bool
    /// The chunks of each range, the newest first, by the labels of the agent and the others.
    private var ranges: [Labels: [String: [[SealedChunk]]]] = [:]
    private(set) var sampleCount = 0
    private(set) var byteCount = 0

    /// About what an entry takes beside its chunks.
    private static let overhead = 128
    private static let maximumLabelBytes = 1 << 16

    init(
        _ metric: GraphMetric,
        interval: Duration,
        where isWanted: @escaping (Labels) -> Bool
    ) {
        self.metric = metric
        self.interval = interval.wholeMilliseconds
        self.isWanted = isWanted
    }

    /// The distance of samples, in milliseconds, in which nobody has looked.
    private var gap: Int64 { max(interval, spacing == .max ? 0 : spacing) * 5 / 2 }

    /// The least distance of samples of different polls, in milliseconds.
    private var distance: Int64 { max(1, interval * 9 / 10) }

    /// Takes the series of a range as far as they are what an agent exports.
    mutating func add(_ all: [MatrixText.Series], after start: Int64, through end: Int64) {
        let range = (start * 1000 + 1)...(end * 1000)
        var taken: [(labels: Labels, others: String, samples: [Sample])] = []
        for series in all {
            guard let (labels, others) = names(series.metric), isWanted(labels) else { continue }
            let samples = distinct(series, in: range)
            guard let first = samples.first, let last = samples.last else { continue }
            if samples.count > 1 {
                let length = last.timestamp.milliseconds - first.timestamp.milliseconds
                spacing = min(spacing, length / Int64(samples.count - 1))
            }
            if ranges[labels]?[others] == nil { byteCount += Self.overhead + series.metric.count }
            taken.append((labels, others, samples))
        }
        for (labels, others, samples) in taken {
            let chunks = SealedChunk.packed(withEnds(samples))
            sampleCount += samples.count
            byteCount += chunks.reduce(0) { $0 + $1.byteCount }
            ranges[labels, default: [:]][others, default: []].append(chunks)
        }
    }

    /// The samples of a range, in order, one for a poll.
    private func distinct(
        _ series: MatrixText.Series,
        in range: ClosedRange<Int64>
    ) -> [Sample] {
        var samples: [Sample] = []
        for sample in series.samples
        where range.contains(sample.milliseconds) && !sample.value.isNaN {
            if let last = samples.last,
                sample.milliseconds - last.timestamp.milliseconds < distance
            {
                continue
            }
            samples.append(
                Sample(
                    timestamp: Timestamp(milliseconds: sample.milliseconds),
                    value: sample.value
                )
            )
        }
        return samples
    }

    /// Without a copy of the poll that the range before ended with; nil if nothing is left.
    private func distinct(_ chunk: SealedChunk, after last: Timestamp?) -> SealedChunk? {
        guard let last, chunk.start.milliseconds - last.milliseconds < distance else {
            return chunk
        }
        let rest = Array(chunk.samples.dropFirst())
        return rest.isEmpty ? nil : SealedChunk(rest)
    }

    private func withEnds(_ samples: [Sample]) -> [Sample] {
        var all: [Sample] = []
        all.reserveCapacity(samples.count)
        for sample in samples {
            if let end = end(after: all.last?.timestamp, before: sample.timestamp) {
                all.append(end)
            }
            all.append(sample)
        }
        return all
    }

    /// What ends a series between two samples; nil if they follow each other.
    private func end(after last: Timestamp?, before next: Timestamp) -> Sample? {
        guard let last, next.milliseconds - last.milliseconds > gap else { return nil }
        return Sample(
            timestamp: last.advanced(byMilliseconds: 1),
            value: Staleness.marker
        )
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

    /// The series, oldest samples first; two of those who recorded the same at the same time, and the
    /// graphs of which they did.
    var joined: (series: [EarlierSamples.Series], rivals: [String], disputed: Set<String>) {
        var series: [EarlierSamples.Series] = []
        var rivals: [String] = []
        var disputed: Set<String> = []
        for (labels, copies) in ranges {
            let chunks = copies.values.flatMap { $0.flatMap(\.self) }
                .sorted { $0.start < $1.start }
            guard zip(chunks, chunks.dropFirst()).allSatisfy({ $0.last < $1.start }) else {
                if rivals.isEmpty { rivals = Array(copies.keys.sorted().prefix(2)) }
                disputed.insert(labels["graph_id"])
                continue
            }
            var all: [SealedChunk] = []
            for chunk in chunks {
                guard let chunk = distinct(chunk, after: all.last?.last) else { continue }
                if let end = end(after: all.last?.last, before: chunk.start) {
                    all.append(SealedChunk([end]))
                }
                all.append(chunk)
            }
            series.append(EarlierSamples.Series(labels: labels, chunks: all))
        }
        return (series, rivals, disputed)
    }
}
