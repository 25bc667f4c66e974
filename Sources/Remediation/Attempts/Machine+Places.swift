import Time

/// Which restarts keep others waiting.
extension Machine {
    /// A place is free as soon as its graph is gone, or its restart has left no trace and the graph
    /// works.
    func holdsPlace(_ record: GraphRecord, in view: FleetView) -> Bool {
        guard record.phase.isInFlight else { return false }
        switch record.phase {
        // The POST may be on its way.
        case .intended: return true
        case .unknownOutcome(let intent, _, _):
            return !view.isGone(record.id) && !hasNoTrace(intent, in: view)
        default: return !view.isGone(record.id)
        }
    }

    /// Whether the job list was searched in vain and the graph works. The restart may land yet, so
    /// the graph stays blocked; the fleet does not.
    private func hasNoTrace(_ intent: Intent, in view: FleetView) -> Bool {
        guard searchedInVain.contains(intent.id), let graph = view.graphs[intent.graphID],
            graph.statusCode == StatusCode.running, let probe = graph.probe,
            // Among jobs that cannot be read there may be the restart.
            let jobs = graph.jobs
        else { return false }
        return probe.at > intent.createdAt && graph.isAnswering
            && !jobs.contains { $0.isOperation(of: intent.action) && $0.state.isUnfinished }
    }
}
