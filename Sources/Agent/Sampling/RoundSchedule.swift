import API
import Synchronization
import Time

/// The rounds of a source that is read beside the polls: one per interval, never two at a time.
struct RoundSchedule<Knowledge: Sendable, Fault: RoundFault> {
    typealias Round = SourceRound<Knowledge, Fault>

    /// Takes a round from the task that read it to the turn of the loop that ends it.
    private final class Handover: Sendable {
        let round = Mutex<Round?>(nil)
    }

    /// What the next round knows of those before.
    var known: Knowledge
    private let unknown: Knowledge
    /// Nil if the source is not read.
    private var interval: Duration?
    private let meter: RoundMeter<Fault>
    private let report: @Sendable (RoundInterruption?) -> Void
    private let clock: AgentClock
    /// Each generation has its own, so that rounds of an earlier one are discarded.
    private var ended = Handover()
    /// Needs a turn of the loop, which may start the next round, but no step.
    private let arrival: AsyncEvent
    private var pause = SourcePause()
    private var nextRound: Duration
    /// When the round in progress began, in elapsed time.
    private var began: Duration?
    /// Incremented when the agent is pointed at another cloud.
    private(set) var generation = 0

    /// How long to wait for graphs that may be asked.
    private static var firstWait: Duration { .seconds(10) }

    /// - Parameters:
    ///   - known: what the first round knows.
    ///   - interval: nil if the source is not read.
    ///   - report: logs that a pause begins, or with another interruption that it has ended.
    init(
        from known: Knowledge,
        every interval: Duration?,
        _ meter: RoundMeter<Fault>,
        _ parts: LoopParts,
        report: @escaping @Sendable (RoundInterruption?) -> Void
    ) {
        self.known = known
        unknown = known
        self.interval = interval
        self.meter = meter
        self.report = report
        clock = parts.clock
        arrival = parts.inbox.messageArrival
        nextRound = clock.elapsed()
        if interval != nil { show() }
    }

    var isDue: Bool { interval != nil && began == nil && clock.elapsed() >= nextRound }

    /// Starts a round, unless there is no graph to ask yet. A round that a stop interrupts is
    /// discarded.
    mutating func begin(
        for graphs: Set<String>,
        _ stop: StopSignal,
        _ group: inout DiscardingTaskGroup,
        read: @escaping @Sendable (Knowledge) async -> Round
    ) {
        guard let interval else { return }
        let now = clock.elapsed()
        guard !graphs.isEmpty else {
            nextRound = now + min(interval, Self.firstWait)
            return
        }
        began = now
        group.addTask { [known, ended, arrival] in
            guard let round = await stop.race({ await read(known) }) else { return }
            ended.round.withLock { $0 = round }
            arrival.set()
        }
    }

    /// Ends the round in progress if everything was read. Returns whether it was.
    mutating func finish(isComplete: (Round) -> Bool = { $0.isComplete }) -> Bool {
        guard let interval, let began,
            let round = ended.round.withLock({ round in
                defer { round = nil }
                return round
            })
        else { return false }
        self.began = nil
        known = round.known
        let now = clock.elapsed()
        let isNews = pause.note(
            round.interruption,
            isAnswered: round.answerCount > 0,
            interval: interval,
            at: now
        )
        if isNews { report(round.interruption) }
        let missed = max(0, Int((now - nextRound) / interval))
        nextRound += interval * (missed + 1)
        if pause.cause != nil { nextRound = max(nextRound, pause.until) }
        meter.count(
            round,
            lasting: now - began,
            missed: missed,
            completedAt: isComplete(round) ? clock.now() : nil
        )
        meter.show(pause)
        return true
    }

    /// Uses this interval for rounds started from now on.
    ///
    /// - Parameters:
    ///   - isSame: whether the settings are those of before.
    ///   - looksElsewhere: whether a round in progress is discarded, with all that is known.
    /// - Returns: whether they are, as they are if the source is not read any more.
    mutating func reach(every interval: Duration?, isSame: Bool, looksElsewhere: Bool) -> Bool {
        self.interval = interval
        // A person may have repaired what the pause is for, and reloads to have it tried.
        guard !isSame || looksElsewhere || pause.cause != nil else { return false }
        let startsOver = interval == nil || looksElsewhere
        if startsOver {
            generation += 1
            ended = Handover()
            began = nil
            known = unknown
        }
        pause = SourcePause()
        nextRound = clock.elapsed()
        if interval == nil { meter.hideSource() } else { show() }
        return startsOver
    }

    /// Time until the next round may begin.
    var timeToNextTurn: Duration {
        guard let interval, began == nil else { return .seconds(3600) }
        return min(nextRound - clock.elapsed(), interval)
    }

    private func show() {
        meter.showSource()
        meter.show(pause)
    }
}
