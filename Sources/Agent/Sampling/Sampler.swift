import API
import Configuration
import Cycle
import GES
import Series
import Time

/// What one poll brought.
struct Poll: Sendable {
    var readings: Readings
    /// The graphs of the listing; nil when it failed.
    var graphs: [Graph]?
    /// Which way to the cloud it went; a later one has a higher number.
    fileprivate(set) var generation = 0

    init(readings: Readings, graphs: [Graph]?) {
        self.readings = readings
        self.graphs = graphs
    }
}

/// Begins a poll at every slot of the sampling interval, one at a time, and remembers the graphs so
/// that they can be probed when the listing fails.
struct Sampler {
    private var source: any GraphSource
    private var sampling: SamplingConfiguration
    private let metrics: MetricRegistry
    private let clock: AgentClock
    /// The graphs of the last listing that succeeded.
    private var known: [Graph] = []
    private var nextPoll: Duration
    /// When the poll that is under way began, in elapsed time.
    private var began: Duration?
    /// Counts the ways to the cloud: what an earlier one brings in is of no use.
    private var generation = 0

    init(
        source: any GraphSource,
        sampling: SamplingConfiguration,
        metrics: MetricRegistry,
        clock: AgentClock
    ) {
        self.source = source
        self.sampling = sampling
        self.metrics = metrics
        self.clock = clock
        nextPoll = clock.elapsed()
    }

    /// A poll that the stop cut off says nothing about the cloud.
    mutating func beginWhenDue(
        _ inbox: Inbox,
        _ stop: StopSignal,
        _ group: inout DiscardingTaskGroup
    ) {
        let now = clock.elapsed()
        guard began == nil, now >= nextPoll else { return }
        began = now
        let watcher = Watcher(source: source, sampling: sampling)
        group.addTask { [known, clock, generation] in
            let poll = await stop.race {
                await watcher.poll(known: known, at: clock.now(), began: now)
            }
            guard var poll else { return }
            poll.generation = generation
            inbox.put(poll)
        }
    }

    /// The poll has ended. Nil when it went another way than the one that is now in force.
    mutating func finish(_ poll: Poll) -> Poll? {
        guard poll.generation == generation, let began else { return nil }
        self.began = nil
        let now = clock.elapsed()
        let interval = sampling.interval
        // Slots that passed meanwhile are skipped and counted.
        let missed = max(0, Int((now - nextPoll) / interval))
        nextPoll += interval * (missed + 1)
        for source in ["ges_api", "probe"] {
            metrics.set(MetricCatalog.cycleDuration, to: (now - began).inSeconds, source)
            metrics.add(Double(missed + 1), to: MetricCatalog.cycles, source)
            metrics.add(Double(missed), to: MetricCatalog.cyclesMissed, source)
        }
        if let graphs = poll.graphs { known = graphs }
        return poll
    }

    /// What is begun from now on goes this way. A poll under way that goes another is passed over.
    mutating func reach(
        _ source: any GraphSource,
        _ sampling: SamplingConfiguration,
        looksElsewhere: Bool
    ) {
        let now = clock.elapsed()
        self.source = source
        nextPoll = looksElsewhere ? now : min(nextPoll, now + sampling.interval)
        self.sampling = sampling
        guard looksElsewhere else { return }
        generation += 1
        began = nil
        known = []
    }

    /// How long until the sampler wants to be asked again.
    var timeToNextTurn: Duration {
        began == nil ? nextPoll - clock.elapsed() : sampling.interval
    }

    /// How much longer rules should wait for the poll under way. It takes a time-out when a graph
    /// hangs, which is when its samples matter; more than two only when very many do.
    var patience: Duration {
        began.map { max(.zero, $0 + sampling.timeout * 2 - clock.elapsed()) } ?? .zero
    }

    /// When the poll in progress must have ended, in elapsed time; later the agent counts as hung.
    /// A poll of many graphs that all hang takes several time-outs, and a cloud that throttles makes
    /// paging slow. Nil when no poll is in progress.
    var deadline: Duration? {
        began.map { $0 + .seconds(300) + sampling.timeout * 10 }
    }
}
