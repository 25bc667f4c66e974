import API
import Agent
import Configuration
import Cycle
import GES
import Ledger
import PromQL
import Remediation
import Time

/// Running the agent for one restart.
extension LiveRehearsal {
    /// A failed poll or two must not end the wait for the gates.
    private static let reserve = Duration.seconds(600)
    /// How often the status of a graph that restarts is read at least.
    private static let longestPace = Duration.seconds(5)

    /// Restarts the graph, or follows the restart of an earlier process, and reports. Returns when
    /// the agent has judged the attempt or a stop is requested.
    package func run(_ subject: Subject) async -> RehearsalReport {
        let graph = subject.graph
        guard let ledger else { return report(graph, .unknown("there is no ledger")) }
        guard let entry = conditions.entry(for: graph) else {
            let text = "no entry of graphs in the configuration matches it"
            return report(
                graph,
                subject.earlier == nil
                    ? .notSent([text]) : .unknown("\(text), so its restart cannot be followed")
            )
        }
        exchanges.expect(within: entry.policy.restartTimeout)
        let record = records.first { $0.id == GraphID(graph.id) }
        if let earlier = subject.earlier {
            say("following the restart that was decided at \(earlier.createdAt); none is sent")
            let attempt = record?.attempts.last { $0.intentID == earlier.id }
            exchanges.adopt(sentAt: earlier.createdAt, jobID: attempt?.jobID)
        }
        _ = await examine(graph)
        say("the ledger is \(ledger.path)" + (records.isEmpty ? "; it knows no restart" : ""))
        let before = record?.attemptCount ?? 0
        let end: RehearsalDirector.End
        do {
            end = try await runAgent(subject, entry, ledger, earlierAttempts: before)
        } catch {
            return report(graph, .notSent(["the agent could not be started: \(error)"]))
        }
        return judge(subject, end, ledger, earlierAttempts: before)
    }

    /// Only reads, and reports.
    package func read(_ subject: Subject) async -> RehearsalReport {
        if let failure = await examine(subject.graph) {
            return report(subject.graph, .unknown("the graph could not be read: \(failure)"))
        }
        let isInterrupted = stop.isRequested
        return report(
            subject.graph,
            isInterrupted ? .unknown("it was interrupted, and not everything was read") : .onlyRead
        )
    }

    /// Reads for the assumptions alone. A failure is a finding.
    ///
    /// - Returns: why the details of the graph could not be read; nil if they were, or if a stop is
    ///   requested.
    private func examine(_ graph: Graph) async -> GESError? {
        let failure = await stop.race { () -> [GESError] in
            do throws(GESError) {
                _ = try await client.graph(graph.id)
                return []
            } catch {
                return [error]
            }
        }
        let dataPlane = loaded.configuration.sampling.dataPlane
        let reads: [@Sendable () async -> Void] = [
            { _ = try? await client.graphIDs(offset: 0, limit: ListFacts.examinedLimit) },
            { _ = try? await client.graphIDs(offset: 1, limit: ListFacts.examinedLimit) },
            { _ = try? await client.jobs(JobFilter(graphName: graph.name)) },
            { _ = try? await client.nodeMetricsDocument(of: graph, dataPlane: dataPlane) },
            { _ = try? await client.realTimeQueries(of: graph, dataPlane: dataPlane) },
            { _ = await client.probe(.version, of: graph, dataPlane: dataPlane) },
            { _ = try? await client.cloudEyeMetrics(of: [graph.id], within: .seconds(10)) },
        ]
        for read in reads { _ = await stop.race(read) }
        return failure?.first
    }

    // MARK: - The agent

