import Diagnosis
import GES
import Remediation
import Series
import Time

/// The last look at a graph before its restart is sent. Everything that the decision rests on is
/// asked again: between the decision and the request the graph may have recovered, and a person may
/// have begun to work on it or taken it out of automation.
struct LastLook: Sendable {
    let cloud: any GraphOperations
    let dataPlane: DataPlaneConfiguration
    /// The policy for a graph as it is described now; nil if none applies.
    let policy: @Sendable (Graph) -> Policy?
    let now: @Sendable () -> Timestamp

    /// Why nothing must be sent; nil if the decision still holds.
    func objection(to intent: Intent) async -> String? {
        let graph: Graph
        do {
            graph = try await cloud.graph(intent.graphID.rawValue)
        } catch {
            return "the graph could not be read again: \(error)"
        }
        if let change = change(of: graph, intent) { return change }
        async let job = runningJob(intent)
        for objection in await probes(graph, intent) { return objection }
        if let job = await job { return job }
        let verdict = intent.preflight(
            statusCode: graph.status.code,
            name: graph.name,
            at: now()
        )
        if case .stop(let reason) = verdict { return reason }
        return nil
    }

    private func change(of graph: Graph, _ intent: Intent) -> String? {
        guard let before = intent.mode else { return nil }
        let mode = policy(graph)?.mode
        guard mode != before else { return nil }
        return "its mode is now \(mode?.rawValue ?? "unselected"); the restart was decided for"
            + " \(before.rawValue)"
    }

    /// Asks every sign that the verdict rests on. One that answers refutes it, and one that cannot
    /// tell proves nothing.
    private func probes(_ graph: Graph, _ intent: Intent) async -> [String] {
        guard intent.hangClass == .unresponsive else { return [] }
        let kinds = (intent.signs ?? []).compactMap(ProbeKind.init)
        return await withTaskGroup(of: String?.self) { group in
            for kind in kinds.isEmpty ? [.version] : kinds {
                group.addTask {
                    switch await cloud.probe(kind, of: graph, dataPlane: dataPlane) {
                    case .silent, .engineError: nil
                    case .alive:
                        "the graph answered the probe \(kind) directly before the restart"
                    case .cannotTell(_, let answer):
                        "the probe \(kind) directly before the restart cannot tell: \(answer.text)"
                    }
                }
            }
            var objections: [String] = []
            for await objection in group { if let objection { objections.append(objection) } }
            return objections.sorted()
        }
    }

    /// A management job of the graph that began since the decision, by anybody. A list that could
    /// not be read for the decision either does not hold restarts for ever.
    private func runningJob(_ intent: Intent) async -> String? {
        do throws(GESError) {
            let filter = JobFilter(graphName: intent.graphName, status: .running)
            let listing = try await cloud.jobs(filter)
            guard listing.isComplete else {
                return "the list of its running jobs is not complete"
            }
            let limit = (intent.jobLimitMilliseconds).map { Duration.milliseconds($0) }
            let offset = cloud.gatewayClockOffset ?? .zero
            let job = listing.jobs.first { job in
                job.relatedGraph == intent.graphName
                    && (job.status == .running || job.status == .pending)
                    && !isOwnOperation(job, intent)
                    && (job.beginTime.map { now() - ($0 - offset) < limit ?? .seconds(7200) }
                        ?? true)
            }
            return job.map { "its management job \($0.name ?? $0.id) is running" }
        } catch {
            let isNew = intent.signs?.contains(Assessment.jobsSign) ?? false
            return isNew ? "its running jobs could not be listed: \(error)" : nil
        }
    }

    private func isOwnOperation(_ job: Job, _ intent: Intent) -> Bool {
        intent.hangClass != .unresponsive
            && (job.name ?? "").lowercased().contains(intent.hangClass.rawValue)
    }
}
