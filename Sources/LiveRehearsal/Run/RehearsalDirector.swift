import API
import Agent
import Cycle
import Diagnosis
import GES
import Remediation
import Time

/// Leads a running loop through one rehearsal: waits until every gate is open, gives the order, and
/// watches the graph until the machine has judged the attempt. It learns everything from the
/// published status, as the page does.
struct RehearsalDirector: Sendable {
    enum End: Sendable {
        /// Nothing was sent, for these reasons.
        case refused([String])
        /// Nothing was sent: it could not be found out whether anything speaks against it.
        case unclear([String])
        /// The machine has judged the attempt, or dropped it.
        case judged
        case interrupted
    }

    let graph: Graph
    /// How many attempts the graph had before.
    let earlierAttempts: Int
    /// Whether an earlier process sent the restart that is followed.
    let isResumed: Bool
    let settings: RehearsalSettings
    let patience: Duration
    /// Between two looks at the status of a graph that restarts.
    let pace: Duration
    let client: GESClient
    let conditions: RehearsalConditions
    let notifier: Notifier
    let board: StatusBoard
    let orders: any OrderReceiver
    let clock: AgentClock
    let stop: StopSignal
    let timeline: RehearsalTimeline
    let say: @Sendable (String) -> Void

    private var id: GraphID { GraphID(graph.id) }

    private static let pause = Duration.milliseconds(200)

    /// Ends the loop when it returns.
    func run() async -> End {
        defer { stop.request() }
        if !isResumed {
            if let end = await waitForGates() { return end }
            if let end = await checkOnceMore() { return end }
            if let end = await giveOrder() { return end }
        }
        return await follow()
    }

    // MARK: - Before the order

    private func waitForGates() async -> End? {
        let deadline = clock.elapsed() + patience
        var told = ""
        while !stop.isRequested {
            let reasons: [String]
            var isClear = true
            switch readiness(in: board.current) {
            case .success(.ready): return nil
            case .success(.hung): return .refused(["the agent takes the graph for hung"])
            case .success(.closed(let holds)): return .refused(holds.map(\.description))
            case .success(.waiting(let holds)):
                reasons = holds.map(\.description)
                isClear = !holds.contains(where: \.isLackOfKnowledge)
            case .failure(let unseen):
                reasons = [unseen.text]
                isClear = false
            }
            guard clock.elapsed() < deadline else {
                return isClear ? .refused(reasons) : .unclear(reasons)
            }
            let text = "waiting: " + reasons.joined(separator: "; ")
            if text != told { say(text) }
            told = text
            await rest()
        }
        return .interrupted
    }

    private struct Unseen: Error {
        let text: String
    }

    private func readiness(in status: Status) -> Result<GateReadiness, Unseen> {
        guard let seen = status.view.graphs[id] else {
            let trouble = status.troubles.first { $0.preventsReady }
            return .failure(Unseen(text: trouble?.text ?? "the graph is not listed"))
        }
        guard GraphStatus(code: seen.statusCode).isRunning else {
            return .success(.closed([.undiagnosed(.notEligible(statusCode: seen.statusCode))]))
        }
        let gates = status.machine.explain(id, in: status.view, at: status.at).gates
        let closed = gates.compactMap(\.closedBy)
        return .success(GateReadiness(closed, overriding: settings.overrides))
    }

    /// What persons may have changed while the gates were closed.
    private func checkOnceMore() async -> End? {
        guard let reports = await stop.race({ await notifier.askOnce() }) else {
            return .interrupted
        }
        let silences = reports.flatMap {
            $0.objections(toRestarting: graph.id, named: graph.name, at: clock.now())
        }
        guard silences.isEmpty else {
            let texts = silences.map(\.withRemedy)
            return reports.allSatisfy(\.isAnswered) ? .refused(texts) : .unclear(texts)
        }
        do throws(GESError) {
            let listing = try await client.listGraphs()
            let objections = try await conditions.objections(to: graph, in: listing)
            return objections.isEmpty ? nil : .refused(objections.map(\.withRemedy))
        } catch {
            return .unclear(["it could not be read again: \(error)"])
        }
    }

    private func giveOrder() async -> End? {
        let order = Order(
            id: "rehearsal/\(graph.id)/\(clock.now().milliseconds)",
            .restart(id, RestartTerms(overrides: settings.overrides.union([.diagnosis]))),
            by: settings.by,
            reason: RehearsalSettings.reason
        )
        do throws(OrderRefusal) {
            let answer = try await orders.carryOut(order)
            guard answer.outcome == .done else { return .refused([answer.description]) }
            return nil
        } catch {
            switch error {
            case .unavailable(let text): return .refused([text])
            // What became of it shows in the status.
            case .timeout: return nil
            }
        }
    }

    // MARK: - After the order

    private func follow() async -> End {
        var lastStatus = graph.status.code
        var nextLook = clock.elapsed()
        var hasReadJobs = false
        while !stop.isRequested {
            guard board.version > 0 else {
                await rest()
                continue
            }
            let status = board.current
            let record = status.machine.record(of: id)
            let code = status.view.graphs[id]?.statusCode ?? lastStatus
            if code != lastStatus { say("its status is now \(GraphStatus(code: code))") }
            lastStatus = code
            // A graph that comes back late passes through this phase quickly.
            if timeline.stall != nil || isJudged(record) {
                await lastReads(record)
                return .judged
            }
            if case .restarting = record.phase, !hasReadJobs {
                hasReadJobs = true
                await read { _ = try? await client.jobs(JobFilter(graphName: graph.name)) }
            }
            if record.phase.isFollowed, clock.elapsed() >= nextLook {
                await read { _ = try? await client.graph(graph.id) }
                nextLook = clock.elapsed() + pace
            }
            await rest()
        }
        return .interrupted
    }

    private func isJudged(_ record: GraphRecord) -> Bool {
        if case .gatheringEvidence = record.phase { return false }
        if record.phase.isFollowed { return false }
        let attempt = record.attempts.last { isResumed || $0.number > earlierAttempts }
        return attempt.map { $0.ending != nil } ?? true
    }

    /// The assumptions about the end of a restart rest on these.
    private func lastReads(_ record: GraphRecord) async {
        await read { _ = try? await client.graph(graph.id) }
        await read { _ = try? await client.jobs(JobFilter(graphName: graph.name)) }
        guard let jobID = record.attempts.last?.jobID else { return }
        await read { _ = try? await client.job(graphID: graph.id, jobID: jobID) }
        await read { _ = try? await client.graph(graph.id) }
    }

    private func read(_ request: @escaping @Sendable () async -> Void) async {
        _ = await stop.race(request)
    }

    private func rest() async {
        _ = await stop.race { [clock] in try? await clock.sleep(Self.pause) }
    }
}
