import Rules
package import Series

/// The samples that survive the process.
extension Cycle {
    /// How many series give their chunks in one step. The series of a fleet seal theirs in the same
    /// step; the next steps give the rest.
    private static let seriesPerStep = 20_000

    /// Whether the gateway has confirmed the clock, and nothing speaks against it.
    package var isClockConfirmed: Bool {
        clockJump == nil && clockWatch.gatewayOffset != nil && !clockWatch.isDoubtful
    }

    /// Whether the clock was set while the agent did not run, or since.
    package var isClockSet: Bool { clockJump != nil }

    /// From now on chunks can be taken.
    package mutating func noteSealedChunks() { series.noteSealedChunks() }

    /// From now on the next chunks that are taken include the newest samples.
    package mutating func noteUnsealedChunks() { series.noteUnsealedChunks() }

    /// Some of the chunks that came up since they were last taken.
    package mutating func takeChunks() -> [SeriesChunk] {
        series.takeChunks(ofSeries: Self.seriesPerStep)
    }

    /// Everything that was not taken: for the end of the process.
    package mutating func takeAllChunks() -> [SeriesChunk] { series.takeAllChunks() }

    /// Which series of an earlier process are of use: those that some rule selects, that polls go on
    /// with, and that no rule writes. What rules write they would go on writing although nothing was
    /// read. Samples of Cloud Eye come in again for the time before the start, so that theirs would
    /// be out of order; those of nodes prove nothing either.
    package func restorableSeries() -> @Sendable (Labels) -> Bool {
        let metrics = Set(restorableMetrics.map(\.rawValue))
        let selections = rules.selectedSeries
        return { labels in
            metrics.contains(labels.metricName)
                && selections.contains { $0.areSatisfied(by: labels) { _ in } }
        }
    }

    /// The metrics of these series.
    package var restorableMetrics: [GraphMetric] {
        let left = Set(GraphMetric.delayed)
        let recorded = rules.recordedMetrics
        let selections = rules.selectedSeries.map { matchers in
            matchers.filter { $0.name == Labels.metricNameLabel }
        }
        return GraphMetric.allCases.filter { metric in
            !left.contains(metric) && !recorded.contains(metric.rawValue)
                && selections.contains { $0.allSatisfy { $0.matches(metric.rawValue) } }
        }
    }

    /// Takes over the samples of an earlier process, before the first step. They are of no effect
    /// until this process has read their series itself, see `RestoredSamples`.
    ///
    /// - Parameter chunks: of each series the oldest first.
    package mutating func restore(_ chunks: [SealedChunk], of labels: Labels) {
        // Samples of another clock.
        guard clockJump == nil else { return }
        restored.add(chunks, of: labels)
        rules.restoredThrough = restored.newest
    }

    /// Takes over samples from before the start that come in while the agent runs already. Those that
    /// were asked for before the clock was set, or from another cloud, are left out.
    mutating func receive(_ earlier: EarlierSamples, _ turn: inout Turn) {
        guard clockJump == nil, earlier.epoch == series.epoch else {
            turn.log.append(
                LogLine(
                    .warning,
                    "Samples from before the start are not used: the clock was set since, or the cloud "
                        + "is another one",
                    ["series": "\(earlier.series.count)"]
                )
            )
            return
        }
        for series in earlier.series { restored.addLate(series.chunks, of: series.labels) }
        rules.restoredThrough = restored.newest
    }

    /// Forgets the samples of graphs that this agent does not watch, and of graphs that are gone. A
    /// listing that is not complete says of no graph that it is gone.
    mutating func keepRestored() {
        guard !restored.isEmpty else { return }
        // The samples of a poll that could not list the graphs say that nothing was read.
        restored.mayWake = inventory.lastFailure == nil
        let entries = inventory.entries
        let isComplete = inventory.isWhole
        restored.keep { id in
            guard let place = entries.place(of: id) else { return !isComplete }
            return entries.values[place].otherWatcher == nil
        }
        written.follow(restored.wakeKnown(in: &series))
    }
}
