import API
import Configuration
import Coordination
import Cycle
import GES
import Logging
import Time

typealias CloudEyeRound = SourceRound<CloudEyeKnowledge, CloudEyeFault>

/// Reads Cloud Eye in rounds.
struct CloudEyeSampler {
    /// Nil if Cloud Eye is not configured.
    private var configuration: CloudEyeConfiguration?
    private var source: any CloudEyeSource
    /// Only compared.
    private var endpoint: String
    private let queue: DelayedQueue<DelayedSample>
    private let clock: AgentClock
    private(set) var rounds: RoundSchedule<CloudEyeKnowledge, CloudEyeFault>

    init(_ parts: LoopParts) {
        source = parts.cloud
        configuration = parts.configuration.sampling.cloudEye
        endpoint = "\(parts.configuration.cloud.endpoints.ces)"
        queue = parts.inbox.delayed
        clock = parts.clock
        let meter = RoundMeter<CloudEyeFault>(
            metrics: parts.metrics,
            source: "cloud_eye",
            paused: MetricCatalog.cloudEyePaused,
            dropped: MetricCatalog.cloudEyeDropped,
            gauges: MetricCatalog.cloudEyeGauges
        )
        rounds = RoundSchedule(
            from: CloudEyeKnowledge(),
            every: configuration?.interval,
            meter,
            parts
        ) { [logger = parts.logger] in
            Self.report($0, logger)
        }
    }

    /// Ends the round in progress if everything was read, and starts one if it is due.
    ///
    /// - Parameters:
    ///   - graphs: the ids of the known graphs; none before the first poll.
    ///   - share: what this agent watches; nil for every graph.
    mutating func turn(
        _ graphs: () -> [String],
        _ stop: StopSignal,
        _ group: inout DiscardingTaskGroup,
        share: () -> WatchShare?
    ) {
        _ = rounds.finish()
        guard let configuration, rounds.isDue else { return }
        let share = share()
        let watched = Set(graphs().filter { share?.otherWatcher(of: $0) == nil })
        let watcher = CloudEyeWatcher(
            source: source,
            configuration: configuration,
            queue: queue,
            clock: clock,
            generation: rounds.generation
        )
        rounds.begin(for: watched, stop, &group) { await watcher.read($0, watched) }
    }

    /// Uses this source and these settings for rounds started from now on. With `looksElsewhere` a
    /// round in progress is discarded.
    mutating func reach(
        _ source: any CloudEyeSource,
        _ configuration: CloudEyeConfiguration?,
        endpoint: String,
        looksElsewhere: Bool
    ) {
        // A person may have given the permission, and reloads to have it tried.
        rounds.known.refused = [:]
        rounds.known.refusedMetrics = [:]
        let startsOver = rounds.reach(
            every: configuration?.interval,
            isSame: configuration == self.configuration,
            looksElsewhere: looksElsewhere || endpoint != self.endpoint
        )
        if startsOver { queue.startOver(generation: rounds.generation) }
        (self.source, self.configuration, self.endpoint) = (source, configuration, endpoint)
    }

    private static func report(_ interruption: RoundInterruption?, _ logger: Logger) {
        switch interruption {
        case .throttled:
            logger.warning(
                "Cloud Eye limits requests; the agent asks less often until it answers again"
            )
        case .forbidden(let reason):
            logger.warning(
                "Cloud Eye refuses the agent's credential; it is asked again in an hour",
                metadata: ["err": "\(reason)"]
            )
        case .time, .credential, nil: logger.info("Cloud Eye answers again")
        }
    }
}
