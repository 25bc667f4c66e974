import GES
import Ledger
import Logging
import PromQL
import Remediation
import Rules
import Series

/// Makes the parts of an agent and ties them together: the one place that knows them all.
struct AgentParts {
    let loaded: LoadedConfiguration
    let options: AgentOptions
    let metrics: MetricRegistry
    let board: StatusBoard
    let clients: ClientsInFlight
    let slot: ConfigurationSlot
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
        let record = CycleRecord(
            ledger: LedgerQueue(ledger.ledger, elapsed: clock.elapsed),
            inbox: inbox,
            metrics: metrics,
            logger: logger
        )
        let agent = Agent(
            configuration: configuration,
            rules: rules(ledger.alerts),
            machine: Machine(restoring: ledger.snapshot, at: Instant(clock.now())),
            series: SeriesStore(retention: loaded.retention, maximumSeries: 2_000_000),
            record: record,
            board: board,
            meter: CycleMeter(metrics: metrics),
            elapsed: clock.elapsed
        )
        let performer = Performer(
            cloud: cloud.client,
            dataPlane: configuration.sampling.dataPlane,
            inbox: inbox,
            stop: stop,
            now: { [clock] in Instant(clock.now()) },
            logger: logger
        )
        return AgentService(
            agent: agent,
            cloud: cloud,
            clients: clients,
            performer: performer,
            inbox: inbox,
            slot: slot,
            clock: clock,
            stop: stop,
            metrics: metrics,
            logger: logger
        )
    }

    func reloader(_ requests: ReloadRequests) -> Reloader {
        Reloader(
            file: options.configurationFile,
            requests: requests,
            slot: slot,
            metrics: metrics,
            clock: clock,
            stop: stop,
            logger: logger
        )
    }

    private func openLedger() throws(StartError) -> (
        ledger: Ledger, snapshot: MachineSnapshot, alerts: [AlertSnapshot]
    ) {
        do {
            let ledger = try Ledger(folder: options.storagePath)
            return (ledger, try ledger.load(), AlertRecords.decode(try ledger.loadAlertStates()))
        } catch {
            throw .storage("\(error)")
        }
    }

    /// A rule that looks at more samples than this would hold up all the others.
    private var engineOptions: EngineOptions {
        var options = EngineOptions()
        options.maximumSamples = 10_000_000
        return options
    }

    private func rules(_ alerts: [AlertSnapshot]) -> RuleEngine {
        var rules = RuleEngine(
            files: loaded.ruleFiles,
            options: configuration.ruleOptions,
            engine: Engine(options: engineOptions)
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