    private func runAgent(
        _ subject: Subject,
        _ entry: GraphEntry,
        _ ledger: Ledger,
        earlierAttempts: Int
    ) async throws -> RehearsalDirector.End {
        let graph = subject.graph
        let (board, inbox) = (StatusBoard(), Inbox())
        let notifier = Notifier(
            board: board,
            inbox: inbox,
            metrics: MetricRegistry(),
            clock: clock,
            stop: stop,
            externalURL: nil,
            tells: false,
            logger: logger
        )
        try notifier.adopt(loaded.configuration)
        let permit = OneRestartPermit(
            graph.id,
            named: graph.name,
            settings.tag,
            isUsed: subject.earlier != nil
        )
        var loop = try loop(subject, entry, ledger, permit, board, inbox)
        let interval = loaded.configuration.sampling.interval
        let director = RehearsalDirector(
            graph: graph,
            earlierAttempts: earlierAttempts,
            isResumed: subject.earlier != nil,
            settings: settings,
            patience: max(entry.policy.startupGrace, entry.policy.stateChangeGrace) + Self.reserve,
            pace: min(interval, Self.longestPace),
            client: client,
            conditions: conditions,
            notifier: notifier,
            board: board,
            orders: loop.orders,
            clock: clock,
            stop: stop,
            timeline: timeline,
            say: say
        )
        return await withTaskGroup(of: RehearsalDirector.End?.self) { group in
            group.addTask { await director.run() }
            group.addTask {
                await notifier.run()
                return nil
            }
            await loop.run()
            var end = RehearsalDirector.End.interrupted
            for await result in group { if let result { end = result } }
            return end
        }
    }

    /// The agent's own loop on its own ledger. Its one entry of `graphs` needs the tag, so that the
    /// last look before the request finds the graph unselected without it. Mode `shadow` leaves
    /// the order as the only thing that restarts.
    private func loop(
        _ subject: Subject,
        _ entry: GraphEntry,
        _ ledger: Ledger,
        _ permit: OneRestartPermit,
        _ board: StatusBoard,
        _ inbox: Inbox
    ) throws -> AgentLoop {
        let cloud = OneRestartCloud(
            base: client,
            permit: permit,
            conditions: conditions,
            stop: stop,
            now: clock.now
        )
        var memory = try ledger.memory()
        memory.readsJobList = true
        memory.shortfall = try ledger.shortfall()
        var cycleSettings = loaded.cycleSettings
        cycleSettings.graphs = [try self.entry(for: subject, like: entry)]
        var cycle = Cycle(
            cycleSettings,
            from: memory,
            language: RuleLanguage(),
            at: clock.read(),
            stopwatch: clock.elapsed
        )
        cycle.acceptsOrders = true
        return AgentLoop(
            LoopParts(
                cycle: cycle,
                configuration: loaded.configuration,
                connector: OneRestartConnector(cloud: cloud),
                cloud: cloud,
                ledger: NarratedLedger(
                    base: LedgerQueue(ledger, elapsed: clock.elapsed),
                    graphID: GraphID(subject.graph.id),
                    timeline: timeline,
                    say: say
                ),
                inbox: inbox,
                slot: ConfigurationSlot(),
                board: board,
                metrics: MetricRegistry(),
                pulse: Pulse(),
                clock: clock,
                stop: stop,
                logger: logger
            )
        )
    }

    /// Keeps the name: pauses of the entry hold the rehearsal too. A restart that was sent is
    /// followed under the policy of the entry, with the tag or without.
    private func entry(for subject: Subject, like entry: GraphEntry) throws -> GraphEntry {
        var match = GraphMatch()
        match.id = try LabelValuePattern(Self.pattern(for: subject.graph.id))
        if subject.earlier == nil {
            let value = Self.pattern(for: settings.tag.value)
            match.tags[settings.tag.key] = try LabelValuePattern(value)
        }
        var policy = entry.policy
        policy.mode = .shadow
        return GraphEntry(name: entry.name, match: match, policy: policy)
    }

    /// A pattern that matches this text alone.
    private static func pattern(for text: String) -> String {
        var pattern = ""
        for scalar in text.unicodeScalars {
            let isWord = Character(scalar).isLetter || Character(scalar).isNumber
            pattern += (isWord || !scalar.isASCII ? "" : "\\") + String(scalar)
        }
        return pattern
    }
}
