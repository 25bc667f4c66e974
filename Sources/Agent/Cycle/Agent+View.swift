import GES
import Remediation
import Rules
import Series
import Time

extension Agent {
    /// The fleet as the machine is to see it.
    func fleetView(alerts: [ActiveAlert], received: [ReceivedAlert]) -> FleetView {
        var graphs: [GraphID: GraphView] = [:]
        for entry in inventory.entries.values {
            let id = GraphID(entry.graph.id)
            graphs[id] = GraphView(
                id: id,
                name: entry.graph.name,
                statusCode: entry.graph.status.code,
                statusSince: entry.statusSince,
                observedAt: entry.observedAt,
                probe: probeView(entry),
                policy: configuration.policy(for: entry.graph)
            )
        }
        return FleetView(
            graphs: graphs,
            sightSince: inventory.sightSince,
            freshness: configuration.sampling.freshness,
            sickGraphs: sickGraphs(alerts, received),
            detectOnly: troubles.isEmpty ? nil : troubles.map(\.description).joined(separator: "; ")
        )
    }

    private func probeView(_ entry: Inventory.Entry) -> ProbeView? {
        guard entry.wasReached, let last = entry.lastProbe else { return nil }
        return ProbeView(answered: last.isAnswered, at: last.at)
    }

    /// Graphs that look sick now: running without answering, or the subject of an alert that asks
    /// for a restart. Imports and exports that are merely being timed by a pending alert are not.
    private func sickGraphs(_ alerts: [ActiveAlert], _ received: [ReceivedAlert]) -> Int {
        var sick = Set(received.map(\.graphID.rawValue))
        for entry in inventory.entries.values
        where entry.graph.status.phase == .running && entry.answered == false {
            sick.insert(entry.graph.id)
        }
        for alert in alerts where RemediationRequests.asksForRestart(alert) {
            let isUnresponsive = RemediationRequests.hangClass(alert.labels) == .unresponsive
            guard alert.firedAt != nil || isUnresponsive else { continue }
            sick.insert(alert.labels["graph_id"])
        }
        return sick.count
    }

    mutating func take(_ readings: Readings) {
        learnClock(from: readings)
        inventory.merge(readings, freshness: configuration.sampling.freshness)
        samples = GraphSamples.all(
            inventory,
            projectID: configuration.cloud.projectID,
            at: readings.at
        )
        append(samples, at: readings.at)
    }

    /// Appends the samples of this poll, and a staleness marker to every series that the poll
    /// before had and this one has not: a graph that is gone must not keep its last value.
    private mutating func append(_ samples: [GraphSample], at: Timestamp) {
        var present = Set<SeriesReference>(minimumCapacity: samples.count)
        for sample in samples {
            guard let reference = series.reference(for: sample.labels) else { continue }
            present.insert(reference)
            series.append(to: reference, sample.value, at: at)
        }
        for reference in presentSeries.subtracting(present) {
            series.append(to: reference, Staleness.marker, at: at)
        }
        presentSeries = present
        prune(at: at)
    }

    /// Forgets the series of graphs that are long gone: their ids never come back.
    private mutating func prune(at: Timestamp) {
        guard at - prunedAt >= Self.pruneInterval else { return }
        prunedAt = at
        series.prune(before: at - series.retention)
    }

    private static let pruneInterval = Duration.seconds(60)

    /// Why the agent is not ready, as lines for `/-/ready`.
    var notReady: [String] {
        var reasons: [String] = []
        if inventory.lastSuccess == nil {
            let cause = inventory.lastError.map { "\($0)" } ?? "no answer"
            reasons.append("the graphs could not be listed yet: \(cause)")
        }
        return reasons + troubles.map(\.description)
    }

    /// Until the next cycle writes to them.
    func publishSeries() {
        board.series.publish(
            SeriesSnapshot(
                series: series,
                evaluationInterval: configuration.evaluationInterval
            )
        )
    }

    func publish(
        alerts: [ActiveAlert],
        received: [ReceivedAlert],
        view: FleetView,
        at now: Timestamp
    ) {
        board.publish(
            FleetStatus(
                at: now,
                inventory: inventory,
                machine: machine,
                view: view,
                alerts: alerts,
                received: desk.alerts,
                asking: Set(received.map(\.key)),
                groups: rules.groups,
                notReady: notReady,
                samples: samples
            )
        )
    }
}
