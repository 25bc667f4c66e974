package import Coordination
package import Diagnosis
import PromQL
package import Remediation
import Rules
package import Series
package import Time

/// The decision core of the agent: its state, and the function that turns readings into decisions.
///
/// `Cycle` is a value. It owns the inventory, the series, the rules, the received alerts, the clock
/// watch and the remediation machine. It waits for nothing and performs no I/O. Time and all input
/// are arguments of `step`, except for `stopwatch`, which bounds the evaluation of rules.
/// Everything to be done is in the returned `Ready`. The caller writes to disk, acts and publishes,
/// in the order documented on `Ready`, and tells the next step whether the write succeeded. With
/// the same stopwatch the same input gives the same output, so a test can run a whole day of a
/// fleet in a moment.
package struct Cycle: Sendable {
    package internal(set) var settings: CycleSettings
    package internal(set) var inventory: Inventory
    package internal(set) var diagnosis: Diagnosis
    package internal(set) var machine: Machine
    package internal(set) var incidents: IncidentBook
    /// The series that rules and queries read.
    package internal(set) var series: SeriesStore
    var rules: RuleEngine
    var received: ReceivedAlerts
    var clockWatch: ClockWatch
    /// By how much the wall clock was set; nil again after a full observation period.
    var clockJump: Duration?
    /// Polls that began earlier, in elapsed time, are discarded: the clock was set since, or they
    /// read another cloud.
    var readableSince = Duration.zero
    /// Why the last write failed; nil if it succeeded.
    var diskFailure: String?
    /// What the ledger is known to lack since the start; nil if it is the newest.
    let ledgerShortfall: String?
    /// The restarts in `afterDisk` of the last step.
    var awaitingDisk: [Intent] = []
    /// Whether the last step wanted to write that this start has outlasted the start-up grace.
    var isLastingStartPending = false
    /// The received alerts before the messages of the last step. Restored if the write fails:
    /// alerts that are not on disk were not received, and their senders are told to retry.
    var beforeMessages: ReceivedAlerts?
    /// What alerts say of each graph, by id.
    var claims: [String: [Claim]] = [:]
    /// The samples of the newest poll.
    var written = WrittenSamples()
    /// The samples of other monitoring services.
    var delayed = DelayedSamples()
    /// The samples of the nodes of graphs.
    var nodes = NodeSamples()
    /// Those of an earlier process that this one has not gone on with yet.
    var restored = RestoredSamples()
    /// Whether the graphs were ever listed by this process.
    var hasSeen = false
    /// The policy of each graph, by id. Matching patterns against every graph in every step would
    /// take longer than the rest of a step.
    var policies: [String: MatchedPolicy] = [:]
    /// The names of the entries of `graphs`.
    var entryNames: Set<String> = []
    /// Whether any rule is written to block restarts.
    var hasBlockingRules = false
    /// How the cloud answered lately.
    var provider = ProviderWatch()
    /// Whether persons can give orders to this agent.
    package var acceptsOrders = false
    /// Whether the alerts of rules may differ from those on disk.
    var areAlertsUnsaved = true
    /// When series without samples were last dropped.
    var prunedAt = Timestamp.distantPast
    /// The state of each window of `CycleSettings.maintenance`.
    var maintenance: [MaintenanceState] = []
    /// Windows that a reload ended not long ago.
    var removedWindows: [RemovedWindow] = []
    var jobs = KnownJobs()
    var silences = SilenceBook()
    var silenceIndex = SilenceIndex()
    /// Alertmanagers whose failure was logged.
    var reportedAlertmanagers: Set<String> = []
    /// How many rules may ask for a restart.
    var askingRules = 0
    /// Whether rules were evaluated on a complete listing, the ledger was written, a graph
    /// answered, and the result of the self-test was logged, since the start.
    var hasEvaluated = false
    var hasWritten = false
    var hasAnswer = false
    var isSelfTestLogged = false
    /// Whether the next step is the first.
    var isFirstStep = true
    /// Conditions logged so far, so that each change is logged once.
    var reported = Reported()
    var troubleLog = TroubleLog()
    /// How often the agent has started; nil if nobody counts.
    package internal(set) var starts: StartCounter?
    /// The number of rule alerts restored from disk at the start.
    package internal(set) var restoredAlerts = 0
    /// What is known of other agents; nil for an agent that shares its fleet with nobody.
    package var cluster: ClusterReading?
    /// The leadership in whose name the machine acts; nil while this agent only observes.
    package internal(set) var ledEpoch: Int64?
    /// What this agent sees of the graphs that any agent suspects, by id.
    var sights: [String: Sight] = [:]
    /// The polls since the start.
    var polls = 0
    /// Which graphs the newest poll was to read; nil for all.
    var share: WatchShare?
    /// By the id of the agent.
    var alertsOfOthers: [String: PublishedAlerts] = [:]
    /// What the own rules ask for.
    var ownRequests: [RestartRequest] = []
    /// What the agents that divide the watch with this one say.
    var others = WatchOfOthers()
    /// What this agent tells them.
    var published = PublishedWatch()
    /// When each graph that any agent suspects, or cannot judge, was last one of those.
    var concernedAt: [String: Timestamp] = [:]
    /// Since when this agent watches the graphs that it watches not for long.
    var gainedAt: [String: Timestamp] = [:]
    /// Elapsed time, for the time limit and the metrics of rules. Nothing else depends on it.
    let stopwatch: @Sendable () -> Duration

    /// Performs one step: processes the input since the last step and decides what to do.
    ///
    /// Changes accumulate until a write succeeds, so the next step repeats a failed write.
    package mutating func step(_ input: CycleInput) -> Ready {
        var turn = Turn(input)
        if isFirstStep { turn.log += pausesWithoutEntry }
        isFirstStep = false
        settle(&turn)
        watchClock(&turn)
        join(&turn)
        if let earlier = input.earlier { receive(earlier, &turn) }
        merge(&turn)
        mergeDelayedSamples(turn)
        let alerts = evaluateRules(&turn)
        let received = receiveAlerts(&turn)
        noteHolds(&turn)
        // Only alerts of healthy rules are evidence. Alerts of a failing rule are kept and do not
        // ask for a restart.
        ownRequests = RemediationRequests.from(rules.alertsOfHealthyRules, at: turn.now)
        noteWatchOfOthers(at: turn.now)
        var view = fleetView(alerts, received, isStopping: input.isStopping, at: turn.now)
        view.omittedGates = omittedGates
        view.standIns = input.standIns
        compareSights(&view)
        noteConcerns(turn)
        let requests = ownRequests + others.requests + received.map(\.request)
        let effects = decide(requests, view, turn)
        keepIncidents(requests, effects, view, turn)
        let test = selfTest(&turn, view)
        return ready(turn, effects, alerts, view, test)
    }

    /// The time of the next rule evaluation; nil without rules.
    package var nextEvaluation: Timestamp? { rules.nextEvaluation }
}

