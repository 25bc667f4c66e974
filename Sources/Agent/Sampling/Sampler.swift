import API
import Configuration
import Coordination
import Cycle
import Diagnosis
import GES
import Series
import Time

/// The result of one poll.
struct Poll: Sendable {
    var readings: Readings
    /// What the next poll should know.
    var known: KnownGraphs
    var ended: ReadingEnds
    /// The sampler's generation when the poll began.
    fileprivate(set) var generation = 0

    init(readings: Readings, known: KnownGraphs, ended: ReadingEnds) {
        self.readings = readings
        self.known = known
        self.ended = ended
    }
}

/// Starts one poll per slot of the sampling interval, never two at a time, and keeps the last
/// listing so that known graphs are probed when a listing fails.
struct Sampler {
    private var source: any GraphSource
    private var sampling: SamplingConfiguration
    private var canaries: [DiagnosisPolicy.Canary]
    private let metrics: MetricRegistry
    private let clock: AgentClock
    private var known = KnownGraphs()
    private var nextPoll: Duration
    /// When the poll in progress began, in elapsed time.
    private var began: Duration?
    /// Incremented when the agent is pointed at another cloud or data plane. Polls of an earlier
    /// generation are discarded.
    private var generation = 0

    init(
        source: any GraphSource,
        sampling: SamplingConfiguration,
        canaries: [DiagnosisPolicy.Canary],
        metrics: MetricRegistry,
        clock: AgentClock
    ) {
        self.source = source
        self.sampling = sampling
        self.canaries = canaries
        self.metrics = metrics
        self.clock = clock
        nextPoll = clock.elapsed()
    }

    /// Starts a poll if one is due. A poll that a stop interrupts is discarded.
    ///
    /// - Parameter share: what this agent reads; nil for every graph.
    mutating func beginWhenDue(
        _ inbox: Inbox,
        _ stop: StopSignal,
        _ group: inout DiscardingTaskGroup,
        share: () -> WatchShare? = { nil }
    ) {
        let now = clock.elapsed()
        guard began == nil, now >= nextPoll else { return }
        began = now
        let watcher = Watcher(source: source, sampling: sampling, canaries: canaries)
        group.addTask { [known, clock, generation, share = share()] in
            let poll = await stop.race {
                await watcher.poll(share, known: known, at: clock.now(), began: now, clock)
            }
            guard var poll else { return }
            poll.generation = generation
            inbox.put(poll)
        }
    }

    /// Ends the poll in progress. Nil for a poll of an earlier generation.
    mutating func finish(_ poll: Poll) -> Poll? {
        guard poll.generation == generation, let began else { return nil }
        self.began = nil
        let now = clock.elapsed()
        let interval = sampling.interval
        // Missed slots are skipped and counted.
        let missed = max(0, Int((now - nextPoll) / interval))
        nextPoll += interval * (missed + 1)
        for (source, end) in [
            ("ges_api", now), ("probe", poll.ended.answering), ("probe_silent", poll.ended.silent),
        ] {
            metrics.set(MetricCatalog.cycleDuration, to: (end - began).inSeconds, source)
        }
        for source in ["ges_api", "probe"] {
            metrics.add(Double(missed + 1), to: MetricCatalog.cycles, source)
            metrics.add(Double(missed), to: MetricCatalog.cyclesMissed, source)
        }
        metrics.set(
            MetricCatalog.credentialRefusing,
            to: Double(poll.readings.graphs.count { $0.refusesCredential })
        )
        known = poll.known
        return poll
    }

    /// Uses this source for polls started from now on. With `looksElsewhere` a poll in progress is
    /// discarded.
    mutating func reach(
        _ source: any GraphSource,
        _ sampling: SamplingConfiguration,
        _ canaries: [DiagnosisPolicy.Canary],
        looksElsewhere: Bool
    ) {
        let now = clock.elapsed()
        self.source = source
        nextPoll = looksElsewhere ? now : min(nextPoll, now + sampling.interval)
        self.sampling = sampling
        self.canaries = canaries
        guard looksElsewhere else { return }
        generation += 1
        began = nil
        known = KnownGraphs()
    }

    /// The graphs of the last successful listing.
    var graphIDs: [String] { graphs.map(\.id) }

    var graphs: [Graph] { known.graphs }

    /// Time until `beginWhenDue` should be called again.
    var timeToNextTurn: Duration {
        began == nil ? nextPoll - clock.elapsed() : sampling.interval
    }

    /// How much longer rules should wait for the poll in progress. A poll takes one time-out when a
    /// graph hangs, which is when its samples matter, and more than two only if very many hang.
    var patience: Duration {
        began.map { max(.zero, $0 + sampling.timeout * 2 - clock.elapsed()) } ?? .zero
    }

    /// When the poll in progress must have ended, in elapsed time; later the agent counts as hung.
    /// A poll of many graphs that all hang takes several time-outs, and a cloud that throttles
    /// makes paging slow. Nil when no poll is in progress.
    var deadline: Duration? {
        began.map { $0 + .seconds(300) + sampling.timeout * 10 }
    }
}
