package import Series
package import Time
import PromQL
import Rules

/// Samples from before those in memory, such as a file keeps them. Reading them blocks.
package protocol OlderSamples: Sendable {
    /// Passes the chunks with a sample from `start` through `end` to `take`: of each series the
    /// oldest first.
    ///
    /// - Parameters:
    ///   - isWanted: whether a series is selected. What it throws, as what `take` throws, ends the
    ///     reading.
    func read(
        from start: Timestamp,
        through end: Timestamp,
        where isWanted: (Labels) throws -> Bool,
        _ take: (SeriesChunk) throws -> Void
    ) throws
}

extension QueryRunner.Context {
    /// Longer than anything that is kept.
    private static let unlimited = Duration.seconds(1 << 40)

    /// The series for an expression that is evaluated from `start` on: those in memory, and if it
    /// looks further back than they reach, with older samples.
    func series(
        for expression: Expression,
        from start: Timestamp
    ) throws(QueryFailure) -> SeriesStore {
        guard let older else { return series }
        let earliest = expression.earliest(from: start, lookback: engine.options.lookback)
        let remembered = now - series.retention
        guard earliest < remembered else { return series }
        let selections = Array(Set(expression.selectors.map(\.matchers)))
        var store = SeriesStore(
            retention: Self.unlimited,
            maximumSeries: series.maximumSeries,
            maximumSamplesPerSeries: engine.options.maximumSamples
        )
        do {
            var count = 0
            try older.read(
                from: earliest,
                through: remembered,
                where: { labels in
                    try selections.contains { try $0.areSatisfied(by: labels, meter.work) }
                },
                { chunk in
                    try note(chunk.chunk.sampleCount, &count)
                    store.restore(chunk)
                }
            )
        } catch let failure as QueryFailure {
            throw failure
        } catch {
            throw QueryFailure(kind: .execution, text: "cannot read older samples: \(error)")
        }
        try addRemembered(selections, after: earliest - .milliseconds(1), to: &store)
        return store
    }

    private func addRemembered(
        _ selections: [[LabelMatcher]],
        after start: Timestamp,
        to store: inout SeriesStore
    ) throws(QueryFailure) {
        var count = store.sampleCount
        for matchers in selections {
            for reference in try series.select(matchers, meter.work) {
                let samples = series.rawSamples(of: reference, after: start, through: now)
                try note(samples.count, &count)
                guard let copy = store.reference(for: series.labels(of: reference)) else {
                    continue
                }
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