/// The policy of a graph with this name and these tags. A class, because it is read several times
/// in every step.
final class MatchedPolicy: Sendable {
    let name: String
    let tags: [String: String]
    /// The name of the entry that matches; nil if none does.
    let entry: String?
    /// Nil if no entry matches.
    let policy: SharedPolicy?
    /// The maintenance windows whose scope includes the graph, by their place in the settings.
    let windows: [Int]
    /// The same of those in `Cycle.removedWindows`.
    let removedWindows: [Int]

    init(
        name: String,
        tags: [String: String],
        entry: String?,
        policy: SharedPolicy?,
        windows: [Int],
        removedWindows: [Int]
    ) {
        self.name = name
        self.tags = tags
        self.entry = entry
        self.policy = policy
        self.windows = windows
        self.removedWindows = removedWindows
    }
}

/// The working state of one step.
struct Turn {
    let input: CycleInput
    /// Nil if there is no new poll or if it cannot be used.
    var readings: Readings?
    var reports: [Report]
    var evaluation: EvaluationReport?
    var replies: [AlertReply] = []
    var log: [LogLine] = []
    var clockJumps = 0

    init(_ input: CycleInput) {
        self.input = input
        readings = input.readings
        reports = input.reports + input.orders.map(Report.order)
    }

    var clock: ClockReading { input.clock }
    var now: Timestamp { input.clock.wall }
}

extension Cycle {
    private mutating func decide(
        _ requests: [RestartRequest],
        _ view: FleetView,
        _ turn: Turn
    ) -> [Effect] {
        machine.step(
            requests: requests,
            reports: turn.reports,
            view: view,
            at: turn.now
        )
    }

    private mutating func evaluateRules(_ turn: inout Turn) -> [ActiveAlert] {
        turn.evaluation = rules.evaluate(at: turn.now, store: &series, clock: stopwatch)
        if turn.evaluation?.groups.isEmpty == false { areAlertsUnsaved = true }
        return rules.activeAlerts
    }

    /// Adds the alerts of messages and ends those that the agent's own readings contradict. Returns
    /// the alerts that ask for a restart now.
    private mutating func receiveAlerts(_ turn: inout Turn) -> [ReceivedAlert] {
        beforeMessages = turn.input.messages.isEmpty ? nil : received
        for message in turn.input.messages {
            turn.replies.append(receive(message, at: turn.now))
        }
        received.review(inventory, at: turn.now)
        return settings.webhook.map { received.asking($0, at: turn.now) } ?? []
    }

    /// Accepts all alerts of a message or none. If one is about a graph that may not have been
    /// listed yet, the others are accepted and the sender is asked to retry.
    private mutating func receive(_ message: AlertMessage, at now: Timestamp) -> AlertReply {
        guard let webhook = settings.webhook else {
            return AlertReply(id: message.id, answer: .failure(.notReady))
        }
        var next = received
        var receptions: [Reception] = []
        for alert in message.alerts {
            do throws(ReceivedAlerts.Full) {
                let reception = try next.receive(alert, webhook, inventory: inventory, at: now)
                receptions.append(reception)
            } catch {
                return AlertReply(id: message.id, answer: .failure(.full))
            }
        }
        received = next
        if inventory.lastCompleteListing == nil, receptions.contains(.ignored(.graph)) {
            return AlertReply(id: message.id, answer: .failure(.notReady), partial: receptions)
        }
        return AlertReply(id: message.id, answer: .success(receptions))
    }
}
