import API
import Cycle
import Diagnosis
import Exposition
import Remediation

/// What a check finds in the state of the agent.
struct CheckResult {
    private(set) var problems: [String] = []

    init(_ check: Scenario.Check, _ world: Simulation, graphID: String?) {
        if let name = check.graph {
            let state = graphID.map { GraphState(world, $0) } ?? .gone
            note(name, "verdict", state.verdicts, expected: check.verdicts, state.explanation)
            note(name, "hold", state.holds, expected: check.holds, state.explanation)
            note(name, "state", [state.phase], expected: check.states, state.explanation)
        }
        if let metric = check.metric { note(metric, world, graphID) }
    }

    private mutating func note(
        _ graph: String,
        _ what: String,
        _ found: [String],
        expected: [String],
        _ explanation: String
    ) {
        guard !expected.isEmpty, !expected.contains(where: found.contains) else { return }
        let words = found.isEmpty ? "none" : found.joined(separator: ", ")
        problems.append(
            "\(graph): \(what) \(words), expected \(expected.joined(separator: " or "))"
                + " (\(explanation))"
        )
    }

    private mutating func note(
        _ metric: Scenario.Metric,
        _ world: Simulation,
        _ graphID: String?
    ) {
        var labels = metric.labels
        if let graphID { labels.append(("graph_id", graphID)) }
        let text =
            metric.name + "{" + labels.map { "\($0.name)=\"\($0.value)\"" }.joined(separator: ",")
            + "}"
        var values = world.values(of: metric.name, labels, ofAll: metric.isSum)
        if metric.isSum, !values.isEmpty { values = [values.reduce(0, +)] }
        guard let expected = metric.value else {
            if !values.isEmpty { problems.append("\(text) is \(values), expected to be absent") }
            return
        }
        if values.isEmpty { problems.append("\(text) is absent, expected \(expected)") }
        for value in values where value != expected {
            problems.append("\(text) is \(value), expected \(expected)")
        }
    }
}

/// What the agent believes about a graph and does about it.
struct GraphState: Hashable {
    /// The label, and the label with the class or the reason.
    var verdicts: [String]
    var holds: [String]
    var phase: String
    var explanation: String

    static let gone = GraphState(verdicts: ["gone"], holds: [], phase: "gone", explanation: "")

    private init(verdicts: [String], holds: [String], phase: String, explanation: String) {
        self.verdicts = verdicts
        self.holds = holds
        self.phase = phase
        self.explanation = explanation
    }

    init(_ world: Simulation, _ id: String) {
        let verdict = world.watcher(of: id).assessment(of: id)?.verdict
        let status = world.actor
        verdicts = verdict.map { [$0.label, $0.detail].compactMap(\.self) } ?? ["gone"]
        explanation = verdict.map { "\($0)" } ?? ""
        let decision = status.machine.decisions[GraphID(id)] ?? .idle
        holds = decision.holdReasons.map(\.label)
        if case .shadow = decision { holds.append(decision.label) }
        phase = status.machine.explain(GraphID(id), in: status.view, at: status.at).phase.label
    }
}

extension Verdict {
    /// Such as `hung/import` and `unknown/path`.
    fileprivate var detail: String? {
        switch self {
        case .hung(let hangClass, _): "hung/\(hangClass.rawValue)"
        case .unknown(let reason, _): "unknown/\(reason.rawValue)"
        default: nil
        }
    }
}

extension Simulation {
    /// What the agent says that acts if several share a ledger, else the first one.
    fileprivate var actor: Status {
        etcd == nil ? status : leaders.first.map(status(ofAgent:)) ?? status
    }

    /// What the agent says that watches the graph.
    fileprivate func watcher(of id: String) -> Status {
        let known = agents.lazy.map(\.board.current).first { status in
            status.inventory.entries[id].map { $0.otherWatcher == nil } ?? false
        }
        return known ?? status
    }

    private static func has(
        _ labels: [(name: String, value: String)],
        _ sample: GraphSample
    ) -> Bool {
        labels.allSatisfy { label in
            zip(sample.metric.labelNames, sample.labelValues).contains {
                $0 == label.name && $1 == label.value
            }
        }
    }

    /// The values of the samples with these labels, whatever others they have, as a scrape would
    /// show them.
    ///
    /// - Parameter ofAll: whether each agent's metrics of itself count, instead of the first one's.
    func values(
        of name: String,
        _ labels: [(name: String, value: String)],
        ofAll: Bool
    ) -> [Double] {
        let watching = etcd == nil ? [agent] : agents
        let samples = watching.map { $0.board.current.samples }.joined()
        var values = samples.filter { $0.metric.rawValue == name && Self.has(labels, $0) }
            .map(\.value)
        if let metric = GraphMetric(rawValue: name), metric.cloudEye != nil {
            for status in watching.map(\.board.current) {
                values +=
                    status.delayed.values(of: metric, at: status.at)
                    .filter { id, _ in labels.allSatisfy { ("graph_id", id) == ($0.name, $0.value) }
                    }
                    .values
            }
        }
        for status in watching.map(\.board.current) {
            let nodes = status.nodes.samples(at: status.at)
            let named = GraphMetric(rawValue: name).flatMap { nodes[$0] }
            values += (named ?? []).filter { Self.has(labels, $0) }.map(\.value)
        }
        let own = (ofAll ? watching : [agent]).flatMap { $0.metrics.families() }
        for family in RemediationFamilies.all(actor) + own
        where family.name == name {
            for sample in family.samples {
                guard case .number(let value) = sample.value else { continue }
                let pairs = Array(zip(family.labelNames, sample.labelValues))
                let isMeant = labels.allSatisfy { label in
                    pairs.contains { $0.0 == label.name && $0.1 == label.value }
                }
                if isMeant { values.append(value) }
            }
        }
        return values
    }
}
