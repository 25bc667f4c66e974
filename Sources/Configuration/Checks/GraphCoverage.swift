package import Cycle
package import Remediation
import Rules

/// What the configuration means for given graphs: which entry applies to each, in which mode, and
/// which rules can ask for its restart. And what in the configuration is in vain for them.
package struct GraphCoverage: Sendable {
    /// A graph, and how it is reached if that was tried.
    package struct Subject: Sendable {
        package var graph: ListedGraph
        /// Empty unless it was tried.
        package var path: String
        package var reached: String

        package init(_ graph: ListedGraph, path: String = "", reached: String = "") {
            self.graph = graph
            self.path = path
            self.reached = reached
        }
    }

    package struct Row: Hashable, Sendable {
        package var graph: String
        package var id: String
        /// `graphs[0]`; nil if no entry matches.
        package var entry: Int?
        package var mode: Mode?
        /// The names of the rules that can ask for its restart, sorted.
        package var rules: [String]
        package var path: String
        package var reached: String
    }

    package private(set) var rows: [Row] = []
    package private(set) var findings: [String] = []

    package init(_ loaded: LoadedConfiguration, _ subjects: [Subject]) {
        let recorded = RuleScope.recorded(loaded.ruleFiles)
        let rules = loaded.ruleFiles.flatMap(\.groups).flatMap(\.rules).compactMap(RestartRule.init)
        let entries = loaded.configuration.graphs
        var idle = Set(rules.map(\.name))
        for subject in subjects {
            let graph = subject.graph
            let entry = entries.firstIndex { $0.match.matches(graph) }
            var scope = RuleScope(recorded, graph: graph)
            let names = Set(rules.filter { $0.mayConcern(graph, &scope) }.map(\.name))
            let mode = entry.map { entries[$0].policy.mode }
            if mode == .auto || mode == .approve { idle.subtract(names) }
            rows.append(
                Row(
                    graph: graph.name,
                    id: graph.id,
                    entry: entry,
                    mode: mode,
                    rules: names.sorted(),
                    path: subject.path,
                    reached: subject.reached
                )
            )
        }
        findings =
            unmatched(entries) + unheard(idle, loaded) + unwatched(loaded)
            + smallFleets(loaded.configuration)
    }

    // MARK: - Findings

    private func unmatched(_ entries: [GraphEntry]) -> [String] {
        let used = Set(rows.compactMap(\.entry))
        return entries.indices.filter { !used.contains($0) }.map {
            "graphs[\($0)]: is the first match of none of these graphs"
        }
    }

    private func unheard(_ idle: Set<String>, _ loaded: LoadedConfiguration) -> [String] {
        idle.sorted().map {
            "rule \($0): asks for restarts, and none of the graphs that it can fire for has mode"
                + " auto or approve"
        }
    }

    /// Graphs that would be restarted, and that no rule can speak for.
    private func unwatched(_ loaded: LoadedConfiguration) -> [String] {
        guard loaded.configuration.webhook == nil else { return [] }
        return rows.filter { $0.rules.isEmpty && ($0.mode == .auto || $0.mode == .approve) }.map {
            "graph \($0.graph): its mode is \($0.mode?.rawValue ?? ""), and no rule can ask for its"
                + " restart"
        }
    }

    /// A breaker that needs more sick graphs than there are never trips.
    private func smallFleets(_ configuration: Configuration) -> [String] {
        let scope = rows.filter { $0.mode.map { $0 != .off } ?? false }
        guard !scope.isEmpty, scope.contains(where: { $0.mode == .auto || $0.mode == .approve })
        else { return [] }
        let breaker = configuration.defaultPolicy.breaker
        let soft = breaker.soft.count(populationSize: scope.count)
        let graphs = scope.count == 1 ? "1 graph" : "\(scope.count) graphs"
        var findings: [String] = []
        if soft > scope.count {
            findings.append(
                "breaker: soft needs \(soft) sick graphs, and the policy covers \(graphs): it never"
                    + " trips; only \"nothing answers any more\" counts as a storm"
            )
        }
        if scope.count == 1, configuration.canaries.isEmpty {
            findings.append(
                "diagnosis.canaries: the policy covers 1 graph: without a canary in its network, a"
                    + " lost path cannot be told from a hang that refuses connections"
            )
        }
        return findings
    }
}

/// An alerting rule that asks for a restart.
private struct RestartRule {
    let rule: AlertingRule

    var name: String { rule.name }

    init?(_ rule: Rule) {
        guard case .alerting(let alert) = rule,
            alert.labels.contains(where: { $0.name == "remediate" }),
            !alert.isLabelled("remediate", "block")
        else { return nil }
        self.rule = alert
    }

    func mayConcern(_ graph: ListedGraph, _ scope: inout RuleScope) -> Bool {
        // A template gives the label of the result.
        if let id = rule.labels.first(where: { $0.name == "graph_id" })?.text,
            !id.contains("{{"), id != graph.id
        {
            return false
        }
        return scope.mayReturn(rule.expression)
    }
}
