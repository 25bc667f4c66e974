package import Logging
import Remediation
import Series
import Time

/// Runs the cycle at its own pace until the end is asked for, and lets the performer work beside
/// it.
package struct AgentService {
    var agent: Agent
    var cloud: CloudSession
    let clients: ClientsInFlight
    var performer: Performer
    private let inbox: Inbox
    let slot: ConfigurationSlot
    private let pulse: Pulse
    let clock: AgentClock
    private let stop: StopSignal
    let metrics: MetricRegistry
    private let logger: Logger
    private var sees = true
    /// What was said last.
    private var troubles: [Trouble] = []
    private var memory = ProcessMemory()

    package init(
        agent: Agent,
        cloud: CloudSession,
        clients: ClientsInFlight,
        performer: Performer,
        inbox: Inbox,
        slot: ConfigurationSlot,
        pulse: Pulse,
        clock: AgentClock,
        stop: StopSignal,
        metrics: MetricRegistry,
        logger: Logger
    ) {
        self.agent = agent
        self.cloud = cloud
        self.clients = clients
        self.performer = performer
        self.inbox = inbox
        self.slot = slot
        self.pulse = pulse
        self.clock = clock
        self.stop = stop
        self.metrics = metrics
        self.logger = logger
    }

    /// Returns when the end was asked for, every effect that was begun has ended and its outcome
    /// is on disk.
    package mutating func run() async {
        await withDiscardingTaskGroup { group in
            var nextPoll = clock.elapsed()
            while !stop.isRequested {
                pulse.expectBeat(by: clock.elapsed() + cycleLimit)
                adoptWaitingConfiguration(&nextPoll)
                for effect in await tick(&nextPoll) where !declines(effect) {
                    group.addTask { [performer] in await performer.perform(effect) }
                }
                pulse.completedCycle()
                memory.settle(at: clock.elapsed())
                await pause(until: nextPoll)
            }
        }
        slot.close()
        await recordLastOutcomes()
    }

    /// One cycle; with a poll before it when one is due.
    private mutating func tick(_ nextPoll: inout Duration) async -> [Effect] {
        agent.desk.news.clear()
        var readings: Readings?
        if clock.elapsed() >= nextPoll {
            readings = await poll()
            // A poll that the stop cut off says nothing about the cloud.
            if readings == nil { return [] }
            nextPoll = slot(after: nextPoll)
        }
        if let readings { noteSight(readings) }
        let effects = await agent.cycle(readings, reports: inbox.drain(), at: clock.read())
        noteTroubles()
        return effects
    }

    private func poll() async -> Readings? {
        let known = agent.inventory.graphs
        let started = clock.elapsed()
        let watcher = Watcher(source: cloud.client, sampling: agent.configuration.sampling)
        let readings = await stop.race { [clock] in
            await watcher.poll(known: known, at: clock.now())
        }
        let taken = (clock.elapsed() - started).inSeconds
        for source in Self.sources {
            metrics.set(MetricCatalog.cycleDuration, to: taken, source)
        }
        return readings
    }

    /// So long a cycle may take before it counts as hung. A poll of many graphs that all hang takes
    /// several time-outs, and paging through a cloud that asks for patience takes its time.
    private var cycleLimit: Duration {
        .seconds(300) + agent.configuration.sampling.timeout * 10
    }

    private static let pauseMargin = Duration.seconds(30)

    private static let sources = ["ges_api", "probe"]

    /// The next slot of the sampling interval that lies ahead. Slots that passed meanwhile are
    /// skipped and counted.
    private func slot(after last: Duration) -> Duration {
        let interval = agent.configuration.sampling.interval
        let missed = max(0, Int((clock.elapsed() - last) / interval))
        for source in Self.sources {
            metrics.add(Double(missed + 1), to: MetricCatalog.cycles, source)
            metrics.add(Double(missed), to: MetricCatalog.cyclesMissed, source)
        }
        return last + interval * (missed + 1)
    }

    /// Waits for the next poll, the next evaluation of rules, a new configuration or an alert of
    /// others, whichever comes first.
    private func pause(until nextPoll: Duration) async {
        var rest = nextPoll - clock.elapsed()
        if let next = agent.nextEvaluation { rest = min(rest, next - clock.now()) }
        let wait = max(rest, .milliseconds(1))
        pulse.expectBeat(by: clock.elapsed() + wait + Self.pauseMargin)
        _ = await stop.race { [clock, slot, news = agent.desk.news] in
            await news.race { await slot.filled.race { try? await clock.sleep(wait) } }
        }
    }

    /// Nothing is sent any more once the end was asked for.
    private func declines(_ effect: Effect) -> Bool {
        guard stop.isRequested, case .restart(let intent) = effect else { return false }
        let outcome = RestartOutcome.notSent(reason: "the agent is stopping")
        inbox.put(.outcome(intentID: intent.id, outcome, at: clock.now()))
        return true
    }

    /// A change is said once, not with every poll.
    private mutating func noteSight(_ readings: Readings) {
        switch readings.listing {
        case .success where !sees:
            logger.info("The graphs can be listed again")
            sees = true
        case .failure(let error) where sees:
            logger.warning(
                "The graphs cannot be listed; nothing is restarted meanwhile",
                metadata: ["err": "\(error)"]
            )
            sees = false
        default: break
        }
    }

    /// The ledger speaks for itself; of the rest a change is said once.
    private mutating func noteTroubles() {
        let now = agent.troubles.filter { $0.label != Trouble.ledgerLabel }
        let known = Set(troubles.map(\.label))
        for trouble in now where !known.contains(trouble.label) { logger.error("\(trouble)") }
        for trouble in troubles where !now.contains(where: { $0.label == trouble.label }) {
            logger.info("This is over", metadata: ["trouble": "\(trouble.label)"])
        }
        troubles = now
    }

    /// What came back after the last cycle must not be forgotten: an answered restart would look
    /// like an unknown one after the next start.
    private mutating func recordLastOutcomes() async {
        let reports = inbox.drain()
        guard !reports.isEmpty else { return }
        for effect in await agent.recordLast(reports, at: clock.read()) {
            if case .record = effect { await performer.perform(effect) }
        }
    }
}
