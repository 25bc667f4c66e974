import Synchronization
import CycleFixtures
import Cycle
import Configuration
import Exposition
import Foundation
import JSON
import Listener
import Logging
import Remediation
import Series
import Testing

@testable import API
@testable import Agent
@testable import Ledger
import Time

/// The endpoint with a cycle and a real ledger. `pump` replaces the loop's handling of messages.
final class WebhookFixture: Sendable {
    private struct Core: Sendable {
        var cycle: Cycle
        var disk: DiskOutcome?
        var asking: Set<ReceivedAlert.Key> = []
        var seconds: Int64 = 0
    }

    let folder = FileManager.default.temporaryDirectory.path + "/webhook-\(UUID().uuidString)"
    let inbox = Inbox()
    let intake: AlertIntake
    let metrics = MetricRegistry()
    let tally: LogTally
    private let lines: LogLines
    let ledger: Ledger
    private let queue: LedgerQueue
    private let core: Mutex<Core>

    init(
        hasToken: Bool = true,
        listing: Readings? = AlertFixture.readings(AlertFixture.start - .seconds(30), "200", false)
    )
        throws
    {
        let lines = LogLines()
        self.lines = lines
        tally = LogTally(logger: lines.logger)
        ledger = try Ledger(folder: folder)
        queue = LedgerQueue(ledger, elapsed: { .zero })
        intake = AlertIntake(inbox)
        core = Mutex(Core(cycle: Self.cycle(HangFixture.memory())))
        adopt(hasToken: hasToken)
        if hasToken { try write(token: "0123456789abcdef\n") }
        inbox.open()
        if let listing { step { $0.readings = listing } }
    }

    static func cycle(_ memory: CycleMemory) -> Cycle {
        Cycle(
            ReadingsFixture.settings(webhook: AlertFixture.terms),
            from: memory,
            language: RuleLanguage(),
            at: ClockReading(bootID: "a", elapsed: .zero, wall: AlertFixture.start),
            stopwatch: { .zero }
        )
    }

    /// What was logged since the last call.
    func takeLog() -> [String] { lines.take() }

    func adopt(hasToken: Bool) {
        intake.adopt(
            WebhookConfiguration(
                terms: AlertFixture.terms,
                tokenFile: hasToken ? folder + "/token" : nil
            )
        )
    }

    /// The fingerprints of the alerts that request a restart.
    var asking: [String] { core.withLock { $0.asking.map(\.fingerprint).sorted() } }

    @discardableResult
    func step(
        at seconds: Int64 = 0,
        _ change: (inout CycleInput) -> Void = { _ in }
    ) -> Ready {
        core.withLock { core in
            core.seconds = max(core.seconds, seconds)
            let seconds = core.seconds
            var input = CycleInput(
                clock: ClockReading(
                    bootID: "a",
                    elapsed: .seconds(seconds),
                    wall: AlertFixture.start + .seconds(seconds)
                )
            )
            input.disk = core.disk
            change(&input)
            let ready = core.cycle.step(input)
            core.asking = ready.status.firing
            return ready
        }
    }

    /// Steps, and writes what the step requires.
    func stepAndWrite(
        at seconds: Int64 = 0,
        _ change: (inout CycleInput) -> Void = { _ in }
    ) async {
        let ready = step(at: seconds, change)
        let outcome: DiskOutcome
        do {
            try await queue.write(ready.toDisk)
            outcome = .written
        } catch {
            outcome = .refused("\(error)")
        }
        core.withLock { $0.disk = outcome }
        inbox.answer(ready.replies, outcome)
        // As the loop does after a failed write.
        if outcome != .written { step() }
    }

    private func pump() async {
        while true {
            await inbox.messageArrival.wait()
            if Task.isCancelled { return }
            let content = inbox.take()
            await stepAndWrite { $0.messages = content.messages }
        }
    }

    func write(token: String) throws {
        try Data(token.utf8).write(to: URL(filePath: folder + "/token"))
    }

    func remove() { try? FileManager.default.removeItem(atPath: folder) }

    /// The status and the body of the response. `meanwhile` runs after the route is chosen and
    /// before the request is handled, while its body arrives.
    func post(
        _ body: String,
        to path: String = "/api/v1/alertmanager",
        token: String? = "0123456789abcdef",
        meanwhile: () -> Void = {}
    ) async throws -> (status: Int, body: JSONValue) {
        let api = WebhookAPI(
            receiver: intake,
            metrics: metrics,
            tally: tally,
            board: StatusBoard(),
            now: { AlertFixture.start }
        )
        var request = ServerRequest(method: "POST", target: path, path: path)
        request.body = Array(body.utf8)
        if let token { request.headers["Authorization"] = "Bearer \(token)" }
        let route = try #require(api.routes.first { $0.pattern == path && $0.exists() })
        meanwhile()
        let reply = await withTaskGroup(of: Reply?.self) { group in
            group.addTask { [request] in await route.handler.reply(to: request) }
            group.addTask {
                await self.pump()
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
        guard case .response(let response) = reply else { return (0, .null) }
        if response.status == 401 { #expect(response.headers["WWW-Authenticate"] != nil) }
        return (response.status, try JSONValue.parse(response.body))
    }

    func value(_ name: String, _ labels: [String] = []) -> Double? {
        let family = metrics.families().first { $0.name == name }
        guard let sample = family?.samples.first(where: { $0.labelValues == labels }),
            case .number(let value) = sample.value
        else { return nil }
        return value
    }
}

/// Messages of Alertmanager's webhook.
enum WebhookMessage {
    static func webhook(_ alerts: String...) -> String {
        #"{"version":"4","truncatedAlerts":3,"alerts":[\#(alerts.joined(separator: ","))]}"#
    }

    static func alert(
        _ name: String = "GraphHung",
        status: String = "firing",
        graph: String = "g",
        fingerprint: String = "f1"
    ) -> String {
        """
        {"status":"\(status)","fingerprint":"\(fingerprint)","startsAt":"2026-11-23T08:38:31Z",
         "labels":{"alertname":"\(name)","graph_id":"\(graph)","remediate":"restart"}}
        """
    }
}
