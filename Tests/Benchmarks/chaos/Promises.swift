import GESSimulator
import Remediation
import Time

/// What is known of a round when it is over.
struct Evidence {
    struct Request {
        let graph: String
        let at: Timestamp
        /// Whether the cloud accepted it.
        let isAccepted: Bool
    }

    /// A line of a log that says that a request is sent.
    struct Sending {
        let agent: Int
        let intent: String
    }

    var limits: Limits
    var requests: [Request]
    var sendings: [Sending]
    var records: [GraphRecord]
    var holds: [Pauses.Hold]
    /// Restarts of graphs that did not hang.
    var vain: Int
    /// From the acceptance of a restart until the graph runs again.
    var restartDuration: Duration
}

/// The promises that several agents keep together, as functions of what is known of a round. Each
/// returns what is broken, one line each.
struct Promises {
    let evidence: Evidence

    static func broken(_ evidence: Evidence) -> [String] {
        let promises = Promises(evidence: evidence)
        return promises.singleRequests() + promises.coolDowns() + promises.places()
            + promises.budgets() + promises.pauses() + promises.needs()
    }

    private var attempts: [(graph: String, attempt: Attempt)] {
        evidence.records.flatMap { record in
            record.attempts.map { (record.id.rawValue, $0) }
        }
    }

    /// Each request belongs to an attempt of its own that was written before. Each attempt is sent
    /// by one process, once.
    func singleRequests() -> [String] {
        var broken: [String] = []
        let byIntent = Dictionary(grouping: evidence.sendings, by: \.intent)
        for (intent, sendings) in byIntent where sendings.count > 1 {
            let agents = sendings.map { "\($0.agent)" }.joined(separator: " and ")
            broken.append("the request of \(intent) was sent \(sendings.count) times, by \(agents)")
        }
        let written = Set(attempts.map(\.attempt.intentID))
        for intent in byIntent.keys where !written.contains(intent) {
            broken.append("\(intent) was sent and is not in the ledger")
        }
        for (graph, requests) in Dictionary(grouping: evidence.requests, by: \.graph) {
            let sent = attempts.filter { $0.graph == graph && byIntent[$0.attempt.intentID] != nil }
                .map(\.attempt).sorted { $0.createdAt < $1.createdAt }
            if requests.count > sent.count {
                broken.append("\(graph): \(requests.count) requests for \(sent.count) attempts")
            }
            for (request, attempt) in zip(requests, sent) where request.at < attempt.createdAt {
                broken.append("\(graph): the request at \(request.at) precedes its attempt")
            }
        }
        return broken
    }

    /// A cool-down begins at the end of an attempt, so two requests are further apart.
    func coolDowns() -> [String] {
        Dictionary(grouping: evidence.requests, by: \.graph).flatMap { graph, requests in
            zip(requests, requests.dropFirst()).compactMap { first, second in
                second.at - first.at < .seconds(evidence.limits.cooldownSeconds)
                    ? "\(graph) was restarted at \(first.at) and at \(second.at),"
                        + " with a cool-down of \(evidence.limits.cooldownSeconds) s"
                    : nil
            }
        }
    }

    /// By the ledger, and by what the cloud carried out.
    func places() -> [String] {
        let accepted = evidence.requests.filter(\.isAccepted)
            .map { ($0.at, $0.at + evidence.restartDuration) }
        let written = attempts.map(\.attempt).filter { $0.counts && $0.ending?.outcome != .stalled }
            .map { ($0.createdAt, $0.ending?.at ?? .distantFuture) }
        return [("in the cloud", accepted), ("in the ledger", written)].flatMap { name, spans in
            spans.compactMap { span in
                let count = spans.count { $0.0 <= span.0 && span.0 < $0.1 }
                return count > evidence.limits.places
                    ? "\(count) restarts in flight \(name) at \(span.0),"
                        + " with \(evidence.limits.places) places"
                    : nil
            }
        }
    }

    /// Of the fleet and of each graph, in any hour.
    func budgets() -> [String] {
        func most(_ moments: [Timestamp]) -> Int {
            moments.map { last in
                moments.count { $0 <= last && last - $0 < .seconds(3600) }
            }.max() ?? 0
        }
        var broken: [String] = []
        let accepted = evidence.requests.filter(\.isAccepted)
        let counted = attempts.filter { $0.attempt.counts }
        let fleet = max(most(accepted.map(\.at)), most(counted.map(\.attempt.createdAt)))
        if fleet > evidence.limits.budget {
            broken.append("\(fleet) restarts in an hour, the budget is \(evidence.limits.budget)")
        }
        for (graph, requests) in Dictionary(grouping: accepted, by: \.graph) {
            let count = most(requests.map(\.at))
            if count > evidence.limits.attempts {
                let limit = evidence.limits.attempts
                broken.append("\(graph): \(count) restarts in an hour, of \(limit)")
            }
        }
        return broken
    }

    /// No attempt is decided while a pause holds, so nothing is sent but what was decided before.
    func pauses() -> [String] {
        evidence.holds.flatMap { hold in
            attempts.compactMap { graph, attempt in
                let isCovered = hold.graph == nil || hold.graph == graph
                let end = hold.to ?? .distantFuture
                return isCovered && attempt.createdAt > hold.from && attempt.createdAt < end
                    ? "\(attempt.intentID) was decided under a pause from \(hold.from) to \(end)"
                    : nil
            }
        }
    }

    /// Graphs heal only by a restart, so each one that was accepted was needed.
    func needs() -> [String] {
        evidence.vain > 0 ? ["\(evidence.vain) restarts of graphs that did not hang"] : []
    }
}
