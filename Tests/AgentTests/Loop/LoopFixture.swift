import Cycle
import CycleFixtures
import Exposition
import GES
import JSON
import Listener
import Logging
import Remediation
import Synchronization
import Time
import VirtualTime

@testable import API
@testable import Agent
@testable import Configuration

/// The real loop in virtual time, with a scripted cloud and a scripted ledger. Two graphs, `g` and
/// `h`, are polled every 30 s, and one that does not answer for a minute is restarted.
///
/// Every external effect of the loop is a line of the trace, in order: writes, log lines, requests
/// to the cloud other than polls, and the end.
final class LoopFixture: Sendable {
    let time = VirtualTime()
    let cloud: LoopCloud
    /// The cloud of a configuration with another project.
    let otherCloud: LoopCloud
    let ledger: LoopLedger
    let inbox = Inbox()
    let slot = ConfigurationSlot()
    let board = StatusBoard()
    let metrics = MetricRegistry()
    let pulse = Pulse()
    let stop = StopSignal()
    private let loaded: LoadedConfiguration
    /// Whether readers held the series, for each evaluation of the rules.
    let seriesWereHeld = Mutex<[Bool]>([])
    private let queuedAfterWrite = Mutex(0)
    /// The running loop's receiver of webhook alerts.
    private let receiver = Mutex<(any AlertReceiver)?>(nil)
    /// The running loop's receiver of orders.
    private let orderReceiver = Mutex<(any OrderReceiver)?>(nil)

    init(_ change: (inout LoadedConfiguration) -> Void = { _ in }) throws {
        cloud = LoopCloud(time.trace)
        otherCloud = LoopCloud(time.trace)
        ledger = LoopLedger(time.trace)
        loaded = try Self.configuration(change)
    }

    static func configuration(
        _ change: (inout LoadedConfiguration) -> Void = { _ in }
    ) throws -> LoadedConfiguration {
        var configuration = Configuration(
            cloud: CloudConfiguration(
                region: "r",
                projectID: "p",
                endpoints: try Endpoints(region: "r"),
                credentials: .metadata
            )
        )
        configuration.graphs = [try HangFixture.entry()]
        configuration.defaultPolicy = HangFixture.policy
        configuration.sampling.probes = [.version]
        configuration.webhook = WebhookConfiguration(terms: AlertFixture.terms)
        var loaded = LoadedConfiguration(
            configuration: configuration,
            ruleFiles: [try HangFixture.ruleFile()],
            lookback: .seconds(300),
            warnings: []
        )
        change(&loaded)
        return loaded
    }

    var clock: AgentClock {
        AgentClock(
            now: { [time] in Timestamp(milliseconds: time.wallMilliseconds) },
            sleep: { [time] in try await time.sleep(for: $0) },
            elapsed: { [time] in time.elapsed },
            bootID: "boot"
        )
    }

    private var parts: LoopParts {
        LoopParts(
            cycle: Cycle(
                loaded.cycleSettings,
                from: HangFixture.memory(),
                language: RuleLanguage(),
                at: clock.read(),
                stopwatch: { [self] in
                    let isHeld = board.series.content.withLock { $0 != nil }
                    seriesWereHeld.withLock { $0.append(isHeld) }
                    return time.elapsed
                }
            ),
            configuration: loaded.configuration,
            connector: LoopConnector(clouds: ["p": cloud, "other": otherCloud]),
            cloud: cloud,
            ledger: ledger,
            inbox: inbox,
            slot: slot,
            board: board,
            metrics: metrics,
            pulse: pulse,
            clock: clock,
            stop: stop,
            logger: Logger(label: "test") { [self] _ in TraceLogHandler(record: record) }
        )
    }

    /// Records one line of the log; audit lines by their kind, noting whether the loop had started
    /// a task since its last write.
    private func record(_ event: LogEvent) {
        guard let kind = event.metadata?["event"] else {
            return time.trace.record("log: \(event.message)")
        }
        let hasBegun = time.queuedJobCount > queuedAfterWrite.withLock { $0 }
        time.trace.record("log: \(kind)\(hasBegun ? ", too late" : "")")
    }

    /// Runs the loop until `body` has returned, and then until it stops.
    ///
    /// - Parameter limit: how much time may pass.
    func run(
        limit: Duration = .seconds(3600),
        _ body: @escaping @Sendable (LoopFixture) async throws -> Void
    ) throws {
        try time.run(limit: limit) { [self] in
            var loop = AgentLoop(parts)
            receiver.withLock { [alerts = loop.alerts] in $0 = alerts }
            orderReceiver.withLock { [orders = loop.orders] in $0 = orders }
            ledger.with { ledger in
                ledger.after = { [unowned self] in
                    queuedAfterWrite.withLock { $0 = time.queuedJobCount }
                }
            }
            try await withThrowingTaskGroup { group in
                group.addTask { [self] in
                    defer { stop.request() }
                    try await body(self)
                }
                await loop.run()
                time.trace.record("end")
                try await group.waitForAll()
            }
        }
    }
}

