import API
import Configuration
import Cycle
import GES
import Logging
import Remediation
import Time

typealias NodeMetricsRound = SourceRound<NodeMetricsKnowledge, NodeMetricsFault>

/// Reads the nodes of graphs in rounds.
struct NodeMetricsSampler {
    /// Nil if nodes are not read.
    private var configuration: NodeMetricsConfiguration?
    private var source: any NodeMetricsSource
    private var dataPlane: DataPlaneConfiguration?
    private let queue: DelayedQueue<NodeReading>
    private let targets = NodeMetricsTargets()
    private let metrics: MetricRegistry
    private let clock: AgentClock
    /// The known graphs that no other agent watches.
    private var watched: Set<String> = []
    private(set) var rounds: RoundSchedule<NodeMetricsKnowledge, NodeMetricsFault>

    init(_ parts: LoopParts) {
        source = parts.cloud
        configuration = parts.configuration.sampling.nodeMetrics
        dataPlane = parts.configuration.sampling.nodeDataPlane
        queue = parts.inbox.nodes
        metrics = parts.metrics
        clock = parts.clock
        let meter = RoundMeter<NodeMetricsFault>(
            metrics: metrics,
            source: "node_metrics",
            paused: MetricCatalog.nodeMetricsPaused,
            dropped: MetricCatalog.nodeMetricsDropped,
            gauges: MetricCatalog.nodeMetricsGauges
        )
        rounds = RoundSchedule(
            from: NodeMetricsKnowledge(),
            every: configuration?.interval,
            meter,
            parts
        ) { [logger = parts.logger] in
            Self.report($0, logger)
        }
        showUnsupported()
    }

    /// Learns from a step which graphs may be asked. Only a poll tells that another one may; what is
    /// being restarted is left alone from the step on that decided it.
    ///
    /// - Parameters:
    ///   - graphs: the known graphs.
    ///   - isPolled: whether the step saw a poll.
    mutating func aim(at status: Status, _ graphs: [Graph], isPolled: Bool) {
        guard configuration != nil else { return }
        guard isPolled || targets.isEmpty else {
            return targets.remove(status.machine.inFlight.map(\.rawValue))
        }
        let ids = status.monitorable
        targets.replace(with: graphs.filter { ids.contains($0.id) })
        let entries = status.inventory.entries
        watched = Set(graphs.lazy.map(\.id).filter { entries[$0]?.otherWatcher == nil })
        forgetUnwatched()
    }

    /// Ends the round in progress if everything was read, and starts one if it is due.
    mutating func turn(_ stop: StopSignal, _ group: inout DiscardingTaskGroup) {
        // A round in which every graph is left alone is no success.
        if rounds.finish(isComplete: { $0.isComplete && $0.answerCount > 0 }) {
            // Graphs may have gone, or moved to another agent, during the round.
            forgetUnwatched()
        }
        guard let configuration, let dataPlane, rounds.isDue else { return }
        let graphs = targets.ids
        let watcher = NodeMetricsWatcher(
            source: source,
            configuration: configuration,
            dataPlane: dataPlane,
            targets: targets,
            queue: queue,
            clock: clock,
            generation: rounds.generation
        )
        rounds.begin(for: graphs, stop, &group) { await watcher.read($0, graphs) }
    }

    /// Uses this source and these settings for rounds started from now on. With `looksElsewhere` a
    /// round in progress is discarded.
    mutating func reach(
        _ source: any NodeMetricsSource,
        _ sampling: SamplingConfiguration,
        looksElsewhere: Bool
    ) {
        // A person may have repaired what failed, and reloads to have it tried.
        rounds.known.forgetRests()
        let startsOver = rounds.reach(
            every: sampling.nodeMetrics?.interval,
            isSame: sampling.nodeMetrics == configuration,
            looksElsewhere: looksElsewhere
        )
        if startsOver {
            queue.startOver(generation: rounds.generation)
            targets.replace(with: [])
        }
        (self.source, configuration) = (source, sampling.nodeMetrics)
        dataPlane = sampling.nodeDataPlane
        showUnsupported()
    }

    private mutating func forgetUnwatched() {
        rounds.known.keep(watched)
        showUnsupported()
    }

    private func showUnsupported() {
        guard configuration != nil else { return }
        metrics.set(MetricCatalog.nodeMetricsUnsupported, to: Double(rounds.known.unsupportedCount))
    }

    private static func report(_ interruption: RoundInterruption?, _ logger: Logger) {
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
