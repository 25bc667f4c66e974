package import Cycle
import Series
package import Time

/// Fixtures shared by the tests of received alerts.
package enum AlertFixture {
    package static let start = Timestamp(milliseconds: 1_795_428_000_000)
    package static let terms = WebhookTerms(alertnames: ["GraphHung"])

    /// A valid alert about graph `g`, except for the given changes.
    package static func alert(
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
    /// answered (true), did not answer (false) or was not probed (nil).
    package static func inventory(
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

    /// An inventory of graph `g` during an import, with the progress of its one task at each time.
    package static func importing(
        _ polls: (seconds: Int64, task: String, progress: Double?)...
    ) -> Inventory {
        var inventory = Inventory()
        for poll in polls {
            var readings = readings(start + .seconds(poll.seconds), "202", true)
            readings.graphs[0].tasks = [
                GraphReading.DataPlaneTask(
                    id: poll.task,
                    state: .running,
                    progressRatio: poll.progress
                )
            ]
            inventory.merge(readings, freshness: .seconds(100))
        }
        return inventory
    }

    package static func readings(
        _ at: Timestamp,
        _ status: String?,
        _ answered: Bool?
    ) -> Readings {
        let graph = status.map { ReadingsFixture.graph("g", status: $0) }
        var reading: GraphReading?
        if graph != nil, let answered {
            let outcome = answered ? ReadingsFixture.answered : ReadingsFixture.silent
            reading = GraphReading(
                graphID: "g",
                probes: [GraphReading.Probe(kind: "version", outcome: outcome)]
            )
        }
        return Readings(
            at: at,
            listing: .success(
                Readings.Listing(graphs: graph.map { [$0] } ?? [], isComplete: true)
            ),
            jobs: .success([]),
            graphs: reading.map { [$0] } ?? []
        )
    }

    /// Lists graph `g`, but perhaps not all others.
    package static var incompleteListing: Readings {
        var readings = readings(start, "200", false)
        readings.listing = readings.listing.map { listing in
            Readings.Listing(graphs: listing.graphs, isComplete: false)
        }
        return readings
    }
}
