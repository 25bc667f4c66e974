package import Coordination
package import Diagnosis
package import Remediation
package import Rules
package import Time
import Series

/// The state after a step, for readers: the page, the API, the metrics. It is published as one
/// value, so that no reader sees half of a step.
package struct Status: Sendable {
    package var at: Timestamp
    package var settings: CycleSettings?
    package var inventory = Inventory()
    package var diagnosis = Diagnosis(interval: .zero)
    /// What alerts say of each graph, by id.
    package var claims: [String: [Claim]] = [:]
    package var machine = Machine()
    package var view: FleetView
    /// Pending and firing alerts of the rules.
    package var alerts: [ActiveAlert] = []
    /// Received alerts, and which of them ask for a restart or block restarts now.
    package var received = ReceivedAlerts()
    package var firing: Set<ReceivedAlert.Key> = []
    /// What `groups` is made of, for those who ask.
    var rules: RuleEngine.Published?
    package var groups: [GroupStatus] { rules?.groups ?? [] }
    /// Why the agent only detects; empty if it may act.
    package var detectOnly: [DetectOnlyReason] = []
    /// What keeps the agent from doing its work, the worst first.
    package var troubles: [Trouble]
    /// The samples of the newest poll.
    package var samples: [GraphSample] = []
    /// The samples of other monitoring services.
    package var delayed = DelayedSamples()
    /// The samples of the nodes of graphs.
    package var nodes = NodeSamples()
    /// How far the gateway's clock is ahead of ours; nil while unknown.
    package var gatewayClockOffset: Duration?
    /// The maintenance windows, in the order of the configuration.
    package var maintenance: [MaintenanceState] = []
    package var silences = SilenceBook()
    /// What is known of other agents; nil for an agent that shares its fleet with nobody.
    package var cluster: ClusterReading?
    /// How often the agent has started; nil if nobody counts.
    package var starts: StartCounter?
    /// Nil before the first complete evaluation.
    package var selfTest: SelfTest?
    package var storage = Storage()
    /// Why samples are not kept on disk; nil if they are, or if nobody keeps them.
    package var historyFailure: String?
    /// Why samples from before the start cannot be read; nil if they can, or if nobody is asked.
    package var earlierFailure: String?
    /// What this step did, for counters of metrics.
    package var work = Work()

    /// Counts of the series store.
    package struct Storage: Hashable, Sendable {
        package var seriesCount = 0
        /// Series rejected since the start because of the limit.
        package var droppedSeries = 0
        /// Samples evicted since the start because of the limit per series.
        package var evictedSamples = 0
        /// How many series `Status.delayed` may have.
        package var delayedLimit = 0
        /// How many series `Status.nodes` may have.
        package var nodesLimit = 0
    }

    package struct Work: Sendable {
        package var readings: Readings?
        package var evaluation: EvaluationReport?
        package var clockJumps = 0
    }

    /// Before the first step.
    package static let starting = Status(
        at: Timestamp(milliseconds: 0),
        view: FleetView(graphs: [:], sightSince: nil, freshness: .zero),
        troubles: [.starting]
    )
}

extension Cycle {
    mutating func status(
        _ turn: Turn,
        _ alerts: [ActiveAlert],
        _ view: FleetView,
        _ test: SelfTest?
    ) -> Status {
        let reasons = detectOnlyReasons
        let firing = settings.webhook.map { received.firing($0, at: turn.now) } ?? []
        var status = Status(
            at: turn.now,
            settings: settings,
            inventory: inventory,
            diagnosis: diagnosis,
            claims: claims,
            machine: machine,
            view: view,
            alerts: alerts,
            received: received,
            firing: Set(firing.map(\.key)),
            rules: rules.published,
            detectOnly: reasons,
            troubles: [],
            samples: written.samples,
            delayed: delayed,
            nodes: nodes,
            gatewayClockOffset: clockWatch.gatewayOffset,
            maintenance: maintenance,
            silences: silences,
            cluster: cluster,
            starts: starts,
            selfTest: test,
            storage: Status.Storage(
                seriesCount: series.seriesCount,
                droppedSeries: series.droppedSeriesTotal,
                evictedSamples: series.evictedSamplesTotal,
                delayedLimit: DelayedSamples.limit(of: series),
                nodesLimit: NodeSamples.limit(of: series)
            ),
            work: Status.Work(
                readings: turn.readings,
                evaluation: turn.evaluation,
                clockJumps: turn.clockJumps
            )
        )
        status.historyFailure = turn.input.historyFailure
        status.earlierFailure = turn.input.earlierFailure
        status.troubles = troubleLog.note(status.presentTroubles, at: turn.now)
        return status
    }
}
