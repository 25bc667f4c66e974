package import Remediation
package import Rules
package import Series
package import Time

/// The agent: what it knows, and the cycle that turns readings into decisions. It owns all state
/// and acts on nothing itself; time is an argument of everything it does.
package struct Agent {
    package internal(set) var configuration: Configuration
    package internal(set) var inventory = Inventory()
    package internal(set) var machine: Machine
    var rules: RuleEngine
    var series: SeriesStore
    var clockWatch: ClockWatch
    /// By how much the clock was set, until it was observed for long enough since.
    var clockJump: Duration?
    /// What the newest poll showed, and the series that it wrote.
    var samples: [GraphSample] = []
    var presentSeries: Set<SeriesReference> = []
    /// When series without samples were last forgotten.
    var prunedAt = Timestamp.distantPast
    let record: CycleRecord
    let desk: AlertDesk
    let board: StatusBoard
    let meter: CycleMeter
    /// For measuring how long rules take; decides nothing.
    private let elapsed: @Sendable () -> Duration

    package init(
        configuration: Configuration,
        rules: RuleEngine,
        machine: Machine,
        series: SeriesStore,
        clockWatch: ClockWatch,
        clockJump: Duration?,
        record: CycleRecord,
        desk: AlertDesk,
        board: StatusBoard,
        meter: CycleMeter,
        elapsed: @escaping @Sendable () -> Duration
    ) {
        self.configuration = configuration
        self.rules = rules
        self.machine = machine
        self.series = series
        self.clockWatch = clockWatch
        self.clockJump = clockJump
        self.record = record
        self.desk = desk
        self.board = board
        self.meter = meter
        self.elapsed = elapsed
        publishSeries()
        if clockJump != nil { meter.countClockJump() }
    }

    /// One cycle: readings in, effects out. When it returns, every intention among the effects is
    /// on disk; when the disk refused, none is handed out. Without readings only the rules are due.
    package mutating func cycle(
        _ readings: Readings?,
        reports: [Report],
        at clock: ClockReading
    ) async -> [Effect] {
        let now = clock.wall
        board.series.withdraw()
        let readings = watchClock(clock) ? nil : readings
        if let readings { take(readings) }
        endGraceOfClock(at: now)
        let evaluation = rules.evaluate(at: now, store: &series, clock: elapsed)
        let alerts = rules.activeAlerts
        publishSeries()
        await desk.review(inventory, at: now)
        let received = desk.asking(at: now)
        let view = fleetView(alerts: alerts, received: received)
        let effects = machine.step(
            requests: RemediationRequests.from(rules.provenAlerts) + received.map(\.request),
            reports: reports,
            view: view,
            at: now
        )
        let isRecorded = await write(clock, withClock: readings != nil)
        publish(alerts: alerts, received: received, view: view, at: now)
        meter.measure(self, readings, evaluation, view, at: now)
        return isRecorded ? effects : record.withhold(effects, at: now)
    }

    /// When the rules want to be evaluated next; nil without rules.
    package var nextEvaluation: Timestamp? { rules.nextEvaluation }
}
