package import Remediation
package import Rules
package import Time
import Series

/// What the last step left behind, for everybody who reads: the page, the API, the metrics. One
/// value, published whole, so that no reader sees half of a step.
package struct Status: Sendable {
    package var at: Timestamp
    package var settings: CycleSettings?
    package var inventory = Inventory()
    package var machine = Machine()
    package var view: FleetView
    /// Of our own rules, pending and firing.
    package var alerts: [ActiveAlert] = []
    /// The alerts of others, and which of them ask for a restart.
    package var received = ReceivedAlerts()
    package var asking: Set<ReceivedAlert.Key> = []
    package var groups: [GroupStatus] = []
    /// Why the agent watches and does not act; empty when it may act.
    package var detectOnly: [DetectOnlyReason] = []
    /// Why the agent is not ready; empty when it is.
    package var notReady: [String]
    /// The samples of the graphs, under the names by which rules read them.
    package var samples: [GraphSample] = []
    /// How far the gateway's clock is ahead of ours; nil while it has not told.
    package var gatewayClockOffset: Duration?
    package var storage = Storage()
    /// What this step did, for counters.
    package var work = Work()

    /// What the series take.
    package struct Storage: Hashable, Sendable {
        package var seriesCount = 0
        /// Refused since the start, because of the limit on series.
        package var droppedSeries = 0
        /// Given up since the start, because their series had too many.
        package var evictedSamples = 0
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
        notReady: ["the first sampling cycle has not ended"]
    )
}

extension Cycle {
    func status(
        _ turn: Turn,
        _ alerts: [ActiveAlert],
        _ asking: [ReceivedAlert],
        _ view: FleetView
    ) -> Status {
        let reasons = detectOnlyReasons
        return Status(
            at: turn.now,
            settings: settings,
            inventory: inventory,
            machine: machine,
            view: view,
            alerts: alerts,
            received: received,
            asking: Set(asking.map(\.key)),
            groups: rules.groups,
            detectOnly: reasons,
            notReady: blindness + reasons.map(\.description),
            samples: written.samples,
            gatewayClockOffset: clockWatch.gatewayOffset,
            storage: Status.Storage(
                seriesCount: series.seriesCount,
                droppedSeries: series.droppedSeriesTotal,
                evictedSamples: series.evictedSamplesTotal
            ),
            work: Status.Work(
                readings: turn.readings,
                evaluation: turn.evaluation,
                clockJumps: turn.clockJumps
            )
        )
    }

    private var blindness: [String] {
        guard inventory.lastSuccess == nil else { return [] }
        let cause = inventory.lastFailure?.text ?? "no answer"
        return ["the graphs could not be listed yet: \(cause)"]
    }
}
