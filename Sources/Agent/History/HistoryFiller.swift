import API
import Configuration
import Cycle
import HTTPClient
import History
import Logging
import Series
import Synchronization
import Threads
import Time

/// Reads the samples from before the start that the windows of rules need from a Prometheus, or from
/// whatever speaks its API. It runs beside the loop, which takes what has come in with each poll: a
/// slow or dead server delays nothing. What it gives counts for nothing before this process has read
/// the same series itself, see `RestoredSamples`.
package final class HistoryFiller: Sendable {
    private struct State {
        var waiting: [EarlierSamples.Series] = []
        var failure: String?
    }

    /// What is asked for.
    struct Question: Sendable {
        let metrics: [GraphMetric]
        let isWanted: @Sendable (Labels) -> Bool
        /// How far back the rules look.
        let window: Duration
        /// Of polls.
        let interval: Duration
        /// That of the store.
        let epoch: Int
    }

    private let client: EarlierSampleClient
    private let question: Question
    private let start: Timestamp
    private let state = Mutex(State())
    private let metrics: MetricRegistry
    private let clock: AgentClock
    private let stop: StopSignal
    private let logger: Logger

    /// The ranges that are asked for, in seconds.
    private static let longestRange: Int64 = 6 * 3600
    private static let shortestRange: Int64 = 60
    /// Before a request is sent again for the first time; doubled for each further time.
    private static let firstPause = Duration.seconds(1)
    private static let longestPause = Duration.seconds(300)
    /// How many series one step takes over.
    private static let seriesPerStep = 20_000

    /// Throws if the CA file cannot be read.
    init(
        _ source: HistorySource,
        _ question: Question,
        metrics: MetricRegistry,
        clock: AgentClock,
        stop: StopSignal,
        logger: Logger
    ) throws(StartError) {
        do throws(HTTPError) {
            client = try EarlierSampleClient(
                source,
                userAgent: "graphwarden/\(BuildInformation.current.version)",
                now: clock.now,
                stop: stop
            )
        } catch {
            throw .client("history: the HTTP client cannot start: \(error)")
        }
        self.question = question
        (self.metrics, self.clock, self.stop, self.logger) = (metrics, clock, stop, logger)
        start = clock.now()
        metrics.set(MetricCatalog.historyFilled, to: 0)
    }

    /// Why the newest request failed; nil if it did not.
    var failure: String? { state.withLock { $0.failure } }

    /// Some of what was read; nil if there is nothing. All series of a graph come together: a rule must
    /// not see one of its metrics with samples from before the start and another one without.
    func take() -> EarlierSamples? {
        state.withLock { state in
            guard !state.waiting.isEmpty else { return nil }
            let taken = state.waiting.takeGraphs(ofSeries: Self.seriesPerStep)
            return EarlierSamples(taken, epoch: question.epoch)
        }
    }

    /// Runs on a thread of its own until everything is read or is of no use any more, or a stop is
    /// requested.
    package func run() async {
        let thread = ThreadPool(name: "filling", count: 1, niceness: 10)
        await withTaskExecutorPreference(thread) { await fill() }
    }

    private func fill() async {
        var limits = HistoryLimits()
        var found: [EarlierSamples.Series] = []
        var disputed: Set<String> = []
        var (begin, isComplete) = (Timestamp.distantPast, true)
        for (index, metric) in question.metrics.enumerated() {
            var series = EarlierSeries(
                metric,
                interval: question.interval,
                where: question.isWanted
            )
            // No metric takes the share of another one.
            let share = limits.share(of: question.metrics.count - index)
            guard let read = await read(metric, into: &series, share) else { return giveUp() }
            limits.maximumBytes -= series.byteCount
            limits.maximumSamples -= series.sampleCount
            if read.isFull { (begin, isComplete) = (max(begin, read.begin), false) }
            let joined = series.joined
            refuse(joined.rivals, metric)
            disputed.formUnion(joined.disputed)
            found += joined.series
        }
        publish(
            found.inOrder(without: disputed, from: begin),
            isComplete: isComplete && disputed.isEmpty
        )
    }

    private func publish(_ found: [EarlierSamples.Series], isComplete: Bool) {
        let count = found.reduce(0) { sum, series in
            sum + series.chunks.reduce(0) { $0 + $1.sampleCount }
        }
        state.withLock { $0.waiting = found }
        metrics.add(Double(count), to: MetricCatalog.historyFilledSamples)
        if isComplete { metrics.set(MetricCatalog.historyFilled, to: 1) }
        logger.info(
            "Read the samples from before the start",
            metadata: [
                "url": "\(client.source.url)", "samples": "\(count)", "series": "\(found.count)",
            ]
        )
    }

    /// Reads back from the start, because the newest samples are in the windows for longest.
    ///
    /// - Returns: from when on samples were read, and whether that is because of the limits; nil if
    ///   there is no use in going on.
    private func read(
        _ metric: GraphMetric,
        into found: inout EarlierSeries,
        _ limits: HistoryLimits
    ) async -> (begin: Timestamp, isFull: Bool)? {
        // Whole seconds, none of them after the start.
        var end = Int64(start.seconds.rounded(.down))
        var (length, longest) = (Self.longestRange, Self.longestRange)
        var pause = Self.firstPause
        while true {
            guard !stop.isRequested, clock.now() - question.window < start else { return nil }
            let first = Int64((clock.now() - question.window).seconds.rounded(.down))
            guard end > first else { return (Timestamp(milliseconds: end * 1000), false) }
            let begin = max(first, end - length)
            do throws(EarlierSampleClient.Failure) {
                let series = try await client.samples(of: metric, after: begin, through: end)
                noteSuccess()
                found.add(series, after: begin, through: end)
                (end, pause) = (begin, Self.firstPause)
                length = min(length * 2, longest)
            } catch {
                let mayHalve = end - begin > Self.shortestRange
                if error.isTooLarge || error.isTimeout, mayHalve {
                    length = (end - begin) / 2
                    if error.isTooLarge { longest = length }
                }
                // The limits of a server are its own.
                if error.isTooLarge, mayHalve { continue }
                note(error)
                let wait = pause * Double.random(in: 0.5...1)
                _ = await stop.race { [clock] in try? await clock.sleep(wait) }
                pause = min(pause * 2, Self.longestPause)
            }
            let isFull =
                found.byteCount > limits.maximumBytes || found.sampleCount > limits.maximumSamples
            if isFull {
                logger.warning(
                    "Not all samples from before the start are read; the windows of rules begin later",
                    metadata: [
                        "metric": "\(metric.rawValue)",
                        "begin": "\(Timestamp(milliseconds: end * 1000))",
                    ]
                )
                return (Timestamp(milliseconds: end * 1000), true)
            }
        }
    }

    /// Nothing that could still come in would be in a window of a rule.
    private func giveUp() {
        let reason = state.withLock { state in
            defer { state.failure = nil }
            return state.failure
        }
        guard !stop.isRequested else { return }
        logger.warning(
            "Samples from before the start are not tried again: the windows of rules are full without them",
            metadata: ["url": "\(client.source.url)", "err": "\(reason ?? "")"]
        )
    }

    private func noteSuccess() {
        let wasFailing = state.withLock { state in
            defer { state.failure = nil }
            return state.failure != nil
        }
        guard wasFailing else { return }
        logger.info(
            "Samples from before the start can be read again",
            metadata: ["url": "\(client.source.url)"]
        )
    }

    private func note(_ failure: EarlierSampleClient.Failure) {
        guard !stop.isRequested else { return }
        metrics.add(to: MetricCatalog.historyFillFailures)
        let isNew = state.withLock { state in
            defer { state.failure = "\(client.source.url): \(failure)" }
            return state.failure == nil
        }
        guard isNew else { return }
        logger.warning(
            "Samples from before the start cannot be read; the windows of rules begin with the start",
            metadata: ["url": "\(client.source.url)", "err": "\(failure)"]
        )
    }

    private func refuse(_ rivals: [String], _ metric: GraphMetric) {
        guard let first = rivals.first, let second = rivals.last else { return }
        logger.warning(
            """
            The same series was recorded twice at the same time; it is left out. Choose one with \
            history.match
            """,
            metadata: [
                "metric": "\(metric.rawValue)", "first": "{\(first.excerpt)}",
                "second": "{\(second.excerpt)}",
            ]
        )
    }
}

extension HistoryLimits {
    fileprivate func share(of count: Int) -> HistoryLimits {
        var share = self
        share.maximumBytes = max(0, maximumBytes) / count
        share.maximumSamples = max(0, maximumSamples) / count
        return share
    }
}
