import GES
import Ledger
import Listener
import Logging
import PromQL
import Remediation
import Rules
import Series
import Time

/// Makes the parts of an agent and ties them together: the one place that knows them all.
struct AgentParts {
    let loaded: LoadedConfiguration
    let options: AgentOptions
    let metrics: MetricRegistry
    let board: StatusBoard
    let clients: ClientsInFlight
    let slot: ConfigurationSlot
    let pulse: Pulse
    let clock: AgentClock
    let stop: StopSignal
    let logger: Logger

    private var configuration: Configuration { loaded.configuration }

    func service() throws(StartError) -> AgentService {
        let ledger = try openLedger()
        let cloud = try CloudSession(
            CloudSession.Settings(configuration),
            metrics: metrics,
            clients: clients
        )
        let inbox = Inbox()
        let queue = LedgerQueue(ledger.ledger, elapsed: clock.elapsed)
        let desk = AlertDesk(ledger.received, ledger: queue, logger: logger)
        desk.adopt(configuration.webhook)
        let record = CycleRecord(
            ledger: queue,
            inbox: inbox,
            metrics: metrics,
            logger: logger
        )
        let (clockWatch, jump) = ClockWatch.begin(clock.read(), since: ledger.clock)
        desk.clockWasSet(by: jump ?? .zero)
        let agent = Agent(
            configuration: configuration,
            // Alerts of another clock would contradict the samples of this one.
            rules: rules(jump == nil ? ledger.alerts : []),
            machine: machine(ledger.snapshot, movedBy: jump ?? .zero),
            series: SeriesStore(retention: loaded.retention, maximumSeries: 2_000_000),
            clockWatch: clockWatch,
            clockJump: jump,
            record: record,
            desk: desk,
            board: board,
            meter: CycleMeter(metrics: metrics),
            elapsed: clock.elapsed
        )
        let performer = Performer(
            cloud: cloud.client,
            dataPlane: configuration.sampling.dataPlane,
            inbox: inbox,
            stop: stop,
            now: { [clock] in clock.now() },
            logger: logger
        )
        return AgentService(
            agent: agent,
            cloud: cloud,
            clients: clients,
            performer: performer,
            inbox: inbox,
            slot: slot,
            pulse: pulse,
            clock: clock,
            stop: stop,
            metrics: metrics,
            logger: logger
        )
    }

    func api(desk: AlertDesk, logs: LogCounts, reloads: ReloadRequests) -> AgentAPI {
        AgentAPI(
            options: options,
            board: board,
            metrics: metrics,
            logs: logs,
            clients: clients,
            reloads: reloads,
            desk: desk,
            logger: logger,
            clock: clock
        )
    }

    func reloader(_ requests: ReloadRequests, _ watch: ConfigurationWatch?) -> Reloader {
        Reloader(
            file: options.configurationFile,
            query: options.query,
            watch: watch,
            requests: requests,
            slot: slot,
            systemd: options.systemd,
            metrics: metrics,
            clock: clock,
            stop: stop,
            logger: logger
        )
    }

    func systemdReports() -> SystemdReports? {
        options.systemd.map {
            SystemdReports(notifier: $0, pulse: pulse, board: board, clock: clock, stop: stop)
        }
    }

    func webWatch(_ server: HTTPServer, _ web: WebConfiguration) -> WebConfigurationWatch? {
        guard let file = options.webConfigurationFile else { return nil }
        return WebConfigurationWatch(
            file: file,
            initial: web,
            server: server,
            metrics: metrics,
            clock: clock,
            stop: stop,
            logger: logger
        )
    }

    /// The agent does not start without it: it would know of no restart that is under way, and of no
    /// cool-down.
    private func openLedger() throws(StartError) -> OpenedLedger {
        do {
            return try OpenedLedger(folder: options.storagePath)
        } catch {
            throw .storage("\(error)")
        }
    }

    /// The moments that the snapshot holds are of a clock that was set by `jump` since.
    private func machine(_ snapshot: MachineSnapshot, movedBy jump: Duration) -> Machine {
        var machine = Machine(restoring: snapshot, at: clock.now() - jump)
        machine.shift(by: jump)
        return machine
    }

    /// A rule that looked at too many samples would hold up all the others, as a query would.
    private var engineOptions: EngineOptions {
        var engine = options.query.engine(evaluationInterval: configuration.evaluationInterval)
        engine.maximumSamples = options.query.maximumRuleSamples
        return engine
    }

    private func rules(_ alerts: [AlertSnapshot]) -> RuleEngine {
        var rules = RuleEngine(
            files: loaded.ruleFiles,
            options: configuration.ruleOptions,
            engine: Engine(options: engineOptions),
            parser: options.query.parser
        )
        let restored = rules.restore(alerts, at: clock.now())
        metrics.add(Double(restored), to: MetricCatalog.alertRestores, "restored")
        metrics.add(
            Double(alerts.count - restored),
            to: MetricCatalog.alertRestores,
            "discarded"
        )
        return rules
    }
}
