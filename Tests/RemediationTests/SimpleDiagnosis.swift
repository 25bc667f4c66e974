import Diagnosis
import Remediation
import Time

/// A diagnosis that believes each probe: what these tests are about comes after it.
extension FleetView {
    func judged(at now: Timestamp) -> FleetView {
        var view = self
        view.graphs = graphs.mapValues { graph in
            var graph = graph
            graph.verdict = verdict(on: graph, at: now)
            return graph
        }
        return view
    }

    private func verdict(on graph: GraphView, at now: Timestamp) -> Verdict {
        guard sightSince != nil, let observedAt = graph.observedAt,
            now - observedAt <= freshness
        else { return .unknown(.sight, "the agent does not see it") }
        guard let hangClass = HangClass(statusCode: graph.statusCode) else {
            return .notEligible(statusCode: graph.statusCode)
        }
        guard hangClass == .unresponsive else { return .hung(hangClass, since: graph.statusSince) }
        guard let probe = graph.probe else { return .starting }
        guard now - probe.at <= freshness else { return .unknown(.sight, "it was not probed") }
        if !probe.answered, graph.path == .lost { return .unknown(.path, "nothing answers on it") }
        return probe.answered ? .healthy : .hung(.unresponsive, since: probe.at)
    }
}
