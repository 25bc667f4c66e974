import GES
import HTTPClient
import JSON
import Time

/// What was seen of graphs on the management plane.
struct GraphFacts: AssumptionFacts {
    private var graphs = 0
    private var unknownStatuses: Set<String> = []
    /// The graph that is rehearsed, as it was described last.
    private var graph: Graph?
    private var updatedBefore: Timestamp?
    private var sentAt: Timestamp?
    private var reception = RestartReception.unknown
    /// `updated` when it changed after the restart, and when that was seen.
    private var change: (updated: Timestamp, seenAt: Timestamp)?
    /// `created` or `updated` in the future of this host.
    private var future: String?

    private static let maximumStatuses = 8

    mutating func observe(_ exchange: ObservedExchange, _ terms: AssumptionReport.Terms) {
        switch exchange.operation {
        case .restart(id: terms.graphID):
            guard sentAt == nil else { return }
            sentAt = exchange.at
            reception = RestartReception(exchange.result)
        case .listGraphs:
            for entry in exchange.document?["graphs"]?.arrayValue ?? [] {
                if let graph = Graph(entry) { note(status: graph.status) }
            }
        case .showGraph(let id):
            guard let graph = exchange.document?["graph"].flatMap(Graph.init) else { return }
            note(status: graph.status)
            if id == terms.graphID { note(graph, exchange) }
        default: break
        }
    }

    mutating func adopt(sentAt: Timestamp, jobID: String?) {
        self.sentAt = self.sentAt ?? sentAt
    }

    private mutating func note(status: GraphStatus) {
        graphs += 1
        guard status.meaning == nil, unknownStatuses.count < Self.maximumStatuses else { return }
        unknownStatuses.insert(status.code.shortened)
    }

    private mutating func note(_ graph: Graph, _ exchange: ObservedExchange) {
        self.graph = graph
        let seenAt = exchange.endedAt
        for (name, time) in [("created", graph.createdAt), ("updated", graph.updatedAt)] {
            guard let time, time - seenAt > RestartJobFacts.tolerance else { continue }
            future = future ?? "\(name) is \(time), read at \(seenAt)"
        }
        guard let updated = graph.updatedAt else { return }
        if sentAt == nil || updatedBefore == nil {
            updatedBefore = updated
        } else if change == nil, updated != updatedBefore {
            change = (updated, seenAt)
        }
    }

    func findings(_ terms: AssumptionReport.Terms) -> [AssumptionFinding] {
        var found = [times, version, edition].compactMap(\.self)
        if graphs > 0 {
            let codes = unknownStatuses.sorted().joined(separator: ", ")
            found.append(
                AssumptionFinding(
                    .knownStatuses,
                    unknownStatuses.isEmpty,
                    unknownStatuses.isEmpty ? "in \(graphs) readings" : "unknown: \(codes)"
                )
            )
        }
        return found
    }

    /// A local time that is behind UTC shows after the restart only.
    private var times: AssumptionFinding? {
        if let future { return AssumptionFinding(.graphTimes, .didNotHold, future) }
        guard let sentAt, let change else { return nil }
        let isNear =
            change.updated >= sentAt - RestartJobFacts.tolerance
            && change.updated <= change.seenAt + RestartJobFacts.tolerance
        return AssumptionFinding(
            .graphTimes,
            isNear,
            "sent at \(sentAt), updated at \(change.updated)"
        )
    }

    private var version: AssumptionFinding? {
        guard let text = graph?.dataStoreVersion else { return nil }
        let parts = text.split(separator: ".").map { Int($0) }
        guard !parts.isEmpty, !parts.contains(nil) else {
            return AssumptionFinding(.version, .notSeen, "not a version: \(text.shortened)")
        }
        let numbers = parts.compactMap(\.self)
        return AssumptionFinding(
            .version,
            !numbers.lexicographicallyPrecedes([2, 2, 21]),
            text.shortened
        )
    }

    private var edition: AssumptionFinding? {
        guard let edition = graph?.productType else { return nil }
        guard edition == "Persistence" else {
            return AssumptionFinding(.edition, .notSeen, "the edition is \(edition.shortened)")
        }
        guard sentAt != nil else {
            return AssumptionFinding(.edition, .notSeen, "no restart was sent")
        }
        return switch reception {
        case .accepted: AssumptionFinding(.edition, .held, "the restart was accepted")
        case .refused: AssumptionFinding(.edition, .didNotHold, "the restart was refused")
        case .unknown:
            AssumptionFinding(.edition, .notSeen, "whether the restart was accepted is not known")
        }
    }
}
