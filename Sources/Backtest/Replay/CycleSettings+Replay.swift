import Cycle
import PromQL
import Remediation
import Rules
import Time

extension CycleSettings {
    /// Without what a recording cannot tell, and at the pace of the recording.
    func replayed(_ recording: FleetRecording, supposesAuto: Bool) -> CycleSettings {
        var settings = self
        settings.webhook = nil
        settings.alertmanagers = []
        if let recorded = recording.interval, recorded > interval * 5 / 4 {
            settings.freshness = freshness * (recorded / interval)
            settings.interval = recorded
        }
        // Nobody is asked and no decision was made before: what is required would hide every restart.
        for index in settings.graphs.indices { settings.graphs[index].policy.requirement = nil }
        guard supposesAuto else { return settings }
        for index in settings.graphs.indices where settings.graphs[index].policy.mode != .off {
            settings.graphs[index].policy.mode = .auto
            settings.graphs[index].policy.veto = [:]
        }
        return settings
    }
}

extension CycleSettings {
    /// Whether a graph that is well changes nothing that is decided about others, except that it is
    /// well: no rule that leads to a decision counts graphs or reads what a graph that is well does.
    var allowsQuietGraphsToBeLeftOut: Bool {
        let rules = ruleFiles.flatMap(\.groups).flatMap(\.rules)
        let settings = Rule.recordsWithoutGraphs(rules)
        return !readsCloudEye && rules.allSatisfy { $0.isAboutSingleGraphs(settings) }
    }
}

extension CycleSettings {
    /// After this time nothing that happened to a graph concerns its alerts any more.
    var longestAlert: Duration {
        let alerts = ruleFiles.flatMap(\.groups).flatMap(\.rules).map { rule -> Duration in
            guard case .alerting(let rule) = rule else { return .zero }
            return rule.holdDuration + rule.keepFiringFor
        }
        return max(.seconds(2 * 3600), retention + (alerts.max() ?? .zero))
    }
}

extension Rule {
    private static let metrics: Set<GraphMetric> = [
        .up, .info, .statusCode, .statusChange, .lastSample, .probeSuccess, .probeOutcome,
        .probeConnected, .verdict, .graphUp, .pathInfo, .pathUp, .tagInfo, .lastProgress, .progress,
        .jobsRunning, .jobStart, .oldestJobStart, .jobDuration, .jobDurationSum, .jobDurationCount,
    ]
    private static let presence = ["absent(", "absent_over_time(", "scalar(", "stddev(", "stdvar("]

    /// The series that are recorded from no other ones, such as thresholds. A name with a colon that no
    /// rule records counts as one of them: no agent exports it, so it has no samples.
    fileprivate static func recordsWithoutGraphs(_ rules: [Rule]) -> Set<String> {
        var rest: [(name: String, sources: Set<String>)] = rules.compactMap { rule in
            guard case .recording(let rule) = rule else { return nil }
            return (rule.name, Set(rule.expression.selectors.map(\.name)))
        }
        let read = Set(rules.flatMap(\.expression.selectors).map(\.name))
        var known = read.subtracting(rest.map(\.name)).filter { $0.contains(":") }
        while true {
            // A name may be recorded by several rules.
            let open = Set(rest.filter { !$0.sources.isSubset(of: known) }.map(\.name))
            let new = Set(rest.map(\.name)).subtracting(open)
            guard !new.isEmpty else { return known }
            known.formUnion(new)
            rest.removeAll { new.contains($0.name) }
        }
    }

    /// Whether it decides nothing, or is about one graph at a time.
    ///
    /// - Parameter settings: see `recordsWithoutGraphs`.
    fileprivate func isAboutSingleGraphs(_ settings: Set<String>) -> Bool {
        if case .alerting(let rule) = self, !rule.mayAskForRestart, !rule.mayBlock { return true }
        let text = "\(expression)"
        guard !expression.joinsGraphs(settings), !Self.presence.contains(where: text.contains)
        else {
            return false
        }
        return expression.selectors.allSatisfy { selector in
            // A recorded series has a colon, and its own rule is looked at too.
            selector.name.contains(":")
                || GraphMetric(rawValue: selector.name).map(Self.metrics.contains) ?? false
        }
    }
}

extension Expression {
    /// Whether an aggregation, whichever, takes several graphs together.
    fileprivate func joinsGraphs(_ settings: Set<String>) -> Bool {
        if case .aggregation(let aggregation) = self,
            aggregation.grouping.contains("graph_id") == aggregation.isWithout,
            !selectors.allSatisfy({ settings.contains($0.name) })
        {
            return true
        }
        return children.contains { $0.joinsGraphs(settings) }
    }
}

extension AlertingRule {
    /// Whether its alerts may hold restarts.
    fileprivate var mayBlock: Bool { labels.contains { $0.name == "remediate" } }
}

extension FleetRecording {
    /// For each graph, its path and whether its policy allows a restart: a graph that is well stands
    /// for others of the same kind.
    func groups(_ settings: CycleSettings) -> [String] {
        var paths = [String](repeating: "", count: graphIDs.count)
        var names = paths
        for series in series {
            guard let graph = series.graph else { continue }
            if series.metric == .pathInfo { paths[graph] = series.labels.joined(separator: " ") }
            if series.metric == .info { names[graph] = series.labels.first ?? "" }
        }
        return graphIDs.indices.map { graph in
            let listed = ListedGraph(
                id: graphIDs[graph],
                name: names[graph],
                status: ListedGraph.Status(code: "200", phase: .running, description: "")
            )
            let mode = settings.policy(for: listed)?.mode ?? .off
            return "\(mode) \(paths[graph])"
        }
    }
}
