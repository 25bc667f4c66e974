import API
import Configuration
import Cycle
import GES
import InProcessCloud
import Ledger
import Logging
import PromQL
import Remediation
import Rules
import Series
import Synchronization
import Time
import VirtualTime

import Agent
import GESSimulator
import StrictYAML
import Exposition

/// A sequence of agents on the same ledger, like successive runs of a process.
final class SimulatedAgent: Sendable {
    let board = StatusBoard()
    let metrics = MetricRegistry()
    /// The settings of the newest configuration, which the next run starts with.
    private let newest: Mutex<SimulationSettings>
    private let cloud: InProcessCloud
    private let clock: AgentClock
    private let ledgerInMemory: Mutex<Ledger>
    private let backup = Mutex<Ledger?>(nil)
    private let samples = SimulatedSamples()
    /// Alerts for the current run.
    private let inbox = Mutex(Inbox())
    /// Cut when the process of the current run is killed.
    private let lifeline = Mutex(Lifeline())
    /// Set unless the agent is to stay stopped.
    private let mayRun = AsyncEvent()
    private let logger: Logger
    /// The content of the password file.
    private let password: Mutex<String>
    private let stopSignal = Mutex(StopSignal())
    private let isStopped = Mutex(false)
    private let runEnded = AsyncEvent()
    private let slot = Mutex(ConfigurationSlot())
    private let wakesUpAt = Moment()
    let effects = EffectCounter()
    /// What was decided and reached the ledger.
    let intents = IntentJournal()
    /// Shared with other agents; nil for an agent that has its ledger alone.
    private let etcd: SimulatedEtcd?
    private let name: String
    private let runs = Mutex(0)
    private let silent = Mutex<Set<String>>([])
    /// What happens on the way to etcd.
    private let etcdFault = Mutex(SimulatedEtcdConnection.Fault.none)

    init(
        _ settings: SimulationSettings,
        name: String = "agent",
        cloud: InProcessCloud,
        etcd: SimulatedEtcd? = nil,
        time: VirtualTime
    ) throws {
        newest = Mutex(settings)
        self.name = name
        self.etcd = etcd
        self.cloud = cloud
        let wakesUpAt = self.wakesUpAt
        clock = AgentClock(
            now: { Timestamp(milliseconds: time.wallMilliseconds) },
            sleep: { duration in
                try await time.sleep(for: duration)
                let rest = wakesUpAt.value - time.now
                if rest > .zero { try await time.sleep(for: rest) }
            },
            elapsed: { time.elapsed },
            bootID: time.bootID
        )
        ledgerInMemory = Mutex(try Ledger.inMemory())
        password = Mutex(cloud.configuration.password)
        logger = Logger(label: "simulation") { _ in TraceLogHandler(time.trace) }
        mayRun.set()
    }

    /// Number of completed polls, over all runs.
    var polls: Int { Int(metric(MetricCatalog.cycles.name, ["ges_api"]) ?? 0) }

    /// One of the agent's own metrics; nil if it has no such sample.
    func metric(_ name: String, _ labelValues: [String]) -> Double? {
        let family = metrics.families().first { $0.name == name }
        let sample = family?.samples.first { $0.labelValues == labelValues }
        guard case .number(let value)? = sample?.value else { return nil }
        return value
    }

    func changePassword(to password: String) {
        self.password.withLock { $0 = password }
    }

    /// Runs until `stop`, and starts again after each `restart`.
    func run() async throws {
        while !isStopped.withLock({ $0 }) {
            // It may have been halted again in the instant in which it was started.
            if mayRun.isSet { try await runOnce() }
            runEnded.set()
            await mayRun.wait()
        }
    }

    private func runOnce() async throws {
        let life = lifeline.withLock { $0 }
        var loop = try loop()
        if let coordinator = loop.coordinator {
            async let looks: Void = coordinator.run()
            await loop.run()
            await coordinator.resign()
            await looks
        } else {
            await loop.run()
        }
        if newest.withLock(\.keepsSamples) {
            samples.keep(loop.cycle, isKilled: !life.holds, at: clock.now())
        }
    }

