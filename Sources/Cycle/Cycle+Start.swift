package import Diagnosis
package import PromQL
package import Remediation
package import Rules
import Series
import Time

/// The state that the previous run left on disk.
package struct CycleMemory: Sendable {
    package var machine: MachineSnapshot
    package var alerts: [AlertSnapshot]
    package var received: [ReceivedAlert]
    package var statuses: [StatusMoment]
    package var memories: [GraphMemory]
    /// The clocks when they were last written.
    package var clock: ClockMoment?
    /// The incidents that were open.
    package var incidents: [IncidentRecord] = []
    /// Whether the cloud's job list has to be read before anything is restarted: the ledger may
    /// lack restarts that it shows.
    package var readsJobList = false
    /// How often the agent has started; nil if nobody counts.
    package var starts: StartCounter?
    /// What the ledger is known to lack; nil if it is the newest.
    package var shortfall: String?

    package init(
        machine: MachineSnapshot = MachineSnapshot(records: [], pauses: []),
        alerts: [AlertSnapshot] = [],
        received: [ReceivedAlert] = [],
        statuses: [StatusMoment] = [],
        memories: [GraphMemory] = [],
        clock: ClockMoment? = nil
    ) {
        self.machine = machine
        self.alerts = alerts
        self.received = received
        self.statuses = statuses
        self.memories = memories
        self.clock = clock
    }
}

/// How rules are parsed and evaluated. Set by flags, so it does not change on a reload.
package struct RuleLanguage: Sendable {
    package var parser: ParserOptions
    package var engine: EngineOptions

    package init(parser: ParserOptions = ParserOptions(), engine: EngineOptions = EngineOptions()) {
        self.parser = parser
        self.engine = engine
    }
}

extension Cycle {
    /// Series beyond this limit are rejected and counted.
    private static let maximumSeries = 2_000_000

    /// Restores the state on disk. If the wall clock was set since it was written, stored moments
    /// are shifted and alert state is dropped, because it would contradict the samples of this
    /// clock.
    ///
    /// - Parameters:
    ///   - clock: both clocks now.
    ///   - stopwatch: elapsed time, for the time limit of rules.
    package init(
        _ settings: CycleSettings,
        from memory: CycleMemory,
        language: RuleLanguage,
        at clock: ClockReading,
        stopwatch: @escaping @Sendable () -> Duration
    ) {
        let (clockWatch, jump) = ClockWatch.begin(clock, since: memory.clock)
        self.settings = settings
        entryNames = settings.entryNames
        hasBlockingRules = settings.hasBlockingRules
        askingRules = Self.askingRules(settings.ruleFiles)
        self.clockWatch = clockWatch
        self.stopwatch = stopwatch
        clockJump = jump
        silences.keep(settings.alertmanagers, at: clock.wall)
        let shift = jump ?? .zero
        machine = Machine(restoring: memory.machine, at: clock.wall - shift)
        machine.shift(by: shift)
        starts = memory.starts
        ledgerShortfall = memory.shortfall
        incidents = IncidentBook(remembered: memory.incidents)
        if memory.readsJobList { machine.expectJobList() }
        received = ReceivedAlerts(memory.received)
        inventory = Inventory(remembered: memory.statuses, at: memory.clock?.wall)
        diagnosis = Diagnosis(remembered: memory.memories, interval: settings.interval)
        if jump != nil {
            received.shift(by: shift)
            inventory.shiftRemembered(by: shift)
            diagnosis.shift(by: shift)
            incidents.shift(by: shift, at: clock.wall)
        }
        series = SeriesStore(retention: settings.retention, maximumSeries: Self.maximumSeries)
        rules = RuleEngine(
            files: settings.ruleFiles,
            options: settings.ruleOptions,
            engine: Engine(options: language.engine),
            parser: language.parser
        )
        if jump == nil { restoredAlerts = rules.restore(memory.alerts, at: clock.wall) }
    }
}
