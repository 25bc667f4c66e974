package import API
import Configuration
package import Cycle
import GES
import History
import Logging
import Remediation
import Series
import Time

/// The shell around the cycle, and the only code that waits: poll, step, write to disk, act,
/// publish.
///
/// Polls and effects run concurrently as child tasks and put their results into the inbox. The loop
/// steps when there is input or a rule is due. It never starts an effect that waits for the disk
/// before the write succeeded, and it sends nothing once a stop is requested.
package struct AgentLoop {
    package internal(set) var cycle: Cycle
    var sampler: Sampler
    var jobHistory: JobHistoryReader
    var cloudEye: CloudEyeSampler
    var nodeMetrics: NodeMetricsSampler
    var performer: Performer
    var connector: any CloudConnector
    let notifier: Notifier?
    let exporter: OTLPExporter?
    package let coordinator: Coordinator?
    /// Writes samples to disk; nil if they are not kept.
    let history: HistoryWriter?
    /// Reads samples from before the start; nil if nobody has any.
    let filler: HistoryFiller?
    let inbox: Inbox
    let intake: AlertIntake
    let slot: ConfigurationSlot
    var credentialWatch: CredentialWatch
    let clock: AgentClock
    /// The part of the fleet that this agent sees; nil for all of it.
    let shard: Shard?
    /// As it was at the start.
    let sharedLedger: SharedLedgerConfiguration?
    /// As it was at the start.
    let keptHistory: HistoryConfiguration
    /// When the newest samples were last given to the history, in elapsed time.
    var samplesKeptAt = Duration.zero
    /// Of the series, and when it began; the first one before everything.
    private var epoch = (number: 0, since: Timestamp.distantPast)
    private var writer: IntentWriter
    /// The outcome of the last write; nil before the first step.
    private var disk: DiskOutcome?
    /// When the last step for messages was taken, in elapsed time.
    private var messagesSteppedAt: Duration?
    let board: StatusBoard
    private let meter: CycleMeter
    private let pulse: Pulse
    private let stop: StopSignal
    private let logger: Logger

    package init(_ parts: LoopParts) {
        cycle = parts.cycle
        connector = parts.connector
        notifier = parts.notifier
        exporter = parts.exporter
        coordinator = parts.coordinator
        (history, keptHistory) = (parts.history, parts.configuration.history)
        filler = parts.filler
        let cloud = parts.cloud
        inbox = parts.inbox
        intake = AlertIntake(parts.inbox)
        slot = parts.slot
        credentialWatch = CredentialWatch(parts.configuration.cloud.credentials)
        clock = parts.clock
        shard = parts.shard
        sharedLedger = parts.configuration.sharedLedger
        jobHistory = JobHistoryReader(source: cloud, clock: parts.clock)
        sampler = Sampler(
            source: parts.shard.map { ShardedSource(source: cloud, shard: $0) } ?? cloud,
            sampling: parts.configuration.sampling,
            canaries: parts.configuration.canaries,
            metrics: parts.metrics,
            clock: parts.clock
        )
        cloudEye = CloudEyeSampler(parts)
        nodeMetrics = NodeMetricsSampler(parts)
        performer = Performer(
            cloud: cloud,
            dataPlane: parts.configuration.sampling.dataPlane,
            policy: { [settings = cycle.settings] in settings.policy(for: ListedGraph($0)) },
            inbox: parts.inbox,
            stop: parts.stop,
            now: parts.clock.now,
            graphName: { [board = parts.board] in board.graphName($0.rawValue) },
            objection: { [coordinator = parts.coordinator] intent in
                coordinator?.objection(toSending: intent.id)
            },
            logger: parts.logger
        )
        writer = IntentWriter(
            ledger: parts.ledger,
            metrics: parts.metrics,
            clock: parts.clock,
            retention: parts.retention,
            logger: parts.logger
        )
        (board, pulse, stop, logger) = (parts.board, parts.pulse, parts.stop, parts.logger)
        meter = CycleMeter(metrics: parts.metrics)
        intake.adopt(parts.configuration.webhook)
        publishSeries()
    }

    /// The entry point for alerts received by webhook.
    package var alerts: any AlertReceiver { intake }

    /// The entry point for orders of persons.
    package var orders: any OrderReceiver { OrderIntake(inbox: inbox, clock: clock) }

    /// Returns once a stop was requested, every effect in progress has ended and its outcome is on
    /// disk.
    package mutating func run() async {
        await withDiscardingTaskGroup { group in
            while !stop.isRequested {
                await turn(&group)
                await pause()
            }
        }
        slot.close()
        await recordLastOutcomes()
        inbox.close()
        await finishHistory()
    }

    /// One turn of the loop: starts a poll if one is due, and steps if there is input. No step is
    /// taken before the first poll has ended: rules would find no samples and resolve every
    /// restored alert.
    private mutating func turn(_ group: inout DiscardingTaskGroup) async {
        sampler.beginWhenDue(inbox, stop, &group) { [coordinator] in coordinator?.share }
        jobHistory.beginWhenDue(inbox, stop, &group)
        let content = inbox.take()
        let poll = content.poll.flatMap { sampler.finish($0) }
        readBeside(&group)
        guard poll != nil || disk != nil && isStepDue(content) else { return }
        var input = CycleInput(clock: clock.read())
        input.readings = poll?.readings
        input.isCredentialReplaced = poll != nil && credentialWatch.look()
        input.reports = content.reports
        input.notes = content.notes
        input.messages = content.messages
        input.orders = content.orders
        input.silences = inbox.takeSilences()
        if poll != nil || inbox.delayed.isBacklogged { input.delayed = inbox.delayed.take() }
        if poll != nil || inbox.nodes.isBacklogged { input.nodes = inbox.nodes.take() }
        if poll != nil { input.earlier = filler?.take() }
        if content.hasRequests || input.hasDelayed { messagesSteppedAt = clock.elapsed() }
        let offer = takeConfiguration(&input)
        // After the configuration: what was read of another cloud says nothing of this one.
        input.jobHistory = inbox.takeJobHistory().flatMap { jobHistory.finish($0) }
        // After the configuration: a new policy must not act under the old one's agreement.
        input.cluster = coordinator?.take()
        await step(input, &group)
        offer?.answer(.done)
        if poll != nil { pulse.completedCycle() }
    }

    /// What nothing decides on.
    private mutating func readBeside(_ group: inout DiscardingTaskGroup) {
        cloudEye.turn({ [sampler] in sampler.graphIDs }, stop, &group) {
            [coordinator] in coordinator?.share
        }
        nodeMetrics.turn(stop, &group)
    }

    private func isStepDue(_ content: Inbox.Content) -> Bool {
        !content.reports.isEmpty || !content.notes.isEmpty || content.hasRequests
            || slot.filled.isSet || coordinator?.hasNews ?? false || inbox.delayed.isBacklogged
            || inbox.nodes.isBacklogged
            || (timeToNextRule.map { $0 <= .zero } ?? false)
    }

    /// Time until the next rule evaluation; nil without rules. The evaluation waits for a poll in
    /// progress, within limits: rules that see its samples find a hang one interval earlier.
    private var timeToNextRule: Duration? {
        cycle.nextEvaluation.map { max($0 - clock.now(), sampler.patience) }
    }

    /// Steps, and steps again if the write changed whether the disk is writable or if something the
    /// step decided did not reach the disk. Otherwise readers would see a restart as started or an
    /// alert as received that is not.
    private mutating func step(
        _ input: CycleInput,
        _ group: inout DiscardingTaskGroup
    ) async {
        var input = input
        // A sender of many messages must not make the agent query the cloud more often, nor may the
        // steps that follow a refused message.
        let mayRepeat =
            input.readings != nil
            || input.messages.isEmpty && input.orders.isEmpty && !input.hasDelayed
        for _ in 0...Self.followUpMaximum {
            let wasWritable = disk?.isWritten ?? true
            let ready = await stepOnce(input, repeatsQuestions: mayRepeat, &group)
            inbox.open()
            let isWritable = disk?.isWritten ?? true
            let isLost = !isWritable && !(ready.afterDisk.isEmpty && ready.replies.isEmpty)
            guard isWritable != wasWritable || isLost else { return }
            input = CycleInput(clock: clock.read())
            input.cluster = coordinator?.take()
        }
    }

    /// Bounds the follow-up steps in case the disk accepts only every other write.
    private static let followUpMaximum = 2

    private mutating func stepOnce(
        _ input: CycleInput,
        repeatsQuestions: Bool,
        _ group: inout DiscardingTaskGroup
    ) async -> Ready {
        let ready = next(input)
        let outcome = await writer.write(ready.toDisk)
        disk = outcome
        for line in ready.log { logger.log(line) }
        for effect in ready.anytime where repeatsQuestions || !effect.isRepeated {
            begin(effect, &group)
        }
        if outcome.isWritten {
            for effect in ready.afterDisk where !declines(effect) { begin(effect, &group) }
        }
        inbox.answer(ready.replies, outcome)
        keepSamples()
        // Measured first: readers of the new status expect the metrics of the same step.
        coordinator?.publish(ready.publication)
        meter.measure(ready.status)
        board.publish(ready.status)
        nodeMetrics.aim(at: ready.status, sampler.graphs, isPolled: input.readings != nil)
        // Whoever has the answer finds the order in the status.
        inbox.orders.answer(ready.afterDisk, outcome)
        if outcome.isWritten, ready.status.detectOnly.isEmpty {
            await writer.tidyWhenDue(at: input.clock.wall)
        }
        return ready
    }

    /// Runs the cycle's step. The series are withdrawn from readers meanwhile: writing to a store
    /// that a reader holds would copy it.
    private mutating func next(_ input: CycleInput) -> Ready {
        var input = input
        input.disk = disk
        input.historyFailure = history?.counts.failure
        input.earlierFailure = filler?.failure
        board.series.withdraw()
        let ready = cycle.step(input)
        if cycle.series.epoch != epoch.number { epoch = (cycle.series.epoch, input.clock.wall) }
        publishSeries()
        return ready
    }

    func publishSeries() {
        board.series.publish(
            SeriesSnapshot(
                series: cycle.series,
                evaluationInterval: cycle.settings.evaluationInterval,
                completeSince: epoch.since
            )
        )
    }

    private func begin(_ effect: Effect, _ group: inout DiscardingTaskGroup) {
        group.addTask { [performer] in await performer.perform(effect) }
    }

    /// Nothing that changes a graph is sent once a stop is requested.
    private func declines(_ effect: Effect) -> Bool {
        guard stop.isRequested, let intent = effect.sentIntent else { return false }
        let outcome = RestartOutcome.notSent(reason: "the agent is stopping")
        inbox.put(.outcome(intentID: intent.id, outcome, at: clock.now()))
        return true
    }

    /// Waits for the next poll, the next rule evaluation, a new configuration or input, whichever
    /// comes first.
    private func pause() async {
        let nextRule = disk == nil ? nil : timeToNextRule
        let turn = min(
            sampler.timeToNextTurn,
            cloudEye.rounds.timeToNextTurn,
            nodeMetrics.rounds.timeToNextTurn
        )
        let rest = min(turn, nextRule ?? turn)
        let wait = max(rest, .milliseconds(1))
        let due = clock.elapsed() + wait + Self.pauseMargin
        pulse.expectBeat(by: min(due, sampler.deadline ?? due))
        let spacing = messagesSteppedAt.map { $0 + Self.messageSpacing - clock.elapsed() } ?? .zero
        let first = min(wait, max(.zero, spacing))
        _ = await stop.race { [clock, slot, inbox, disk] in
            await inbox.wake.race {
                // A waiting configuration is not adopted before the first step.
                guard disk != nil else { return try? await clock.sleep(wait) }
                _ = await slot.filled.race {
                    if first > .zero { try? await clock.sleep(first) }
                    guard first < wait else { return }
                    _ = await inbox.messageArrival.race { try? await clock.sleep(wait - first) }
                }
                return nil
            }
        }
    }

    /// The least time between two steps that are taken only because messages arrived: each step
    /// writes to disk and publishes a new status, whatever the number of its messages.
    private static let messageSpacing = Duration.milliseconds(200)

    /// How late a turn may be before the loop counts as hung. A write may wait for a locked file.
    private static let pauseMargin = Duration.seconds(30)

    /// Records what arrived after the last step, and what the disk refused in it. Without this an
    /// answered restart would look like an unknown outcome after the next start.
    private mutating func recordLastOutcomes() async {
        let content = inbox.take()
        let reports = content.reports
        let isRefused = disk.map { !$0.isWritten } ?? false
        guard !reports.isEmpty || !content.notes.isEmpty || isRefused else { return }
        var input = CycleInput(clock: clock.read())
        input.reports = reports
        input.notes = content.notes
        input.isStopping = true
        input.cluster = coordinator?.take()
        let ready = next(input)
        disk = await writer.write(ready.toDisk)
        for line in ready.log { logger.log(line) }
        if case .refused(let reason)? = disk, !ready.toDisk.changes.isEmpty {
            logger.error("The last outcomes are not on record", metadata: ["err": "\(reason)"])
        }
    }
}

extension Inbox.Content {
    /// What clients cause.
    fileprivate var hasRequests: Bool { !messages.isEmpty || !orders.isEmpty }
}

extension CycleInput {
    /// What was read beside the polls.
    fileprivate var hasDelayed: Bool { !delayed.isEmpty || !nodes.isEmpty }
}

extension DiskOutcome {
    var isWritten: Bool { self == .written }
}

extension Logger {
    func log(_ line: LogLine) {
        let level: Logger.Level =
            switch line.level {
            case .info: .info
            case .warning: .warning
            case .error: .error
            }
        var metadata: Logger.Metadata = [:]
        for field in line.fields { metadata[field.key] = "\(field.value)" }
        log(level: level, "\(line.message)", metadata: metadata)
    }
}
