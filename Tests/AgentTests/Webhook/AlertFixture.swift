import Remediation
import Series

@testable import Agent
@testable import GES
import Time

/// What the tests of received alerts have in common.
enum AlertFixture {
    static let start = Timestamp(milliseconds: 1_795_428_000_000)
    static let webhook = WebhookConfiguration(alertnames: ["GraphHung"])

    /// An alert about graph `g` that everything is right with, but for what is given.
    static func alert(
        _ changes: [String: String] = [:],
        status: IncomingAlert.Status = .firing(until: nil),
        fingerprint: String = "f1",
        startsAt: Timestamp = start - .seconds(60)
    ) -> IncomingAlert {
        let labels = ["alertname": "GraphHung", "graph_id": "g", "remediate": "restart"]
        return IncomingAlert(
            labels: Labels(labels.merging(changes) { $1 }),
            summary: "hung",
            startsAt: startsAt,
            fingerprint: fingerprint,
            status: status
        )
    }

    /// An inventory after polls `seconds` after `start`, in which graph `g` had the status and
    /// answered (true), did not answer (false) or was not asked (nil).
    static func inventory(
        _ polls: (seconds: Int64, status: String?, answered: Bool?)...
    ) -> Inventory {
        var inventory = Inventory()
        for poll in polls {
            inventory.merge(
                readings(start + .seconds(poll.seconds), poll.status, poll.answered),
                freshness: .seconds(100)
            )
        }
        return inventory
    }

    /// An inventory of graph `g` that imports, its one task as far as told at each time.
    static func importing(_ polls: (seconds: Int64, task: String, progress: Double?)...)
        -> Inventory
    {
        var inventory = Inventory()
        for poll in polls {
            var readings = readings(start + .seconds(poll.seconds), "202", true)
            readings.graphs[0].tasks = [
                GraphTask(id: poll.task, state: .running, progressRatio: poll.progress)
            ]
            inventory.merge(readings, freshness: .seconds(100))
        }
        return inventory
    }

    private static func readings(
        _ at: Timestamp,
        _ status: String?,
        _ answered: Bool?
    ) -> Readings {
        let graph = status.map { Graph(id: "g", name: "graph", status: GraphStatus(code: $0)) }
        var reading: GraphReading?
        if let graph, let answered {
            var new = GraphReading(graph: graph)
            new.probes = [.init(kind: .version, result: result(answered))]
            reading = new
        }
        return Readings(
            at: Timestamp(milliseconds: at.milliseconds),
            listing: .success(GraphListing(graphs: graph.map { [$0] } ?? [], isComplete: true)),
            jobs: .success([]),
            graphs: reading.map { [$0] } ?? []
        )
    }

    /// Shows graph `g`, but perhaps not all of the others.
    static var incompleteListing: Readings {
        var readings = readings(start, "200", false)
        readings.listing = readings.listing.map { listing in
            GraphListing(graphs: listing.graphs, isComplete: false)
        }
        return readings
    }

    private static func result(_ answered: Bool) -> ProbeResult {
        let answer = ProbeAnswer(
            duration: .milliseconds(3),
            httpStatus: 200,
            code: nil,
            vertices: nil,
            edges: nil
        )
        return answered ? .answered(answer) : .failed(reason: "timeout", duration: .seconds(10))
    }
}
