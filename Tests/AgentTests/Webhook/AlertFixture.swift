import Remediation
import Series

@testable import Agent
@testable import GES

/// What the tests of received alerts have in common.
enum AlertFixture {
    static let start = Instant(milliseconds: 1_795_428_000_000)
    static let webhook = WebhookConfiguration(alertnames: ["GraphHung"])

    /// An alert about graph `g` that everything is right with, but for what is given.
    static func alert(
        _ changes: [String: String] = [:],
        status: IncomingAlert.Status = .firing(until: nil),
        fingerprint: String = "f1",
        startsAt: Instant = start - .seconds(60)
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

    private static func readings(
        _ at: Instant,
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
