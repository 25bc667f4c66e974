import API
import Configuration
import Cycle
import GES
import Logging
import Time

/// Starts one round per interval beside the polls, never two at a time.
struct NodeMetricsSampler {
    /// Nil if nodes are not read.
    private var configuration: NodeMetricsConfiguration?
    private var source: any NodeMetricsSource
    private var dataPlane: DataPlaneConfiguration?
    private let queue: DelayedQueue<NodeReading>
    private let targets = NodeMetricsTargets()
    private let metrics: MetricRegistry
    private let meter: RoundMeter
    private let clock: AgentClock
    private let logger: Logger
    private var known = NodeMetricsKnowledge()
    /// The known graphs that no other agent watches.
    private var watched: Set<String> = []
    private var pause = SourcePause()
    private var nextRound: Duration
    /// When the round in progress began, in elapsed time.
    private var began: Duration?
    /// Incremented when the agent is pointed at another cloud. Rounds of an earlier generation are
    /// discarded.
    private var generation = 0

    /// How long to wait for graphs that may be asked.
    private static let firstWait = Duration.seconds(10)

    init(_ parts: LoopParts) {
        source = parts.cloud
        configuration = parts.configuration.sampling.nodeMetrics
        dataPlane = parts.configuration.sampling.nodeDataPlane
        queue = parts.inbox.nodes
        metrics = parts.metrics
        meter = RoundMeter(metrics: metrics, source: "node_metrics")
        clock = parts.clock
        logger = parts.logger
        nextRound = clock.elapsed()
        if configuration != nil { showSource() }
    }

    /// Learns from a step which graphs may be asked.
    ///
    /// - Parameter graphs: the known graphs.
    mutating func aim(at status: Status, _ graphs: [Graph]) {
        guard configuration != nil else { return }
        let ids = status.monitorable
        targets.replace(with: graphs.filter { ids.contains($0.id) })
        let entries = status.inventory.entries
        watched = Set(graphs.lazy.map(\.id).filter { entries[$0]?.otherWatcher == nil })
        known.keep(watched)
        showUnsupported()
    }

    /// Starts a round if one is due. A round that a stop interrupts is discarded.
    mutating func beginWhenDue(
        _ inbox: Inbox,
        _ stop: StopSignal,
        _ group: inout DiscardingTaskGroup
    ) {
        let now = clock.elapsed()
        guard let configuration, let dataPlane, began == nil, now >= nextRound else { return }
        let graphs = targets.ids
        guard !graphs.isEmpty else {
            nextRound = now + min(configuration.interval, Self.firstWait)
            return
        }
        began = now
        let watcher = NodeMetricsWatcher(
            source: source,
            configuration: configuration,
            dataPlane: dataPlane,
            targets: targets,
            queue: queue,
            clock: clock,
            generation: generation
        )
        group.addTask { [known, generation] in
            let round = await stop.race { await watcher.read(known, graphs) }
            guard var round else { return }
            round.generation = generation
            inbox.put(round)
        }
    }

    /// Ends the round in progress, unless it is of an earlier generation.
    mutating func finish(_ round: NodeMetricsRound) {
        guard round.generation == generation, let began, let configuration else { return }
        self.began = nil
        known = round.known
        // Graphs may have gone, or moved to another agent, during the round.
        known.keep(watched)
        let now = clock.elapsed()
        let interval = configuration.interval
        let isNews = pause.note(
            round.interruption,
            isAnswered: round.answerCount > 0,
            interval: interval,
            at: now
        )
        if isNews { report(round.interruption) }
        let missed = max(0, Int((now - nextRound) / interval))
        nextRound += interval * (missed + 1)
        if pause.cause != nil { nextRound = max(nextRound, pause.until) }
        meter.count(
            lasting: now - began,
            missed: missed,
            samples: round.sampleCount,
            failures: round.failures,
            completedAt: round.isComplete ? clock.now() : nil
        )
        for (fault, count) in round.faults {
            metrics.add(Double(count), to: MetricCatalog.nodeMetricsDropped, fault.rawValue)
        }
        showState()
    }

    /// Uses this source and these settings for rounds started from now on. With `looksElsewhere` a
    /// round in progress is discarded.
    mutating func reach(
        _ source: any NodeMetricsSource,
        _ sampling: SamplingConfiguration,
        looksElsewhere: Bool
    ) {
        self.source = source
        dataPlane = sampling.nodeDataPlane
        let isSame = sampling.nodeMetrics == configuration && !looksElsewhere
        configuration = sampling.nodeMetrics
        // A person may have repaired what failed, and reloads to have it tried.
        let wasPaused = pause.cause != nil
        known.forgetRests()
        guard !isSame || wasPaused else { return }
        if configuration == nil || looksElsewhere {
            generation += 1
            queue.startOver(generation: generation)
            targets.replace(with: [])
            began = nil
            known = NodeMetricsKnowledge()
        }
        pause = SourcePause()
        nextRound = clock.elapsed()
        if configuration == nil {
            for definition in MetricCatalog.nodeMetricsGauges {
                metrics.replace(definition, with: [:])
            }
        } else {
            showSource()
        }
    }

    /// Time until `beginWhenDue` should be called again.
    var timeToNextTurn: Duration {
        guard let configuration, began == nil else { return .seconds(3600) }
        return min(nextRound - clock.elapsed(), configuration.interval)
    }

    private func showSource() {
        meter.showSource()
        for fault in NodeMetricsFault.allCases {
            metrics.add(0, to: MetricCatalog.nodeMetricsDropped, fault.rawValue)
        }
        showState()
    }

    private func showState() {
        for cause in SourcePause.Cause.allCases {
            metrics.set(
                MetricCatalog.nodeMetricsPaused,
                to: pause.cause == cause ? 1 : 0,
                cause.rawValue
            )
        }
        showUnsupported()
    }

    private func showUnsupported() {
        metrics.set(MetricCatalog.nodeMetricsUnsupported, to: Double(known.unsupportedCount))
    }

    private func report(_ interruption: RoundInterruption?) {
        switch interruption {
        case .throttled:
            logger.warning(
                "No graph tells of its nodes, or they limit requests; the agent asks less often"
            )
        case .forbidden(let reason):
            logger.warning(
                "The graphs refuse the agent's credential for their nodes; it asks again in an hour",
                metadata: ["err": "\(reason)"]
            )
        case .time, .credential, nil: logger.info("The graphs tell of their nodes again")
        }
    }
}