// MARK: - Actions of a test

extension LoopFixture {
    func pass(_ duration: Duration) async throws {
        try await time.sleep(for: duration)
    }

    /// For `before` of the cloud or the ledger: delays calls.
    func delay<Call: Sendable>(
        _ duration: Duration,
        where isSlow: @escaping @Sendable (Call) -> Bool = { _ in true }
    ) -> @Sendable (Call) async -> Void {
        { [time] call in
            guard isSlow(call) else { return }
            try? await time.sleep(for: duration)
        }
    }

    func until(
        lookingEvery interval: Duration = .seconds(1),
        _ isSo: () -> Bool
    ) async throws {
        while !isSo() { try await time.sleep(for: interval) }
    }

    /// Waits for the first step, after which everything is accepted.
    func begin() async throws {
        try await until { pulse.hasCompletedCycle }
    }

    /// Makes a graph hang, and waits until the step that decides its restart is complete.
    func hang(_ id: String = "g") async throws {
        cloud.with { $0.silent.insert(id) }
        try await until { !board.current.machine.inFlight.isEmpty }
    }

    func send(_ alert: IncomingAlert = AlertFixture.alert()) async -> String {
        do {
            let receiver = receiver.withLock { $0 }
            return try await receiver?.receive([alert]).map(\.label).joined(separator: " ") ?? ""
        } catch {
            return "\(error)"
        }
    }

    /// The outcome of an order, or why it got none.
    func give(_ kind: Order.Kind, id: String = "o1") async -> String {
        let order = Order(id: id, kind, by: "kim as ops", reason: "on call")
        do {
            guard let receiver = orderReceiver.withLock({ $0 }) else { return "" }
            return try await receiver.carryOut(order).outcome.rawValue
        } catch {
            return "\(error)"
        }
    }

    /// The answer of the admin API to a request of this user.
    func post(
        _ verb: String,
        _ body: String,
        user: String? = "ops",
        isEnabled: Bool = true
    ) async throws -> (status: Int, body: JSONValue) {
        let api = AdminAPI(
            receiver: isEnabled ? orderReceiver.withLock { $0 } : nil,
            metrics: metrics,
            now: clock.now
        )
        let path = "/api/v1/admin/\(verb)"
        var request = ServerRequest(method: "POST", target: path, path: path)
        request.body = Array(body.utf8)
        request.user = user
        guard let route = api.routes.first(where: { $0.pattern == path }) else { return (0, .null) }
        if let refusal = await route.precondition?(request) {
            return (refusal.status, try JSONValue.parse(refusal.body))
        }
        guard case .response(let response) = await route.handler.reply(to: request) else {
            return (0, .null)
        }
        return (response.status, try JSONValue.parse(response.body))
    }

    func receive(_ alerts: [IncomingAlert]) async -> [Reception]? {
        let receiver = receiver.withLock { $0 }
        return try? await receiver?.receive(alerts)
    }

    /// The lines of the trace that start with one of the words.
    func lines(_ beginnings: String...) -> [String] {
        // The self-test speaks once in every run, and has tests of its own.
        time.trace.newest(1000).filter { line in
            !line.hasPrefix("log: The self-test") && beginnings.isEmpty
                || beginnings.contains { line.hasPrefix($0) }
        }
    }

    func metric(_ definition: MetricDefinition, _ labels: String...) -> Double? {
        let family = metrics.families().first { $0.name == definition.name }
        guard
            case .number(let value)? = family?.samples.first(where: { $0.labelValues == labels })?
                .value
        else { return nil }
        return value
    }
}

/// Selects a cloud by the project of a configuration.
private struct LoopConnector: CloudConnector {
    let clouds: [String: LoopCloud]

    func client(for configuration: Configuration) throws(StartError) -> any CloudClient {
        guard let cloud = clouds[configuration.cloud.projectID] else {
            throw .client("the HTTP client cannot start: no such project")
        }
        return cloud
    }
}

private struct TraceLogHandler: LogHandler {
    let record: @Sendable (LogEvent) -> Void
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    init(record: @escaping @Sendable (LogEvent) -> Void) {
        self.record = record
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        record(event)
    }
}
