package import Agent
package import Configuration
import API
import Cycle
package import GES
import Ledger
package import Logging
package import Remediation
import Tables
package import Time

/// The rehearsal of one restart on the real service.
///
/// It takes the ledger of the agent, and with it the lock: no agent can run beside it, and what the
/// ledger knows of restarts, pauses and limits counts. With `sends` false there is no ledger.
package struct LiveRehearsal: Sendable {
    /// The graph that a person named, and the list it was found in.
    package struct Subject: Sendable {
        package let graph: Graph
        let listing: GraphListing
        /// A restart of it that an earlier process has sent, or may have.
        package let earlier: Intent?
    }

    let loaded: LoadedConfiguration
    let settings: RehearsalSettings
    let client: GESClient
    private let clients: ClientsInFlight
    let ledger: Ledger?
    let records: [GraphRecord]
    let exchanges: ExchangeLog
    let clock: AgentClock
    let stop: StopSignal
    let logger: Logger
    let timeline: RehearsalTimeline
    let say: @Sendable (String) -> Void

    var conditions: RehearsalConditions {
        RehearsalConditions(
            client: client,
            configuration: loaded.configuration,
            tag: settings.tag
        )
    }

    /// Opens the ledger, and sends nothing yet.
    ///
    /// - Parameter say: receives what happens, line by line.
    package init(
        _ loaded: LoadedConfiguration,
        _ settings: RehearsalSettings,
        stop: StopSignal,
        logger: Logger,
        clock: AgentClock = .system,
        say: @escaping @Sendable (String) -> Void
    ) throws(RehearsalFailure) {
        var loaded = loaded
        // Their values come minutes late, and nothing decides on them.
        loaded.configuration.sampling.cloudEye = nil
        loaded.configuration.sampling.nodeMetrics = nil
        self.loaded = loaded
        self.settings = settings
        self.stop = stop
        self.logger = logger
        self.clock = clock
        let timeline = RehearsalTimeline(now: clock.now)
        self.timeline = timeline
        self.say = { line in
            timeline.add(line)
            say(line)
        }
        (ledger, records) = try Self.openLedger(loaded.configuration, settings)
        let exchanges = ExchangeLog(
            AssumptionReport(Self.terms(loaded.configuration)),
            clock: clock
        )
        self.exchanges = exchanges
        clients = ClientsInFlight()
        var session = CloudSession(metrics: MetricRegistry(), clients: clients) {
            exchanges.observing($0)
        }
        do throws(StartError) {
            client = try session.gesClient(for: loaded.configuration)
        } catch {
            throw .unclear("\(error)")
        }
    }

    /// Closes every connection.
    package func close() {
        clients.shutdown()
    }

    private static func terms(_ configuration: Configuration) -> AssumptionReport.Terms {
        var terms = AssumptionReport.Terms()
        terms.apiVersion = configuration.cloud.apiVersion
        switch configuration.cloud.credentials {
        case .accessKey, .metadata: terms.areSigned = true
        case .password, .token: terms.areSigned = false
        }
        let sampling = configuration.sampling
        terms.verifiesDataPlane =
            sampling.dataPlaneFingerprint == nil && !sampling.dataPlane.isInsecure
        return terms
    }

    private static func openLedger(
        _ configuration: Configuration,
        _ settings: RehearsalSettings
    ) throws(RehearsalFailure) -> (Ledger?, [GraphRecord]) {
        guard settings.sends else { return (nil, []) }
        guard configuration.sharedLedger == nil else {
            throw .refused([
                RehearsalObjection(
                    "the agents of this configuration share a ledger in etcd",
                    remedy: "order the restart from the leader: graphwarden restart ID"
                )
            ])
        }
        do throws(LedgerError) {
            let ledger = try Ledger(folder: settings.storagePath)
            return (ledger, try ledger.load().records)
        } catch {
            guard case .locked = error.cause else { throw .unclear("\(error)") }
            throw .refused([
                RehearsalObjection(
                    "\(error)",
                    remedy: "stop the agent for the rehearsal, or let it restart the graph: "
                        + "graphwarden restart ID --override=diagnosis"
                )
            ])
        }
    }

    // MARK: - The graph

    /// Finds the graph that a person names by its id, the beginning of its id, or its name.
    package func find(_ text: String) async throws(RehearsalFailure) -> Subject {
        let listing: GraphListing
        do throws(GESError) {
            listing = try await client.listGraphs()
        } catch {
            throw .unclear("the graphs could not be listed: \(error)")
        }
        let candidates = listing.graphs.map {
            GraphReference.Candidate(id: $0.id, name: $0.name)
        }
        switch GraphReference.find(text, in: candidates) {
        case .found(let candidate):
            guard let graph = listing.graphs.first(where: { $0.id == candidate.id }) else { break }
            exchanges.follow(graph.id, named: graph.name)
            return Subject(
                graph: graph,
                listing: listing,
                earlier: try earlierRestart(of: graph)
            )
        case .ambiguous(let several):
            let names = several.prefix(5).map { "\($0.id) (\($0.name))" }.joined(separator: ", ")
            throw .refused([
                RehearsalObjection("\"\(text)\" may be any of \(names)", remedy: "use the id")
            ])
        case .unknown: break
        }
        let isWhole = listing.isComplete
        throw .refused([
            RehearsalObjection(
                "no graph with the id or name \"\(text)\""
                    + (isWhole ? "" : " is in the list, which is not complete"),
                remedy: "see graphwarden graphs, cloud.region and cloud.project_id"
            )
        ])
    }

    /// A restart that this ledger has in progress; nil if it has none. Those of other graphs need an
    /// agent, and so do questions about them: without their entries they would be withdrawn.
    private func earlierRestart(of graph: Graph) throws(RehearsalFailure) -> Intent? {
        let id = GraphID(graph.id)
        let others = records.filter { $0.id != id && $0.phase.needsAgent }
        guard others.isEmpty else {
            throw .refused([
                RehearsalObjection(
                    "the ledger has a restart of \(others[0].id) in progress or in question",
                    remedy: "start the agent on this ledger, and wait until it has ended"
                )
            ])
        }
        let record = records.first { $0.id == id }
        if let record, record.phase.needsAgent, !record.phase.isRehearsal {
            throw .refused([
                RehearsalObjection(
                    "the ledger has something in progress for it that no rehearsal began",
                    remedy: "start the agent on this ledger, and wait until it has ended"
                )
            ])
        }
        guard let own = record, own.phase.isFollowed else { return nil }
        if case .stalled(_, let since, let cause) = own.phase {
            throw .refused([
                RehearsalObjection(
                    "its last restart stalled at \(since): \(cause)",
                    remedy: "start the agent on this ledger, and acknowledge the graph"
                )
            ])
        }
        return own.phase.intent
    }

    /// Throws what speaks against a restart of the graph.
    package func check(_ subject: Subject) async throws(RehearsalFailure) {
        let found: [RehearsalObjection]
        do throws(GESError) {
            found = try await conditions.objections(to: subject.graph, in: subject.listing)
        } catch {
            throw .unclear("the graph could not be read: \(error)")
        }
        if !found.isEmpty { throw .refused(found) }
    }
}

extension Phase {
    /// Whether what is in progress is the restart of a rehearsal.
    fileprivate var isRehearsal: Bool {
        if case .gatheringEvidence(let gathering) = self {
            return gathering.request.isRehearsal
        }
        return intent?.isRehearsal ?? false
    }

    /// Whether something is in progress that only an agent with every entry of `graphs` carries on.
    fileprivate var needsAgent: Bool {
        switch self {
        case .awaitingApproval, .countingDown, .gatheringEvidence, .intended, .unknownOutcome,
            .restarting, .verifying, .stopped:
            true
        case .idle, .coolingDown, .waiting, .exhausted, .stalled, .suspended, .externalAction:
            false
        }
    }
}
