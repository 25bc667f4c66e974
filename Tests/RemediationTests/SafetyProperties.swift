import Diagnosis
import Remediation
import Time

/// Safety properties that must always hold.
enum SafetyProperties {
    /// Violations by a single step.
    static func violations(
        _ effects: [Effect],
        _ machine: Machine,
        _ view: FleetView,
        _ policy: Policy,
        at now: Timestamp
    ) -> [String] {
        var broken = unexplained(effects)
        // A restart that left no trace gives its place away.
        let inFlight = machine.inFlight.filter {
            if case .unknownOutcome = machine.record(of: $0).phase { false } else { true }
        }
        if inFlight.count > policy.maxConcurrent {
            let phases = inFlight.map { "\($0): \(machine.record(of: $0).phase)" }
            broken.append("\(inFlight.count) are in flight: \(phases)")
        }
        for intent in effects.compactMap(\.intent) {
            broken += violations(intent, machine, view, at: now).map { "\($0): \(intent.id)" }
        }
        for (id, decision) in machine.decisions {
            if case .hold(let reasons) = decision, reasons.isEmpty {
                broken.append("\(id) is held without a reason")
            }
        }
        return broken
    }

    /// The log states the cause of a restart, and the order behind an answer, before either starts.
    private static func unexplained(_ effects: [Effect]) -> [String] {
        effects.indices.compactMap { index in
            let before = effects[..<index].compactMap(\.audit)
            switch effects[index] {
            case .restart(let intent):
                let isExplained = before.contains {
                    $0.kind == .intended && $0.intentID == intent.id
                }
                return isExplained ? nil : "\(intent.id) starts before the log says why"
            case .answer(let orderID, _):
                return before.contains { $0.kind == .order }
                    ? nil : "order \(orderID) is answered before the log has it"
            default: return nil
            }
        }
    }

    /// Unknown state never leads to action, and nothing is sent that was not decided on this view.
    private static func violations(
        _ intent: Intent,
        _ machine: Machine,
        _ view: FleetView,
        at now: Timestamp
    ) -> [String] {
        var broken: [String] = []
        if view.sightSince == nil || view.detectOnly != nil { broken.append("acted while blind") }
        guard let graph = view.graphs[intent.graphID], let policy = graph.policy,
            let observedAt = graph.observedAt
        else { return broken + ["acted on an unknown graph"] }
        if now - observedAt > view.freshness { broken.append("acted on a stale reading") }
        if graph.statusCode != intent.expectedStatusCode {
            broken.append("acted on another status")
        }
        if machine.pauses.contains(where: {
            $0.scope == .fleet || $0.scope == .graph(intent.graphID)
        }) {
            broken.append("acted despite a pause")
        }
        if machine.record(of: intent.graphID).phase != .intended(intent) {
            broken.append("the record does not hold the intent")
        }
        if case .person = intent.source { return broken }
        if policy.mode == .off || policy.mode == .shadow {
            broken.append("acted in \(policy.mode)")
        }
        if graph.probe?.answered == true, intent.hangClass == .unresponsive {
            broken.append("restarted a graph that answers")
        }
        if let since = view.sightSince, now < since + policy.startupGrace {
            broken.append("acted within the startup grace")
        }
        return broken
    }

    /// Violations by a whole run.
    static func violations(_ run: Simulation) -> [String] {
        let posted = run.cloud.posted
        var broken: [String] = []
        if Set(posted.map(\.id)).count != posted.count { broken.append("an intent was sent twice") }
        if Set(posted.map { "\($0.graphID)/\($0.attempt)" }).count != posted.count {
            broken.append("an attempt was sent twice")
        }
        for intent in posted where run.ledger.intents[intent.id] == nil {
            broken.append("\(intent.id) was sent before it was on disk")
        }
        let counted = posted.filter { !run.cloud.harmless.contains($0.id) }
        for limit in run.policy.budget where exceeds(limit, counted.map(\.createdAt)) {
            broken.append("more than \(limit.count) restarts of the fleet in \(limit.window)")
        }
        for id in run.cloud.ids {
            broken += brokenCoolDowns(of: id, run)
            let own = counted.filter {
                $0.graphID == id && !run.ordered.contains($0.id)
                    && $0.createdAt > run.cleared[id] ?? .distantPast
            }
            for limit in run.policy.maxAttempts where exceeds(limit, own.map(\.createdAt)) {
                broken.append("more than \(limit.count) attempts on \(id) in \(limit.window)")
            }
        }
        return broken
    }

    /// Within the cool-down after a restart that was carried out, there is no automatic restart.
    private static func brokenCoolDowns(of id: GraphID, _ run: Simulation) -> [String] {
        let landed = run.cloud.landed.filter { $0.intent.graphID == id }
        let later = run.cloud.posted.filter { $0.graphID == id && !run.ordered.contains($0.id) }
        return landed.compactMap { landing in
            let tooEarly = later.first {
                $0.attempt > landing.intent.attempt
                    && $0.createdAt < landing.at + run.policy.cooldown
                    && !(run.acknowledged[id].map { $0 > landing.at } ?? false)
            }
            return tooEarly.map { "\($0.id) is within the cool-down of \(landing.intent.id)" }
        }
    }

    private static func exceeds(_ limit: WindowLimit, _ moments: [Timestamp]) -> Bool {
        let sorted = moments.sorted()
        return sorted.indices.contains { index in
            index >= limit.count && sorted[index] - sorted[index - limit.count] < limit.window
        }
    }
}
