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

    /// An inventory after five polls in a row with the same result: a single one proves nothing.
    package static func steadily(
        _ seconds: Int64,
        _ status: String?,
        _ answered: Bool?
    ) -> Inventory {
        var inventory = Inventory()
        for poll in 0..<5 {
            let at = start + .seconds(seconds) + .milliseconds(Int64(poll) * 100)
            inventory.merge(readings(at, status, answered), freshness: .seconds(100))
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
            reading?.path = ReadingsFixture.path
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
