import Agent
import Configuration
import GES
import Remediation
import Time

/// The cloud of a rehearsal: read as the agent reads it, and changed by one restart alone.
struct OneRestartCloud: Sendable {
    let base: GESClient
    let permit: OneRestartPermit
    let conditions: RehearsalConditions
    let stop: StopSignal
    let now: @Sendable () -> Timestamp

    private static let interrupted = "the rehearsal was interrupted"

    /// What speaks against the request directly before it; nil if nothing does. What takes longest
    /// to read comes first and the graph last, so that nothing lies between its answer and the request.
    private func objection(toRestarting id: String) async -> String? {
        do throws(GESError) {
            let graph = try await base.graph(id)
            if let objection = permit.objection(to: graph, askedFor: id) { return objection }
            let dataPlane = conditions.configuration.sampling.dataPlane
            let tasks = try await base.runningTasks(of: graph, dataPlane: dataPlane)
            guard tasks.isEmpty else { return "the graph has \(tasks.count) tasks to run" }
            if let objection = try await conditions.objections(toJobsOf: graph).first {
                return objection.text
            }
            return permit.objection(to: try await base.graph(id), askedFor: id)
        } catch {
            return "the graph could not be read directly before the restart: \(error)"
        }
    }

    /// Sends the request unless a stop is requested meanwhile: the client may wait for a token.
    private func send(_ id: String) async -> (ActionAnswer, quote: String?) {
        guard let terms = ActionTerms.current else { return await base.restart(id) }
        let stoppable = ActionTerms(decidedAt: terms.decidedAt) { [stop] in
            stop.isRequested ? Self.interrupted : terms.objection()
        }
        return await ActionTerms.$current.withValue(stoppable) { await base.restart(id) }
    }

    private static let withheld = ActionAnswer.notSent(
        .withdrawn("a rehearsal sends nothing but one restart")
    )
}

extension OneRestartCloud: GraphOperations {
    func restart(_ id: String) async -> (ActionAnswer, quote: String?) {
        func notSent(_ reason: String) -> (ActionAnswer, quote: String?) {
            (.notSent(.withdrawn(reason)), nil)
        }
        let found = await stop.race { [await objection(toRestarting: id)].compactMap(\.self) }
        guard let found, !stop.isRequested else { return notSent(Self.interrupted) }
        if let objection = found.first { return notSent(objection) }
        // Reading takes time.
        if let decidedAt = ActionTerms.current?.decidedAt, now() > decidedAt + Intent.sendWindow {
            return notSent(
                "it was decided at \(decidedAt), more than \(Intent.sendWindow.text) ago"
            )
        }
        guard permit.use() else { return notSent(OneRestartPermit.sent) }
        return await send(id)
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
        try await base.graph(id)
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

extension OneRestartCloud: NodeMetricsSource {
    func nodeMetrics(
        of graph: Graph,
        dataPlane: DataPlaneConfiguration
    ) async throws(GESError) -> NodeMetrics {
        try await base.nodeMetrics(of: graph, dataPlane: dataPlane)
    }
}
