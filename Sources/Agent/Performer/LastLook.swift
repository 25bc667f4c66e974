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

    struct Objection: Error {
        let text: String
    }

    /// The graph, if the decision still holds; throws why nothing must be sent.
    ///
    /// What persons can change is asked once more at the end: probes that are silent take as long
    /// as their time-out.
    func graph(for intent: Intent) async throws(Objection) -> Graph {
        // A stopped graph answers nothing, and only its status counts.
        if intent.action != .start { try await ask(try await described(intent), intent) }
        async let jobs = jobs(intent)
        let last = try await described(intent)
        if let objection = await jobs { throw Objection(text: objection) }
        if intent.action.rung == .stopAndStart,
            let objection = Rung.objectionToStop(ofEdition: last.productType)
        {
            throw Objection(text: objection)
        }
        let verdict = intent.preflight(statusCode: last.status.code, name: last.name, at: now())
        if case .stop(let reason) = verdict { throw Objection(text: reason) }
        return last
    }

    /// Asks the graph itself.
    private func ask(_ graph: Graph, _ intent: Intent) async throws(Objection) {
        var dataPlane = dataPlane
        dataPlane.limit = timeLeft(for: intent)
        async let tasks = tasks(graph, intent, dataPlane)
        async let queries = queries(graph, intent, dataPlane)
        for objection in await probes(graph, intent, dataPlane) { throw Objection(text: objection) }
        for objection in await [tasks, queries] {
            if let objection { throw Objection(text: objection) }
        }
    }

    /// The graph as the service describes it now.
    private func described(_ intent: Intent) async throws(Objection) -> Graph {
        let graph: Graph
        do throws(GESError) {
            graph = try await cloud.graph(intent.graphID.rawValue)
        } catch {
            throw Objection(text: "the graph could not be read again: \(error)")
        }
        if let change = change(of: graph, intent) { throw Objection(text: change) }
        return graph
    }

    /// How long the graph may be asked, so that the request is still sent in its window.
    private func timeLeft(for intent: Intent) -> Duration {
        max(.zero, intent.createdAt + Intent.sendWindow - Self.reserve - now())
    }

    /// Between the last answer of the graph and the request.
    private static let reserve = Duration.seconds(10)

    private func change(of graph: Graph, _ intent: Intent) -> String? {
        guard let before = intent.mode else { return nil }
        let mode = policy(graph)?.mode
        guard mode != before else { return nil }
        return
            "its mode is now \(mode?.rawValue ?? "unselected"); the \(intent.action.rawValue) was decided for"
            + " \(before.rawValue)"
    }

    /// Asks every sign that the verdict rests on. One that answers refutes it, and one that cannot
    /// tell proves nothing.
    private func probes(
        _ graph: Graph,
        _ intent: Intent,
        _ dataPlane: DataPlaneConfiguration
    ) async -> [String] {
        guard intent.hangClass == .unresponsive, !intent.needsNoProof else { return [] }
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

    // MARK: - Progress

    /// Whether a task has come further since the decision. A hung graph lists none; one that does
    /// must list those on which an import, export or clear was judged.
    private func tasks(
        _ graph: Graph,
        _ intent: Intent,
        _ dataPlane: DataPlaneConfiguration
    ) async -> String? {
        if intent.action == .cancel { return await taskToCancel(graph, intent, dataPlane) }
        let restsOnTasks = intent.signs?.contains(Assessment.tasksSign) ?? false
        guard let seen = intent.seenProgress, !intent.needsNoProof,
            restsOnTasks || !seen.tasks.isEmpty
        else { return nil }
        do throws(GESError) {
            let tasks = try await cloud.runningTasks(of: graph, dataPlane: dataPlane)
            return seen.objection(tasks: tasks.map(Observation.Work.init))
        } catch {
            guard restsOnTasks || error.hidesAnswer else { return nil }
            return "its tasks could not be read directly before the restart: \(error)"
        }
    }

    /// Whether the one task can still be cancelled and has come no further.
    private func taskToCancel(
        _ graph: Graph,
        _ intent: Intent,
        _ dataPlane: DataPlaneConfiguration
    ) async -> String? {
        guard let task = intent.task else { return "the decision names no task" }
        do throws(GESError) {
            let tasks = try await cloud.runningTasks(of: graph, dataPlane: dataPlane)
            guard let found = tasks.first(where: { $0.id == task.id }), found.state == .running
            else { return "the task \(task.id) is not running any more" }
            guard found.canStop != false,
                found.type.flatMap({ CancellableTask.Kind(taskType: $0) }) == task.kind
            else { return "the task \(task.id) cannot be cancelled" }
            return intent.seenProgress?.objection(tasks: tasks.map(Observation.Work.init))
        } catch {
            return "its tasks could not be read directly before the cancel: \(error)"
        }
    }

    /// Whether a query has come further since the decision. Queries go on beside an import.
    private func queries(
        _ graph: Graph,
        _ intent: Intent,
        _ dataPlane: DataPlaneConfiguration
    ) async -> String? {
        guard intent.hangClass == .unresponsive, !intent.needsNoProof,
            let seen = intent.seenProgress, !seen.queries.isEmpty
        else { return nil }
        do throws(GESError) {
            let queries = try await cloud.realTimeQueries(of: graph, dataPlane: dataPlane)
            return seen.objection(
                queries: queries.queries.compactMap { query in
                    query.requestID.map {
                        Observation.Work(
                            id: $0,
                            isRunning: query.isRunning,
                            progress: query.progressRatio
                        )
                    }
                }
            )
        } catch {
            guard error.hidesAnswer else { return nil }
            return "its queries could not be read directly before the restart: \(error)"
        }
    }

    // MARK: - Jobs

    /// A management job of the graph that began since the decision, by anybody, or that has come
    /// further. A list that could not be read for the decision either does not hold restarts for
    /// ever.
    private func jobs(_ intent: Intent) async -> String? {
        let isNew = intent.signs?.contains(Assessment.jobsSign) ?? false
        do throws(GESError) {
            let filter = JobFilter(graphName: intent.graphName, status: .running)
            let listing = try await cloud.jobs(filter)
            let running = listing.jobs.filter { job in
                job.relatedGraph == intent.graphName
                    && (job.status == .running || job.status == .pending)
            }
            if let holding = running.first(where: { holds($0, intent) }) {
                return "its management job \(holding.name ?? holding.id) is running"
            }
            if listing.isComplete {
                return intent.seenProgress?.objection(
                    jobs: running.map {
                        Observation.Job(
                            id: $0.id,
                            name: $0.name ?? "",
                            beganAt: $0.beginTime,
                            progress: $0.progressText
                        )
                    }
                )
            }
            return isNew ? "the list of its running jobs is not complete" : nil
        } catch {
            return isNew ? "its running jobs could not be listed: \(error)" : nil
        }
    }

    /// Whether the job explains why the graph does not answer. One without a begin time counts from
    /// when it was first seen, so that it does not hold for ever.
    private func holds(_ job: Job, _ intent: Intent) -> Bool {
        guard !isOwnOperation(job, intent) else { return false }
        let limit = intent.jobLimitMilliseconds.map { Duration.milliseconds($0) }
        let offset = cloud.gatewayClockOffset ?? .zero
        let seen = intent.seenProgress?.jobs.first { $0.id == job.id }
        let since = job.beginTime.map { $0 - offset } ?? seen?.since
        return since.map { now() - $0 < limit ?? .seconds(7200) } ?? true
    }

    private func isOwnOperation(_ job: Job, _ intent: Intent) -> Bool {
        intent.hangClass != .unresponsive
            && (job.name ?? "").lowercased().contains(intent.hangClass.rawValue)
    }
}

extension Observation.Work {
    fileprivate init(_ task: GraphTask) {
        self.init(id: task.id, isRunning: task.state == .running, progress: task.progressRatio)
    }
}
