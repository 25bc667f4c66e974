import Backtest
import Cycle
import Dispatch
import Glibc
import History
import Series
import Synchronization
import Time

/// Reads the samples that an agent keeps on disk into a recording.
///
/// A poll writes all samples of the agent at the same time. Those of Cloud Eye have times of their
/// own; each counts in the polls from its time on, until the next, as for a rule.
struct HistoryRecording {
    private let history: RecordedHistory

    /// How long a sample counts, as for instant selectors at their usual lookback.
    private static let longestAge = Duration.seconds(300)
    /// The limits of memory hold for each part.
    private static let maximumParts = 4
    /// Tells samples of several clocks or clouds apart, for --match.
    private static let generation = "generation"

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    init(_ path: String) throws {
        history = try RecordedHistory(path)
    }

    func read(
        into reader: inout RecordingReader,
        _ options: RecordingReader.Options
    ) throws {
        let before = reader.sampleCount
        var series = SeriesPlaces()
        try history.forEachSeries(from: options.from) { number, found in
            try series.add(number, found, to: &reader) { $0?.cloudEye == nil }
        }
        let processors = sysconf(Int32(_SC_NPROCESSORS_ONLN))
        let parts = try history.parts(
            min(max(1, processors), Self.maximumParts),
            from: options.from,
            through: options.to
        )
        var read = try Self.sideBySide(parts) { [series, reader] in
            try self.part($0, series, reader.withoutSamples)
        }
        for index in read.indices {
            try reader.join(read[index].reader)
            read[index].reader = RecordingReader()
        }
        guard reader.sampleCount > before else { throw Failure(description: nothing) }
        var unreadable = read.reduce(0) { $0 + $1.unreadable }
        let polls = read.reduce(into: Set<Timestamp>()) { $0.formUnion($1.polls) }
        unreadable += try readDelayed(polls.sorted(), into: &reader, options)
        if unreadable > 0 {
            Terminal.error("\(history.path): \(unreadable) chunks of samples are damaged; left out")
        }
    }

    private struct Part: Sendable {
        var reader: RecordingReader
        var polls: Set<Timestamp> = []
        var unreadable = 0
    }

    private func part(
        _ range: ClosedRange<Timestamp>,
        _ series: SeriesPlaces,
        _ reader: RecordingReader
    ) throws -> Part {
        var part = Part(reader: reader)
        part.unreadable = try history.read(
            from: range.lowerBound,
            through: range.upperBound,
            where: { number, _ in series.places[number] != nil },
            { number, chunk in
                guard let place = series.places[number] else { return }
                try part.reader.append(chunk, to: place.index)
                if place.isOfPolls { part.polls.formUnion(chunk.samples.map(\.timestamp)) }
            }
        )
        part.reader.putInOrder()
        return part
    }

    private static func sideBySide<Element: Sendable>(
        _ ranges: [ClosedRange<Timestamp>],
        _ body: @Sendable (ClosedRange<Timestamp>) throws -> Element
    ) throws -> [Element] {
        let results = Mutex([Int: Result<Element, any Error>]())
        DispatchQueue.concurrentPerform(iterations: ranges.count) { index in
            let result = Result { try body(ranges[index]) }
            results.withLock { $0[index] = result }
        }
        return try results.withLock { results in
            try ranges.indices.compactMap { try results[$0]?.get() }
        }
    }

    /// - Parameter polls: the times of the polls, in order.
    private func readDelayed(
        _ polls: [Timestamp],
        into reader: inout RecordingReader,
        _ options: RecordingReader.Options
    ) throws -> Int {
        guard GraphMetric.ofCloudEye.contains(where: { !options.leftOut.contains($0) }) else {
            return 0
        }
        var series = SeriesPlaces()
        var newest: [Int: Sample] = [:]
        func hold(_ sample: Sample, until next: Timestamp, at place: Int) throws {
            guard !sample.value.isNaN else { return }
            let end = min(next, sample.timestamp + Self.longestAge)
            var index = polls.partitioningIndex { $0 >= sample.timestamp }
            while index < polls.count, polls[index] < end {
                try reader.append(sample.value, at: polls[index].milliseconds, to: place)
                index += 1
            }
        }
        let unreadable = try history.read(
            from: options.from,
            through: options.to,
            where: { try series.add($0, $1, to: &reader) { $0?.cloudEye != nil } },
            { number, chunk in
                guard let place = series.places[number]?.index else { return }
                for sample in chunk.samples {
                    if let before = newest[number], before.timestamp < sample.timestamp {
                        try hold(before, until: sample.timestamp, at: place)
                    }
                    newest[number] = sample
                }
            }
        )
        for (number, sample) in newest {
            guard let place = series.places[number]?.index else { continue }
            try hold(sample, until: .distantFuture, at: place)
        }
        return unreadable
    }

    /// Why there is nothing to replay.
    private var nothing: String {
        guard let interval = try? history.interval() else {
            return "\(history.path) has no samples yet: a chunk is written within five minutes"
        }
        return "\(history.path) has samples between \(interval.lowerBound) and"
            + " \(interval.upperBound), but none that --from, --to and --match select"
    }

    /// The series of a file that are of use, with their places in the recording.
    private struct SeriesPlaces: Sendable {
        struct Place: Sendable {
            /// In the recording.
            let index: Int
            /// Whether the series has a sample in each poll.
            let isOfPolls: Bool
        }

        private(set) var places: [Int: Place] = [:]

        @discardableResult
        mutating func add(
            _ number: Int,
            _ series: RecordedHistory.Series,
            to reader: inout RecordingReader,
            where isWanted: (GraphMetric?) -> Bool
        ) throws -> Bool {
            let name = series.labels.metricName
            guard isWanted(GraphMetric(rawValue: name)) else { return false }
            let generation = (name: HistoryRecording.generation, value: "\(series.generation)")
            let index = try reader.make(
                name: name,
                labels: series.labels.filter { $0.name != Labels.metricNameLabel } + [generation]
            )
            guard let index else { return false }
            places[number] = Place(index: index, isOfPolls: name == GraphMetric.up.rawValue)
            return true
        }
    }
}

extension [Timestamp] {
    /// The first index whose element satisfies the predicate, in an array in which all before do not
    /// and all after do.
    fileprivate func partitioningIndex(_ isAfter: (Timestamp) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if isAfter(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
