import API
import Configuration
import Coordination
import Cycle
import GES
import Logging
import Time

/// Starts one round per interval beside the polls, never two at a time.
struct CloudEyeSampler {
    /// Nil if Cloud Eye is not configured.
    private var configuration: CloudEyeConfiguration?
    private var source: any CloudEyeSource
    /// Only compared.
    private var endpoint: String
    private let queue: DelayedQueue<DelayedSample>
    private let metrics: MetricRegistry
    private let meter: RoundMeter
    private let clock: AgentClock
    private let logger: Logger
    private var known = CloudEyeKnowledge()
    private var pause = SourcePause()
    private var nextRound: Duration
    /// When the round in progress began, in elapsed time.
    private var began: Duration?
    /// Incremented when the agent is pointed at another cloud. Rounds of an earlier generation are
    /// discarded.
    private var generation = 0

    /// How long to wait for the first poll.
    private static let firstWait = Duration.seconds(10)

    init(
        source: any CloudEyeSource,
        configuration: CloudEyeConfiguration?,
        endpoint: String,
        queue: DelayedQueue<DelayedSample>,
        metrics: MetricRegistry,
        clock: AgentClock,
        logger: Logger
    ) {
        self.source = source
        self.configuration = configuration
        self.endpoint = endpoint
        self.queue = queue
        self.metrics = metrics
        meter = RoundMeter(metrics: metrics, source: "cloud_eye")
        self.clock = clock
        self.logger = logger
        nextRound = clock.elapsed()
        if configuration != nil { showSource() }
    }

    /// Starts a round if one is due. A round that a stop interrupts is discarded.
    ///
    /// - Parameters:
    ///   - graphs: the ids of the known graphs; none before the first poll.
    ///   - share: what this agent watches; nil for every graph.
    mutating func beginWhenDue(
        _ graphs: () -> [String],
        _ inbox: Inbox,
        _ stop: StopSignal,
        _ group: inout DiscardingTaskGroup,
        share: () -> WatchShare? = { nil }
    ) {
        let now = clock.elapsed()
        guard let configuration, began == nil, now >= nextRound else { return }
        let share = share()
        let watched = Set(graphs().filter { share?.otherWatcher(of: $0) == nil })
        guard !watched.isEmpty else {
            nextRound = now + min(configuration.interval, Self.firstWait)
            return
        }
        began = now
        let watcher = CloudEyeWatcher(
            source: source,
            configuration: configuration,
            queue: queue,
            clock: clock,
            generation: generation
        )
        group.addTask { [known, generation] in
            let round = await stop.race { await watcher.read(known, watched) }
            guard var round else { return }
            round.generation = generation
            inbox.put(round)
        }
    }

    /// Ends the round in progress, unless it is of an earlier generation.
    mutating func finish(_ round: CloudEyeRound) {
        guard round.generation == generation, let began, let configuration else { return }
        self.began = nil
        known = round.known
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
            metrics.add(Double(count), to: MetricCatalog.cloudEyeDropped, fault.rawValue)
        }
        showPause()
    }

    /// Uses this source and these settings for rounds started from now on. With `looksElsewhere` a
    /// round in progress is discarded.
    mutating func reach(
        _ source: any CloudEyeSource,
        _ configuration: CloudEyeConfiguration?,
        endpoint: String,
        looksElsewhere: Bool
    ) {
        let looksElsewhere = looksElsewhere || endpoint != self.endpoint
        self.source = source
        self.endpoint = endpoint
        let isSame = configuration == self.configuration && !looksElsewhere
        self.configuration = configuration
        // A person may have given the permission, and reloads to have it tried.
        let wasPaused = pause.cause != nil
        known.refused = [:]
        known.refusedMetrics = [:]
        guard !isSame || wasPaused else { return }
        if configuration == nil || looksElsewhere {
            generation += 1
            queue.startOver(generation: generation)
            began = nil
            known = CloudEyeKnowledge()
        }
        pause = SourcePause()
        nextRound = clock.elapsed()
        if configuration == nil {
            for definition in MetricCatalog.cloudEyeGauges {
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
        for fault in CloudEyeFault.allCases {
            metrics.add(0, to: MetricCatalog.cloudEyeDropped, fault.rawValue)
        }
        showPause()
    }

    private func showPause() {
        for cause in SourcePause.Cause.allCases {
            metrics.set(
                MetricCatalog.cloudEyePaused,
                to: pause.cause == cause ? 1 : 0,
                cause.rawValue
            )
        }
    }

    private func report(_ interruption: RoundInterruption?) {
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