    func stop() {
        isStopped.withLock { $0 = true }
        stopSignal.withLock { $0.request() }
        mayRun.set()
    }

    func restart() async {
        await halt()
        resume()
    }

    /// Stops gracefully and stays stopped until `resume`. Does nothing if it is stopped already.
    func halt() async {
        guard mayRun.isSet else { return }
        mayRun.clear()
        runEnded.clear()
        let old = stopSignal.withLock { stop in
            defer { stop = StopSignal() }
            return stop
        }
        old.request()
        await runEnded.wait()
    }

    /// Stops as a killed process does: nothing more reaches the ledger.
    func kill() async {
        cutLifeline()
        await halt()
    }

    /// Kills the process of the current run and starts the next one, from within an effect.
    private func crash() {
        cutLifeline()
        stopSignal.withLock { stop in
            stop.request()
            stop = StopSignal()
        }
    }

    private func cutLifeline() {
        lifeline.withLock { life in
            life.cut()
            life = Lifeline()
        }
    }

    func resume() {
        mayRun.set()
    }

    /// Replaces the ledger of the next run by an empty one.
    func loseLedger() throws {
        let empty = try Ledger.inMemory()
        ledgerInMemory.withLock { $0 = empty }
    }

    /// Copies the ledger. The copy replaces the one of the last call.
    func backUpLedger() throws {
        let copy = try ledgerInMemory.withLock { try $0.copyInMemory() }
        backup.withLock { $0 = copy }
    }

    /// Replaces the ledger of the next run by the backup; an empty one if there is none.
    func restoreLedger() throws {
        guard let copy = try backup.withLock({ try $0?.copyInMemory() }) else {
            return try loseLedger()
        }
        ledgerInMemory.withLock { $0 = copy }
    }

    /// Hands alerts to the agent as its webhook does.
    /// Nobody listens while it is down.
    func receive(_ alerts: [IncomingAlert]) async throws -> [Reception] {
        guard mayRun.isSet else { return [] }
        return try await inbox.withLock { $0 }.receive(alerts)
    }

    /// Gives the order of a person. Nobody takes it while the agent is down.
    func order(_ kind: Order.Kind) {
        guard mayRun.isSet else { return }
        let order = Order(
            id: "\(kind.verb)-\(kind.subject)-\(clock.now())",
            kind,
            by: "operator",
            reason: "maintenance"
        )
        inbox.withLock { $0 }.put(.order(order))
    }

    /// Suspends the host of the agent: what waits there goes on waiting.
    func suspend(until moment: Duration) {
        wakesUpAt.set(moment)
    }

    /// Hands a new configuration to the running agent, as a reload does.
    func reload(_ settings: SimulationSettings) async throws -> ReloadOutcome {
        let loaded = try settings.load(cloud)
        let outcome = await slot.withLock { $0 }.offer(loaded)
        if outcome == .done { newest.withLock { $0 = settings } }
        return outcome
    }

    /// Lets graphs not answer this agent.
    func silence(_ graphs: Set<String>) {
        silent.withLock { $0 = graphs }
    }

    func meet(_ fault: SimulatedEtcdConnection.Fault) {
        etcdFault.withLock { $0 = fault }
    }

    private func coordinator(
        _ own: any LedgerWriter,
        _ lifeline: Lifeline,
        _ inbox: Inbox,
        policyHash: String
    ) -> Coordinator? {
        guard let etcd else { return nil }
        let run = runs.withLock { runs in
            runs += 1
            return runs
        }
        var settings = Coordinator.Settings(
            id: "\(name)/\(run)",
            name: name,
            prefix: "/graphwarden/",
            policyHash: policyHash
        )
        settings.dividesWatch = newest.withLock(\.dividesWatch)
        return Coordinator(
            store: SimulatedEtcdConnection(etcd: etcd, lifeline: lifeline) { [self] in
                etcdFault.withLock { $0 }
            },
            own: own,
            settings: settings,
            clock: clock,
            metrics: metrics,
            wake: { inbox.wake.set() },
            logger: logger
        )
    }

