import Diagnosis
package import GES
package import Logging
package import Remediation
import Synchronization
package import Time

/// Performs the effects that the machine decided on, each once, and puts their results into the
/// inbox. The only place that sends what changes a graph.
package struct Performer: Sendable {
    private var cloud: any GraphOperations
    private var dataPlane: DataPlaneConfiguration
    private var policy: @Sendable (Graph) -> Policy?
    private let inbox: Inbox
    private let stop: StopSignal
    private let now: @Sendable () -> Timestamp
    private let graphName: @Sendable (GraphID) -> String
    private let objection: @Sendable (Intent) -> String?
    private let logger: Logger
    private let underWay = EffectsUnderWay()

    /// - Parameters:
    ///   - policy: what applies to a graph as it is described now.
    ///   - graphName: the name of a graph for the log; empty if it is not known.
    ///   - objection: why this agent must not send the request of an intent; nil if it may.
    package init(
        cloud: any GraphOperations,
        dataPlane: DataPlaneConfiguration,
        policy: @escaping @Sendable (Graph) -> Policy?,
        inbox: Inbox,
        stop: StopSignal,
        now: @escaping @Sendable () -> Timestamp,
        graphName: @escaping @Sendable (GraphID) -> String = { _ in "" },
        objection: @escaping @Sendable (Intent) -> String? = { _ in nil },
        logger: Logger
    ) {
        self.cloud = cloud
        self.dataPlane = dataPlane
        self.policy = policy
        self.inbox = inbox
        self.stop = stop
        self.now = now
        self.graphName = graphName
        self.objection = objection
        self.logger = logger
    }

    /// Uses another client for effects started from now on. Effects in progress keep their client
    /// and are still not started twice.
    package mutating func reach(
        _ cloud: any GraphOperations,
        dataPlane: DataPlaneConfiguration,
        policy: @escaping @Sendable (Graph) -> Policy?
    ) {
        self.cloud = cloud
        self.dataPlane = dataPlane
        self.policy = policy
    }

    /// Performs the effect unless it is already in progress. The machine repeats its questions with
    /// every step, and a slow cloud must not be sent a growing number of them.
    package func perform(_ effect: Effect) async {
        guard underWay.begin(effect) else { return }
        defer { underWay.end(effect) }
        switch effect {
        case .restart(let intent), .cancelTask(let intent), .stop(let intent), .start(let intent):
            let outcome = await send(intent)
            inbox.put(.outcome(intentID: intent.id, outcome, at: now()))
            if case .refused = outcome { _ = await stop.race { await readAgain(intent) } }
        case .followJob(let graphID, let jobID):
            _ = await stop.race { await followJob(jobID, of: graphID) }
        case .searchJobs(let intent):
            _ = await stop.race { await searchJobs(of: intent) }
        case .readJobList(let since): _ = await stop.race { await readJobList(since: since) }
        case .collectEvidence(let graphID, _, _):
            let summary = await stop.race { await evidence(about: graphID) }
            if let summary { inbox.put(.evidence(graphID, summary: summary)) }
        case .record, .answer: break
        }
    }

    // MARK: Sending

    /// Reads the graph again, checks that the decision still holds, and sends the one request.
    private func send(_ intent: Intent) async -> RestartOutcome {
        let look = LastLook(cloud: cloud, dataPlane: dataPlane, policy: policy, now: now)
        let graph: Graph
        do throws(LastLook.Objection) {
            graph = try await look.graph(for: intent)
        } catch {
            return .notSent(reason: error.text)
        }
        guard !stop.isRequested else { return .notSent(reason: "the agent is stopping") }
        let terms = ActionTerms(decidedAt: intent.createdAt) { [objection] in objection(intent) }
        if let objection = terms.objection() { return .notSent(reason: objection) }
        logger.warning(
            "Sending the \(intent.action.rawValue)",
            metadata: [
                "graph_id": "\(intent.graphID)", "graph_name": "\(intent.graphName)",
                "intent": "\(intent.id)", "reason": "\(intent.reason)",
            ]
        )
        let answer = await ActionTerms.$current.withValue(terms) {
            await self.answer(to: intent, graph)
        }
        return RestartOutcome(answer)
    }

    /// The answer as it came goes to the record of the incident.
    private func answer(to intent: Intent, _ graph: Graph) async -> ActionAnswer {
        let answer: ActionAnswer
        var quote: String?
        switch (intent.action, intent.task) {
        case (.restart, _): (answer, quote) = await cloud.restart(graph.id)
        case (.stop, _): (answer, quote) = await cloud.stop(graph.id)
        case (.start, _): (answer, quote) = await cloud.start(graph.id)
        case (.cancel, let task?):
            answer = await cloud.cancelTask(task.id, of: graph, dataPlane: dataPlane)
        case (.cancel, nil): answer = .notSent(.invalidArgument("the intent names no task"))
        }
        if let quote { inbox.put(.answer(intent.graphID, quote, at: now())) }
        return answer
    }

    /// Logs the status after a refusal, which means that the graph changed since it was read. The
    /// machine learns the status from the next poll.
    private func readAgain(_ intent: Intent) async {
        let found: String
        do {
            let graph = try await cloud.graph(intent.graphID.rawValue)
            found = "its status is \(graph.status.code)"
        } catch {
            found = "the graph could not be read: \(error)"
        }
        logger.warning(
            "The \(intent.action.rawValue) was refused; \(found)",
            metadata: [
                "graph_id": "\(intent.graphID)", "graph_name": "\(intent.graphName)",
                "intent": "\(intent.id)",
            ]
        )
    }

    // MARK: Tracking

    private func followJob(_ jobID: String, of graphID: GraphID) async {
        do {
            let job = try await cloud.job(graphID: graphID.rawValue, jobID: jobID)
            inbox.put(.job(graphID, jobID: jobID, JobState(job)))
        } catch  where error.saysJobIsUnknown {
            inbox.put(.job(graphID, jobID: jobID, .notFound))
        } catch {
            logger.debug(
                "Could not follow the job",
                metadata: [
                    "graph_id": "\(graphID)", "graph_name": "\(graphName(graphID))",
                    "job_id": "\(jobID)", "err": "\(error)",
                ]
            )
        }
    }

    private func searchJobs(of intent: Intent) async {
        do {
            let offset = cloud.gatewayClockOffset ?? .zero
            // The filter has a resolution of one day, and the clocks may disagree around midnight.
            let day = Duration.seconds(86_400)
            let created = intent.createdAt + offset
            let listing = try await cloud.jobs(
                JobFilter(
                    graphName: intent.graphName,
                    from: created - day,
                    through: created + day
                )
            )
            let found = listing.jobs.compactMap { FoundJob($0, clockOffset: offset, at: now()) }
            inbox.put(
                .jobsFound(intentID: intent.id, found, isComplete: listing.isComplete)
            )
        } catch {
            logger.debug(
                "Could not search the jobs",
                metadata: [
                    "graph_id": "\(intent.graphID)", "graph_name": "\(intent.graphName)",
                    "err": "\(error)",
                ]
            )
        }
    }

    /// Reads every job that began since then. A listing that is not complete may lack the restart
    /// that matters, and says so.
    private func readJobList(since: Timestamp) async {
        do {
            let offset = cloud.gatewayClockOffset ?? .zero
            // The filter has a resolution of one day.
            let day = Duration.seconds(86_400)
            let from = since + offset
            let listing = try await cloud.jobs(JobFilter(from: from - day, through: now() + day))
            let found = listing.jobs.compactMap { FoundJob($0, clockOffset: offset, at: now()) }
                .filter { $0.beganAt >= since }
            inbox.put(
                listing.isComplete
                    ? .jobList(found)
                    : .partialJobList(found, listing.shortfall ?? "it is incomplete")
            )
        } catch {
            inbox.put(.jobListFailed("\(error)", isRefusal: error.isForbidden))
        }
    }

    /// Lists the tasks inside the graph, which a restart kills. Best effort.
    private func evidence(about graphID: GraphID) async -> String {
        do {
            let graph = try await cloud.graph(graphID.rawValue)
            let tasks = try await cloud.runningTasks(of: graph, dataPlane: dataPlane)
            let at = now()
            let noted = tasks.prefix(IncidentRecord.maximumTasks).map {
                IncidentRecord.InterruptedTask($0, at: at)
            }
            inbox.put(.tasks(graphID, noted, omitted: tasks.count - noted.count, at: at))
            let ids = tasks.prefix(100).map { "\($0.type ?? "task") \($0.id)" }
            return "status \(graph.status.code), \(tasks.count) tasks: "
                + ids.joined(separator: ", ")
        } catch {
            return "the tasks of the graph could not be listed: \(error)"
        }
    }
}

/// The effects in progress.
private final class EffectsUnderWay: Sendable {
    private let effects = Mutex<Set<Effect>>([])

    func begin(_ effect: Effect) -> Bool {
        effects.withLock { $0.insert(effect).inserted }
    }

    func end(_ effect: Effect) {
        _ = effects.withLock { $0.remove(effect) }
    }
}
