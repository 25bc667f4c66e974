import API
import Configuration
import Cycle
import Foundation
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
    private let ledgerInMemory: Ledger
    private let logger: Logger
    /// The content of the password file.
    private let password: Mutex<String>
    private let stopSignal = Mutex(StopSignal())
    private let isStopped = Mutex(false)
    private let runEnded = AsyncEvent()
    private let slot = Mutex(ConfigurationSlot())

    init(_ settings: SimulationSettings, cloud: InProcessCloud, time: VirtualTime) throws {
        newest = Mutex(settings)
        self.cloud = cloud
        clock = AgentClock(
            now: { Timestamp(milliseconds: time.wallMilliseconds) },
            sleep: { try await time.sleep(for: $0) },
            elapsed: { time.elapsed },
            bootID: time.bootID
        )
        ledgerInMemory = try Ledger.inMemory()
        password = Mutex(cloud.configuration.password)
        logger = Logger(label: "simulation") { _ in TraceLogHandler(time.trace) }
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
            var loop = try loop()
            await loop.run()
            runEnded.set()
        }
    }

    func stop() {
        isStopped.withLock { $0 = true }
        stopSignal.withLock { $0.request() }
    }

    func restart() async {
        runEnded.clear()
        let old = stopSignal.withLock { stop in
            defer { stop = StopSignal() }
            return stop
        }
        old.request()
        await runEnded.wait()
    }

    /// Hands a new configuration to the running agent, as a reload does.
    func reload(_ settings: SimulationSettings) async throws -> ReloadOutcome {
        let loaded = try Self.load(settings, cloud)
        let outcome = await slot.withLock { $0 }.offer(loaded)
        if outcome == .done { newest.withLock { $0 = settings } }
        return outcome
    }

    private var credentials: Credentials {
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
        let client = try cloud.client(credentials: credentials, apiVersion: settings.apiVersion)
        guard settings.readsValues else { return client }
        return DirectClient(cloud, client: client, apiVersion: settings.apiVersion)
    }

    private func loop() throws -> AgentLoop {
        let client = try client()
        let settings = newest.withLock { $0 }
        let loaded = try Self.load(settings, cloud)
        // A file is opened by each run, as by each process.
        let ledger = try settings.ledgerFolder.map { try Ledger(folder: $0) } ?? ledgerInMemory
        let slot = ConfigurationSlot()
        self.slot.withLock { $0 = slot }
        return AgentLoop(
            LoopParts(
                cycle: Cycle(
                    loaded.cycleSettings,
                    from: try ledger.memory(),
                    language: RuleLanguage(),
                    at: clock.read(),
                    stopwatch: { .zero }
                ),
                configuration: loaded.configuration,
                connector: SimulatedConnector(client: client),
                cloud: client,
                ledger: InlineLedger(ledger: ledger),
                inbox: Inbox(),
                slot: slot,
                board: board,
                metrics: metrics,
                pulse: Pulse(),
                clock: clock,
                stop: stopSignal.withLock { $0 },
                logger: logger
            )
        )
    }
}

extension DirectClient: GraphSource, GraphOperations {}

/// There is only one cloud to connect to.
private struct SimulatedConnector: CloudConnector {
    let client: any CloudClient

    func client(for configuration: Configuration) throws(StartError) -> any CloudClient { client }
}

/// SQLite in memory does not block, so it needs no thread of its own.
private struct InlineLedger: LedgerWriter {
    let ledger: Ledger

    func write(_ toDisk: ToDisk) async throws(LedgerError) { try ledger.write(toDisk) }

    func tidy(before time: Timestamp) async throws(LedgerError) -> Int {
        try ledger.prune(before: time)
        return try ledger.sizeBytes()
    }
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

extension SimulatedAgent {
    private static func load(
        _ settings: SimulationSettings,
        _ cloud: InProcessCloud
    ) throws -> LoadedConfiguration {
        let text = """
            cloud:
              region: cn-north-4
              project_id: \(cloud.configuration.projectID)
              credentials: {metadata: {}}
            graphs: [{match: {name: ".*"}, mode: \(settings.mode.rawValue)}]
            sampling:
              interval: \(Int(settings.interval.inSeconds))s
              timeout: \(Int(settings.timeout.inSeconds))s
              data_plane:
                scheme: \(settings.speaksTLS ? "https" : "http")
                port: \(settings.dataPlanePort ?? cloud.dataPlanePort)
                allow: [127.0.0.0/8]
            evaluation_interval: \(Int(settings.interval.inSeconds))s
            """
        let reading = ConfigurationReader.read(text, file: "simulation.yml")
        guard var configuration = reading.value else {
            throw SimulationError(text: "\(reading.issues)")
        }
        for index in configuration.graphs.indices {
            settings.policy(&configuration.graphs[index].policy)
        }
        return LoadedConfiguration(
            configuration: configuration,
            ruleFiles: try ruleFiles(settings),
            lookback: .seconds(300),
            warnings: []
        )
    }

    private static func ruleFiles(_ settings: SimulationSettings) throws -> [RuleFile] {
        if let text = settings.rules { return [try ruleFile(text, "rules.yml")] }
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "rules")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        return try names.filter { $0.hasSuffix(".yml") }.map { name in
            try ruleFile(String(contentsOf: folder.appending(path: name), encoding: .utf8), name)
        }
    }

    private static func ruleFile(_ text: String, _ name: String) throws -> RuleFile {
        let reading = RuleFile.read(text, file: name, options: ParserOptions())
        guard let file = reading.file else { throw SimulationError(text: "\(reading.issues)") }
        return file
    }
}

struct SimulationError: Error, CustomStringConvertible {
    let text: String
    var description: String { text }
}