    private func credentials(_ kind: SimulationSettings.Credential) -> Credentials {
        guard kind == .password else { return cloud.accessKeyCredentials }
        let source = SecretSource { [self] () throws(SecretError) in
            Secret(password.withLock { $0 })
        }
        return .password(
            domain: cloud.configuration.domain,
            user: cloud.configuration.user,
            password: source
        )
    }

    private func client() throws -> any CloudClient {
        let settings = newest.withLock { $0 }
        let client = try cloud.client(
            credentials: credentials(settings.credential),
            apiVersion: settings.apiVersion
        )
        guard settings.readsValues else { return client }
        return DirectClient(cloud, client: client, apiVersion: settings.apiVersion)
    }

    private func loop() throws -> AgentLoop {
        let lifeline = lifeline.withLock { $0 }
        let client = MortalClient(
            client: try client(),
            lifeline: lifeline,
            effects: effects,
            silent: { [self] id in silent.withLock { $0.contains(id) } },
            crash: crash
        )
        let settings = newest.withLock { $0 }
        let loaded = try settings.load(cloud)
        // A file is opened by each run, as by each process.
        let ledger =
            try settings.ledgerFolder.map { try Ledger(folder: $0) }
            ?? ledgerInMemory.withLock { $0 }
        let slot = ConfigurationSlot()
        self.slot.withLock { $0 = slot }
        let inbox = Inbox()
        self.inbox.withLock { $0 = inbox }
        var memory = try ledger.memory()
        memory.readsJobList = true
        let count = try ledger.countStart()
        memory.starts = StartCounter(total: count.total, early: count.early)
        var cycle = Cycle(
            loaded.cycleSettings,
            from: memory,
            language: RuleLanguage(),
            at: clock.read(),
            stopwatch: { .zero }
        )
        cycle.omitted = settings.omitted
        if settings.keepsSamples { samples.fill(&cycle) }
        let own = MortalLedger(
            ledger: ledger,
            lifeline: lifeline,
            effects: effects,
            intents: intents,
            crash: crash
        )
        let coordinator = coordinator(own, lifeline, inbox, policyHash: loaded.policyHash)
        cycle.cluster = coordinator?.take()
        var parts = LoopParts(
            cycle: cycle,
            configuration: loaded.configuration,
            connector: SimulatedConnector(client: client),
            cloud: client,
            ledger: coordinator ?? own,
            inbox: inbox,
            slot: slot,
            board: board,
            metrics: metrics,
            pulse: Pulse(),
            clock: clock,
            stop: stopSignal.withLock { $0 },
            logger: logger
        )
        parts.coordinator = coordinator
        return AgentLoop(parts)
    }
}

extension DirectClient: GraphSource, GraphOperations, CloudEyeSource, NodeMetricsSource {}

/// When a suspended host wakes up, since the start of the simulation.
private final class Moment: Sendable {
    private let moment = Mutex(Duration.zero)

    var value: Duration { moment.withLock { $0 } }

    func set(_ new: Duration) {
        moment.withLock { $0 = new }
    }
}

/// There is only one cloud to connect to.
private struct SimulatedConnector: CloudConnector {
    let client: any CloudClient

    func client(for configuration: Configuration) throws(StartError) -> any CloudClient { client }
}

/// The agent's log is part of the trace.
private struct TraceLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info
    private let trace: EventTrace

    init(_ trace: EventTrace) {
        self.trace = trace
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let fields = (event.metadata ?? [:]).sorted { $0.key < $1.key }
        let text = fields.map { " \($0.key)=\($0.value)" }.joined()
        trace.record("\(event.level): \(event.message)\(text)")
    }
}
