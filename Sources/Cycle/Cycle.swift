import PromQL
package import Remediation
import Rules
package import Series
package import Time

/// The decision core of the agent: what it knows, and the one function that turns readings into
/// decisions.
///
/// `Cycle` is a value. It owns the inventory, the series, the rules, the received alerts, the clock
/// watch and the remediation machine; it reads no clock, waits for nothing and writes nothing. Time
/// and everything that came in are arguments of `step`, everything that has to be done is in the
/// `Ready` that it returns. The caller writes to disk, acts and publishes, in the order that `Ready`
/// documents, and tells the next step whether the disk took the write. The same inputs give the same
/// outputs, so a whole day of a fleet can be run in a test.
package struct Cycle: Sendable {
    package internal(set) var settings: CycleSettings
    package internal(set) var inventory = Inventory()
    package internal(set) var machine: Machine
    /// Everything that rules and queries read.
    package internal(set) var series: SeriesStore
    var rules: RuleEngine
    var received: ReceivedAlerts
    var clockWatch: ClockWatch
    /// By how much the wall clock was set; nil once it was observed for long enough since.
    var clockJump: Duration?
    /// Polls that began before this moment, in elapsed time, are not used: the clock was set since,
    /// or they looked elsewhere.
    var readableSince = Duration.zero
    /// Why the disk refused the last write; nil while the ledger works.
    var diskFailure: String?
    /// The restarts that the last step handed out for after its write.
    var awaitingDisk: [Intent] = []
    /// The received alerts as they were before the messages of the last step: what was not written
    /// was not received, and its senders are told so.
    var beforeMessages: ReceivedAlerts?
    /// What the newest poll showed.
    var written = WrittenSamples()
    /// When series without samples were last dropped.
    var prunedAt = Timestamp.distantPast
    /// What was said last, so that a change is logged once.
    var reported = Reported()
    /// How many alerts of our own rules were restored from disk at the start.
    package internal(set) var restoredAlerts = 0
    /// Measures how long rules take, for their time limit and their metrics; decides nothing else.
    let stopwatch: @Sendable () -> Duration

    /// One step: takes in what has come since the last one and decides what to do.
    ///
    /// What the machine wants to change on disk adds up until a write succeeds, so a failed write is
    /// repeated by the next step.
    package mutating func step(_ input: CycleInput) -> Ready {
        var turn = Turn(input)
        settle(&turn)
        watchClock(&turn)
        merge(&turn)
        let alerts = evaluateRules(&turn)
        let received = receiveAlerts(&turn)
        let view = fleetView(alerts, received, isStopping: input.isStopping)
        let effects = decide(received, view, turn)
        return ready(turn, effects, alerts, received, view)
    }

    /// When the rules want to be evaluated next; nil without rules.
    package var nextEvaluation: Timestamp? { rules.nextEvaluation }
}

/// What one step works with and gathers on its way.
struct Turn {
    let input: CycleInput
    /// Nil also when the poll that came in cannot be used.
    var readings: Readings?
    var reports: [Report]
    var evaluation: EvaluationReport?
    var replies: [AlertReply] = []
    var log: [LogLine] = []
    var clockJumps = 0

    init(_ input: CycleInput) {
        self.input = input
        readings = input.readings
        reports = input.reports
    }

    var clock: ClockReading { input.clock }
    var now: Timestamp { input.clock.wall }
}

extension Cycle {
    /// Only the alerts of rules that have succeeded are evidence; those of a rule that began to fail
    /// stay on record and ask for nothing.
    private mutating func decide(
        _ received: [ReceivedAlert],
        _ view: FleetView,
        _ turn: Turn
    ) -> [Effect] {
        machine.step(
            requests: RemediationRequests.from(rules.provenAlerts) + received.map(\.request),
            reports: turn.reports,
            view: view,
            at: turn.now
        )
    }

    private mutating func evaluateRules(_ turn: inout Turn) -> [ActiveAlert] {
        turn.evaluation = rules.evaluate(at: turn.now, store: &series, clock: stopwatch)
        return rules.activeAlerts
    }

    /// Takes in what others sent and ends what the agent's own readings contradict. Returns the
    /// alerts that ask for a restart now.
    private mutating func receiveAlerts(_ turn: inout Turn) -> [ReceivedAlert] {
        beforeMessages = turn.input.messages.isEmpty ? nil : received
        for message in turn.input.messages {
            turn.replies.append(receive(message, at: turn.now))
        }
        received.review(inventory, at: turn.now)
        return settings.webhook.map { received.asking($0, at: turn.now) } ?? []
    }

    /// All alerts of a message are taken in or none is, except that those about graphs which may
    /// not have been listed yet ask the sender to come again.
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
            return AlertReply(id: message.id, answer: .failure(.notReady))
        }
        return AlertReply(id: message.id, answer: .success(receptions))
    }
}
