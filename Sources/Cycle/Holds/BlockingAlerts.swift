import Coordination
import GoText
import Remediation
import Rules
import Series
import Time

/// The alerts that block restarts: firing ones, of the rules or received, with the label
/// `remediate: block`. One with a `graph_id` blocks that graph, any other one all graphs.
///
/// A block needs less proof than a restart. An alert blocks also while it waits for an evaluation
/// since the start, is kept firing, or its rule fails, and a blocking rule that cannot be evaluated
/// blocks all graphs: nobody knows whether its alert would fire.
struct BlockingAlerts {
    /// At most one: the first is what people are told.
    private(set) var fleet: [ExternalHold] = []
    private(set) var graphs: [GraphID: ExternalHold] = [:]

    static let label = (name: "remediate", value: "block")

    /// - Parameters:
    ///   - received: those that block.
    ///   - rules: nil if no rule is written to block restarts.
    init(_ alerts: [ActiveAlert], _ received: [ReceivedAlert], _ rules: RuleEngine?) {
        for alert in alerts where alert.labels[Self.label.name] == Self.label.value {
            guard let firedAt = alert.firedAt else { continue }
            let summary = alert.annotations.first { $0.name == "summary" }?.value ?? ""
            let text = Self.text(alert.labels["alertname"], summary)
            add(text, since: firedAt, alert.labels["graph_id"])
        }
        for alert in received {
            let text = Self.text(alert.alertname, alert.summary)
            add(text, since: alert.receivedAt, alert.graphID.rawValue)
        }
        let blocking = rules?.alertingRules(labelled: Self.label.name, Self.label.value) ?? []
        for (rule, health) in blocking {
            switch health {
            case .ok: continue
            case .unknown: add("\(rule.name), not evaluated yet", since: nil, "")
            case .failing(let error):
                let text = "\(rule.name), whose rule fails (\(error.displayed(atMost: 200)))"
                add(text, since: nil, "")
            }
        }
    }

    /// Adds what other agents say.
    mutating func add(_ blocks: [PublishedBlock]) {
        for block in blocks { add(block.text, since: block.since, block.graphID) }
    }

    /// What others should know.
    var published: [PublishedBlock] {
        let ofGraphs = graphs.sorted { $0.key.rawValue < $1.key.rawValue }
        let all = fleet.map { ("", $0) } + ofGraphs.map { ($0.key.rawValue, $0.value) }
        return all.compactMap { id, hold in
            guard case .blocked(let text, let since) = hold else { return nil }
            return PublishedBlock(text: text, since: since, graphID: id)
        }
    }

    private mutating func add(_ text: String, since: Timestamp?, _ id: String) {
        let hold = ExternalHold.blocked(by: text, since: since)
        if id.isEmpty {
            if fleet.isEmpty { fleet.append(hold) }
        } else if graphs[GraphID(id)] == nil {
            graphs[GraphID(id)] = hold
        }
    }

    private static func text(_ name: String, _ summary: String) -> String {
        summary.isEmpty ? name : "\(name) (\(summary.displayed(atMost: 200)))"
    }
}

extension CycleSettings {
    /// Whether any rule is written to block restarts.
    var hasBlockingRules: Bool {
        let (name, value) = BlockingAlerts.label
        return ruleFiles.lazy.flatMap(\.groups).flatMap(\.rules).contains { rule in
            guard case .alerting(let alerting) = rule else { return false }
            return alerting.isLabelled(name, value)
        }
    }
}
