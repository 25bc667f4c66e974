package import Logging
import Remediation
import Series

/// Runs the cycle at its own pace until the end is asked for, and lets the performer work beside
/// it.
package struct AgentService {
    private var agent: Agent
    private let watcher: Watcher
    private let performer: Performer
    private let inbox: Inbox
    private let clock: AgentClock
    private let metrics: MetricRegistry
    private let logger: Logger

    package init(
        agent: Agent,
        watcher: Watcher,
        performer: Performer,
        inbox: Inbox,
        clock: AgentClock,
        metrics: MetricRegistry,
        logger: Logger
    ) {
        self.agent = agent
        self.watcher = watcher
        self.performer = performer
        self.inbox = inbox
        self.clock = clock
        self.metrics = metrics
        self.logger = logger
    }

    /// Returns when the end was asked for, every effect that was begun has ended and its outcome
    /// is on disk.
    package mutating func run(until stop: StopSignal) async {
        await withDiscardingTaskGroup { group in
            while !stop.isRequested {
                let started = clock.elapsed()
                for effect in await tick(stop) where !declines(effect, stop) {
                    group.addTask { [performer] in await performer.perform(effect) }
                }
                await pause(since: started, stop)
            }
        }
        await recordLastOutcomes()
    }

    /// Nothing is sent any more once the end was asked for.
    private func declines(_ effect: Effect, _ stop: StopSignal) -> Bool {
        guard stop.isRequested, case .restart(let intent) = effect else { return false }
        let outcome = RestartOutcome.notSent(reason: "the agent is stopping")
        inbox.put(.outcome(intentID: intent.id, outcome, at: Instant(clock.now())))
        return true
    }

    /// One poll and one cycle. A poll that the stop cut off says nothing about the cloud.
    private mutating func tick(_ stop: StopSignal) async -> [Effect] {
        let known = agent.inventory.graphs
        let readings = await stop.race { [watcher, clock] in
            await watcher.poll(known: known, at: clock.now())
        }
        guard let readings else { return [] }
        return await agent.cycle(readings, reports: inbox.drain(), at: clock.now())
    }

    /// Waits for the next slot. Slots that passed while the cycle ran are skipped and counted.
    private func pause(since started: Duration, _ stop: StopSignal) async {
        let interval = agent.configuration.sampling.interval
        let taken = clock.elapsed() - started
        let missed = Int(taken / interval)
        for source in ["ges_api", "probe"] {
            metrics.add(Double(missed + 1), to: MetricCatalog.cycles, source)
            metrics.add(Double(missed), to: MetricCatalog.cyclesMissed, source)
        }
        let rest = interval * (missed + 1) - taken
        _ = await stop.race { [clock] in try? await clock.sleep(rest) }
    }

    /// What came back after the last cycle must not be forgotten: an answered restart would look
    /// like an unknown one after the next start.
    private mutating func recordLastOutcomes() async {
        let reports = inbox.drain()
        guard !reports.isEmpty else { return }
        logger.info("Recording what came back last", metadata: ["reports": "\(reports.count)"])
        await agent.recordLast(reports, at: clock.now())
    }
}
