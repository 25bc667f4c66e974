import Cycle
import PromQL
import Rules
package import Series
package import Time

/// Samples from before those in memory, such as a file keeps them. Reading them blocks.
package protocol OlderSamples: Sendable {
    /// What is older is not all in memory, however long samples are kept there.
    var memoryStart: Timestamp { get }
    /// Whether nothing is in memory but the label sets.
    var isAll: Bool { get }

    /// When processes started after `start`, this one included, in order: what was read before does
    /// not count as current after that.
    func starts(after start: Timestamp) throws -> [Timestamp]

    /// Passes the chunks with a sample from `start` through `end` to `take`: of each series the
    /// oldest first.
    ///
    /// - Parameters:
    ///   - isWanted: whether a series is selected.
    ///   - step: called for each row. What it throws, as what the others throw, ends the reading.
    func read(
        from start: Timestamp,
        through end: Timestamp,
        where isWanted: (Labels) throws -> Bool,
        _ step: () throws -> Void,
        _ take: (Labels, SealedChunk) throws -> Void
    ) throws
}

extension OlderSamples {
    package var isAll: Bool { false }
}

extension QueryRunner.Context {
    /// Longer than anything that is kept.
    private static let unlimited = Duration.seconds(1 << 40)
    /// How many samples a series counts for beside its own: its label set is in memory too.
    private static let samplesPerSeries = 10
    /// A row is read and decoded whether or not anything in it is wanted.
    private static let workPerRow = 64

    /// The series for an expression that is evaluated from `start` on: those in memory,
    /// and if it looks further back than they reach, with older samples. If these cannot be read,
    /// those in memory, with a warning.
    func series(
        for expression: Expression,
        from start: Timestamp
    ) throws(QueryFailure) -> (store: SeriesStore, warning: String?) {
        guard let older else { return (series, nil) }
        let earliest = expression.earliest(from: start, lookback: engine.options.lookback)
        let remembered = max(now - series.retention, older.memoryStart, completeSince)
        guard earliest < remembered else { return (series, nil) }
        let selections = Array(Set(expression.selectors.map(\.matchers)))
        var store = SeriesStore(
            retention: Self.unlimited,
            maximumSeries: series.maximumSeries,
            maximumSamplesPerSeries: engine.options.maximumSamples
        )
        var count = 0
        do {
            try add(older, selections, from: earliest, through: remembered, to: &store, &count)
        } catch let failure as QueryFailure {
            throw failure
        } catch {
            let text = "cannot read older samples: \(error)"
            // Dashboards must not go dark because of what they show beside the present.
            guard older.isAll else { return (series, text) }
            throw QueryFailure(kind: .execution, text: text)
        }
        try addRemembered(selections, after: earliest - .milliseconds(1), to: &store, &count)
        return (store, nil)
    }

    private func add(
        _ older: any OlderSamples,
        _ selections: [[LabelMatcher]],
        from earliest: Timestamp,
        through remembered: Timestamp,
        to store: inout SeriesStore,
        _ count: inout Int
    ) throws {
        let starts = try older.starts(after: earliest)
        try older.read(
            from: earliest,
            through: remembered,
            where: { labels in
                // Those of a deleted graph are removed from memory at once, with their history.
                guard older.isAll || !labels.isDelayed else { return false }
                let isWanted = try selections.contains {
                    try $0.areSatisfied(by: labels, meter.work)
                }
                if isWanted { try note(Self.samplesPerSeries, &count) }
                return isWanted
            },
            { () throws(QueryFailure) in try meter.work(Self.workPerRow) },
            { labels, chunk in
                let samples = chunk.samples.filter { earliest...remembered ~= $0.timestamp }
                try note(samples.count, &count)
                guard let copy = store.reference(for: labels, isDelayed: labels.isDelayed) else {
                    return
                }
                store.append(samples, to: copy, afterRunsEndedBy: starts)
            }
        )
        store.endSeries(before: older.memoryStart)
    }

    /// Adds the samples in memory that are newer than those of the file.
    private func addRemembered(
        _ selections: [[LabelMatcher]],
        after start: Timestamp,
        to store: inout SeriesStore,
        _ count: inout Int
    ) throws(QueryFailure) {
        for matchers in selections {
            for reference in try series.select(matchers, meter.work) {
                let labels = series.labels(of: reference)
                guard let copy = store.reference(for: labels, isDelayed: labels.isDelayed) else {
                    continue
                }
                let start = labels.isDelayed ? start - SeriesStore.longestDelay : start
                let known = store.newestSample(of: copy, after: start, through: now)
                let samples = series.rawSamples(
                    of: reference,
                    after: known?.timestamp ?? start,
                    through: now
                )
                try note(samples.count, &count)
                for sample in samples { store.append(to: copy, sample.value, at: sample.timestamp) }
            }
        }
    }

    private func note(_ samples: Int, _ count: inout Int) throws(QueryFailure) {
        count += samples
        guard count <= engine.options.maximumSamples else { throw QueryFailure(.tooManySamples) }
        try meter.work(samples)
    }
}

extension SeriesStore {
    /// Appends samples of several runs. Between two runs nobody looked.
    fileprivate mutating func append(
        _ samples: [Sample],
        to series: SeriesReference,
        afterRunsEndedBy starts: [Timestamp]
    ) {
        var index = starts.startIndex
        for sample in samples {
            while index < starts.endIndex, starts[index] <= sample.timestamp { index += 1 }
            if index > starts.startIndex { end(series, before: starts[index - 1]) }
            append(to: series, sample.value, at: sample.timestamp)
        }
    }

    fileprivate mutating func endSeries(before start: Timestamp) {
        for series in select([]) { end(series, before: start) }
    }

    /// Ends a series whose last sample is from before the start of a run.
    private mutating func end(_ series: SeriesReference, before start: Timestamp) {
        guard let last = newestSample(of: series, after: .distantPast, through: .distantFuture),
            last.timestamp < start
        else { return }
        append(to: series, Staleness.marker, at: last.timestamp + .milliseconds(1))
    }
}

extension Labels {
    /// Whether samples of the series arrive late by nature.
    fileprivate var isDelayed: Bool {
        GraphMetric(rawValue: metricName)
            .map { $0.cloudEye != nil || GraphMetric.ofNodes.contains($0) } ?? false
    }
}

extension Expression {
    /// The earliest time of which it reads a sample, as far as that is known before the evaluation.
    fileprivate func earliest(from start: Timestamp, lookback: Duration) -> Timestamp {
        let fixed = fixedTimes.min() ?? start
        return min(start, fixed) - reach(lookback: lookback)
    }

    /// The times of `@` modifiers.
    private var fixedTimes: [Timestamp] {
        let own: AtModifier? =
            switch self {
            case .vectorSelector(let selector): selector.modifiers.at
            case .matrixSelector(let selector): selector.vector.modifiers.at
            case .subquery(let subquery): subquery.modifiers.at
            default: nil
            }
        let times: [Timestamp] = if case .timestamp(let time)? = own { [time] } else { [] }
        return times + children.flatMap(\.fixedTimes)
    }
}
