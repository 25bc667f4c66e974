import Agent
import GES
import Remediation
import Time

/// The cloud of a rehearsal: read as the agent reads it, and changed by one restart alone.
struct OneRestartCloud: Sendable {
    let base: GESClient
    let fuse: RestartFuse
    let dataPlane: DataPlaneConfiguration
    let now: @Sendable () -> Timestamp

    /// What speaks against the request directly before it; nil if nothing does. The performer has
    /// just read the graph and its jobs again.
    private func objection(toRestarting id: String) async -> String? {
        let graph: Graph
        switch fuse.graph(toRestart: id) {
        case .failure(let objection): return objection.text
        case .success(let found): graph = found
        }
        do throws(GESError) {
            let tasks = try await base.runningTasks(of: graph, dataPlane: dataPlane)
            guard tasks.isEmpty else { return "the graph has \(tasks.count) tasks to run" }
        } catch {
            return "the tasks of the graph could not be read directly before the restart: \(error)"
        }
        // Reading them takes time.
        if let decidedAt = ActionTerms.current?.decidedAt, now() > decidedAt + Intent.sendWindow {
            return "it was decided at \(decidedAt), more than \(Intent.sendWindow.text) ago"
        }
        return nil
    }

    private static let withheld = ActionAnswer.notSent(
        .withdrawn("a rehearsal sends nothing but one restart")
    )
}

extension OneRestartCloud: GraphOperations {
    func restart(_ id: String) async -> (ActionAnswer, quote: String?) {
        if let objection = await objection(toRestarting: id) {
            return (.notSent(.withdrawn(objection)), nil)
        }
        guard fuse.burn() else {
            return (.notSent(.withdrawn(RestartFuse.Objection.sent.text)), nil)
        }
        return await base.restart(id)
    }

    func stop(_ id: String) async -> (ActionAnswer, quote: String?) { (Self.withheld, nil) }

    func start(_ id: String) async -> (ActionAnswer, quote: String?) { (Self.withheld, nil) }

    func cancelTask(
        _ taskID: String,
        of graph: Graph,
        dataPlane: DataPlaneConfiguration
    ) async -> ActionAnswer {
        Self.withheld
    }

    func job(graphID: String, jobID: String) async throws(GESError) -> Job {
        try await base.job(graphID: graphID, jobID: jobID)
    }
}

extension OneRestartCloud: GraphSource {
    var gatewayClockOffset: Duration? { base.gatewayClockOffset }

    func listGraphs() async throws(GESError) -> GraphListing { try await base.listGraphs() }

    func listGraphs(
        onPage: @escaping @Sendable ([Graph]) -> Void
    ) async throws(GESError) -> GraphListing {
        try await base.listGraphs(onPage: onPage)
    }

    func graph(_ id: String) async throws(GESError) -> Graph {
        let graph = try await base.graph(id)
        fuse.note(graph)
        return graph
    }

    func jobs(_ filter: JobFilter) async throws(GESError) -> JobListing {
        try await base.jobs(filter)
    }

    func probe(
        _ kind: ProbeKind,
        of graph: Graph,
        dataPlane: DataPlaneConfiguration
    ) async -> ProbeResult {
        await base.probe(kind, of: graph, dataPlane: dataPlane)
    }

    func runningTasks(
        of graph: Graph,
        dataPlane: DataPlaneConfiguration
    ) async throws(GESError) -> [GraphTask] {
        try await base.runningTasks(of: graph, dataPlane: dataPlane)
    }

    func realTimeQueries(
        of graph: Graph,
        dataPlane: DataPlaneConfiguration
    ) async throws(GESError) -> RealTimeQueries {
        try await base.realTimeQueries(of: graph, dataPlane: dataPlane)
    }

    func acceptsConnections(_ address: String, timeout: Duration) async -> Bool {
        await base.acceptsConnections(address, timeout: timeout)
    }
}

extension OneRestartCloud: CloudEyeSource {
    func cloudEyeMetrics(
        of graphs: Set<String>,
        within limit: Duration
    ) async throws(GESError) -> CloudEyeListing {
        try await base.cloudEyeMetrics(of: graphs, within: limit)
    }

    func cloudEyeSamples(
        of series: [CloudEyeSeries],
        from: Timestamp,
        to: Timestamp
    ) async throws(GESError) -> CloudEyeAnswer {
        try await base.cloudEyeSamples(of: series, from: from, to: to)
    }
}
