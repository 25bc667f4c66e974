import Synchronization
import CycleFixtures
import Cycle
import Configuration
import Exposition
import Foundation
import GRDB
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
private final class Fixture: Sendable {
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
    let ledger: Ledger
    private let queue: LedgerQueue
    private let core: Mutex<Core>

    init(
        hasToken: Bool = true,
        listing: Readings? = AlertFixture.readings(AlertFixture.start - .seconds(30), "200", false)
    )
        throws
    {
        ledger = try Ledger(folder: folder)
        queue = LedgerQueue(ledger, elapsed: { .zero })
        intake = AlertIntake(inbox)
        core = Mutex(Core(cycle: Self.cycle(CycleMemory())))
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
            core.asking = ready.status.asking
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
            await inbox.wake.wait()
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
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
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

private func webhook(_ alerts: String...) -> String {
    #"{"version":"4","truncatedAlerts":3,"alerts":[\#(alerts.joined(separator: ","))]}"#
}

private func alert(
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

@Suite("The webhook")
struct WebhookAPITests {
    @Test("reports the result for every alert after writing it to disk")
    func answers() async throws {
        let fixture = try Fixture()
        defer { fixture.remove() }
        let (status, body) = try await fixture.post(
            webhook(
                alert(),
                alert(),
                alert("Other"),
                alert(graph: "x"),
                alert(status: "resolved", fingerprint: "f2")
            )
        )
        #expect(status == 200)
        let answers = try #require(body["data"]?["alerts"]?.arrayValue)
        #expect(
            answers.map { $0["status"] ?? .null } == [
                "accepted", "duplicate", "ignored", "ignored", "resolved",
            ]
        )
        #expect(answers[2]["reason"]?.stringValue?.contains("webhook.alerts") == true)
        #expect(answers[3]["reason"]?.stringValue?.contains("graph_id") == true)
        #expect(body["data"]?["truncatedAlerts"] == 3)
        #expect(Set(try fixture.ledger.loadReceivedAlerts().map(\.fingerprint)) == ["f1", "f2"])
        #expect(fixture.asking == ["f1"])
        #expect(fixture.value("graphwarden_webhook_notifications_total") == 1)
        #expect(fixture.value("graphwarden_webhook_alerts_received_total", ["firing"]) == 4)
        #expect(fixture.value("graphwarden_webhook_alerts_deduplicated_total") == 1)
        #expect(fixture.value("graphwarden_webhook_alerts_truncated_total") == 3)
        #expect(fixture.value("graphwarden_webhook_alerts_ignored_total", ["graph"]) == 1)
    }

    @Test(
        "rejects senders without the right token",
        arguments: [nil, "", "wrong", "0123456789abcdeF", "0123456789abcdef0"]
    )
    func strangers(token: String?) async throws {
        let fixture = try Fixture()
        defer { fixture.remove() }
        let (status, _) = try await fixture.post(webhook(alert()), token: token)
        #expect(status == 401)
        #expect(try fixture.ledger.loadReceivedAlerts().isEmpty)
        #expect(
            fixture.value("graphwarden_webhook_notifications_invalid_total", ["auth"]) == 1
        )
    }

    @Test("accepts the current token in the file")
    func rotation() async throws {
        let fixture = try Fixture()
        defer { fixture.remove() }
        try fixture.write(token: "fedcba9876543210")
        #expect(try await fixture.post(webhook()).status == 401)
        #expect(try await fixture.post(webhook(), token: "fedcba9876543210").status == 200)
        try fixture.write(token: "short")
        #expect(try await fixture.post(webhook(), token: "short").status == 503)
    }

    @Test("requires the token even if a reload changes the section during the request")
    func tokenTakenAway() async throws {
        let fixture = try Fixture()
        defer { fixture.remove() }
        let (status, _) = try await fixture.post(webhook(alert()), token: nil) {
            fixture.adopt(hasToken: false)
        }
        #expect(status == 401)
        #expect(try fixture.ledger.loadReceivedAlerts().isEmpty)
    }

    @Test("accepts nothing while the ledger file is deleted")
    func ledgerRemoved() async throws {
        let fixture = try Fixture()
        defer { fixture.remove() }
        let aside = fixture.folder + "/aside"
        try FileManager.default.moveItem(atPath: fixture.ledger.path, toPath: aside)
        #expect(try await fixture.post(webhook(alert())).status == 503)
        try FileManager.default.moveItem(atPath: aside, toPath: fixture.ledger.path)
        #expect(try await fixture.post(webhook(alert())).status == 200)
    }

    @Test("accepts nothing while the ledger is damaged")
    func ledgerDamaged() async throws {
        let fixture = try Fixture()
        defer { fixture.remove() }
        // So that the pages are in the database file itself.
        try await fixture.ledger.database.writeWithoutTransaction {
            _ = try $0.checkpoint(.truncate)
        }
        let good = try Data(contentsOf: URL(filePath: fixture.ledger.path))
        let file = try FileHandle(forUpdating: URL(filePath: fixture.ledger.path))
        defer { try? file.close() }
        // Overwrites the pages after the first; the file keeps its identity.
        try file.seek(toOffset: 4096)
        try file.write(contentsOf: Data(repeating: 0xA5, count: good.count - 4096))
        #expect(try await fixture.post(webhook(alert())).status == 503)
        #expect(fixture.asking.isEmpty)
        try file.seek(toOffset: 0)
        try file.write(contentsOf: good)
        #expect(try await fixture.post(webhook(alert())).status == 200)
    }

    @Test("answers 400 to an invalid message, with the position")
    func unreadable() async throws {
        let fixture = try Fixture()
        defer { fixture.remove() }
        let (status, body) = try await fixture.post(#"{"version":"4","alerts":[{}]}"#)
        #expect(status == 400)
        #expect(body["error"]?.stringValue?.contains("$.alerts[0]") == true)
    }

    @Test("reads the other alerts of a message if one cannot be read")
    func partlyUnreadable() async throws {
        let fixture = try Fixture()
        defer { fixture.remove() }
        let (status, body) = try await fixture.post(
            webhook(alert(), #"{"status":"firing","labels":{"a":1}}"#, "7", alert("Other"))
        )
        #expect(status == 200)
        let answers = try #require(body["data"]?["alerts"]?.arrayValue)
        #expect(
            answers.map { $0["status"] ?? .null } == [
                "accepted", "unreadable", "unreadable", "ignored",
            ]
        )
        #expect(answers[1]["reason"]?.stringValue?.contains("$.alerts[1].labels.a") == true)
        #expect(fixture.asking == ["f1"])
        #expect(fixture.value("graphwarden_webhook_alerts_unreadable_total") == 2)
    }

    @Test("names the limit that an alert exceeds, and accepts the others")
    func tooLarge() async throws {
        let fixture = try Fixture()
        defer { fixture.remove() }
        let many = (0..<20_000).map { #""label\#($0)":"v""# }.joined(separator: ",")
        let large = #""label":"\#(String(repeating: "v", count: 2_000))""#
        let alerts = [many, large].map {
            #"{"status":"firing","startsAt":"2026-11-23T08:38:31Z","labels":{\#($0)}}"#
        }
        let (status, body) = try await fixture.post(webhook(alerts[0], alerts[1], alert()))
        #expect(status == 200)
        let answers = try #require(body["data"]?["alerts"]?.arrayValue)
        #expect(answers.map { $0["status"] ?? .null } == ["ignored", "ignored", "accepted"])
        #expect(
            answers[0]["reason"] == "the alert has 20000 labels, more than the limit of 64"
        )
        #expect(
            answers[1]["reason"]
                == "the name or value of a label has 2000 bytes, more than the limit of 1024"
        )
        #expect(fixture.value("graphwarden_webhook_alerts_ignored_total", ["too_large"]) == 2)
    }

    @Test("takes an alert without a start for the one that fires, and else lets it begin now")
    func withoutStart() async throws {
        let fixture = try Fixture()
        defer { fixture.remove() }
        let labels = #""labels":{"alertname":"GraphHung","graph_id":"g","remediate":"restart"}"#
        func post(_ times: String) async throws -> (status: JSONValue?, startsAt: JSONValue?) {
            let (_, body) = try await fixture.post("[{\(times)\(labels)}]", to: "/api/v2/alerts")
            let answer = body["data"]?["alerts"]?[0]
            return (answer?["status"], answer?["startsAt"])
        }
        let first = try await post("")
        #expect(first.status == "accepted")
        #expect(first.startsAt == .string("\(AlertFixture.start)"))
        #expect(fixture.asking.count == 1)
        // As amtool sends it: Go's zero time.
        let zero = #""startsAt":"0001-01-01T00:00:00.000Z","endsAt":"0001-01-01T00:00:00.000Z","#
        #expect(try await post(zero).status == "duplicate")
        #expect(try await post(#""startsAt":null,"#).status == "duplicate")
        #expect(try await post(#""endsAt":"2026-11-22T00:00:00Z","#).status == "resolved")
        #expect(fixture.asking.isEmpty)
        #expect(try fixture.ledger.loadReceivedAlerts().count == 1)
    }

    @Test("asks for a retry until the graphs are listed, and accepts nothing meanwhile")
    func notReady() async throws {
        let fixture = try Fixture(listing: nil)
        defer { fixture.remove() }
        #expect(try await fixture.post(webhook(alert())).status == 503)
        #expect(try fixture.ledger.loadReceivedAlerts().isEmpty)
        #expect(try await fixture.post(webhook(alert("Other"))).status == 200)
    }

    @Test("accepts the known part of a message and asks for a retry of the rest")
    func partlyNotReady() async throws {
        let fixture = try Fixture(listing: AlertFixture.incompleteListing)
        defer { fixture.remove() }
        for _ in 0..<2 {
            let (status, _) = try await fixture.post(
                webhook(alert(), alert(graph: "late", fingerprint: "f2"))
            )
            #expect(status == 503)
            #expect(fixture.asking == ["f1"])
        }
        #expect(try fixture.ledger.loadReceivedAlerts().count == 1)
    }

    @Test("asks for a retry while the ledger cannot be written, and accepts nothing meanwhile")
    func ledgerRefuses() async throws {
        let fixture = try Fixture()
        defer { fixture.remove() }
        try await fixture.ledger.database.write {
            try $0.execute(
                sql: """
                    CREATE TRIGGER full BEFORE INSERT ON received_alert
                    BEGIN SELECT raise(ABORT, 'no room'); END
                    """
            )
        }
        #expect(try await fixture.post(webhook(alert())).status == 503)
        #expect(fixture.asking.isEmpty)
        try await fixture.ledger.database.write { try $0.execute(sql: "DROP TRIGGER full") }
        let (status, body) = try await fixture.post(webhook(alert()))
        #expect(status == 200)
        #expect(body["data"]?["alerts"]?[0]?["status"] == "accepted")
    }

    @Test("accepts the same alerts from Prometheus itself")
    func prometheus() async throws {
        let fixture = try Fixture()
        defer { fixture.remove() }
        let list = """
            [{"startsAt":"2026-11-23T08:38:31Z","endsAt":"2026-11-24T08:38:31Z",
              "labels":{"alertname":"GraphHung","graph_id":"g","remediate":"restart"}}]
            """
        let (status, body) = try await fixture.post(list, to: "/api/v2/alerts")
        #expect(status == 200)
        #expect(body["data"]?["alerts"]?[0]?["status"] == "accepted")
        // The same alert through Alertmanager, which gives it the same fingerprint.
        let fingerprint = try #require(body["data"]?["alerts"]?[0]?["fingerprint"]?.stringValue)
        let again = try await fixture.post(webhook(alert(fingerprint: fingerprint)))
        #expect(again.body["data"]?["alerts"]?[0]?["status"] == "duplicate")
    }

    @Test("keeps acknowledged alerts and their end times across a restart")
    func survives() async throws {
        let fixture = try Fixture()
        defer { fixture.remove() }
        _ = try await fixture.post(webhook(alert(), alert(fingerprint: "f2")))
        await fixture.stepAndWrite(at: 60) {
            $0.readings = AlertFixture.readings(AlertFixture.start + .seconds(60), "901", nil)
        }
        _ = try await fixture.post(webhook(alert(fingerprint: "f3")))
        var next = Fixture.cycle(try fixture.ledger.memory())
        let input = CycleInput(
            clock: ClockReading(
                bootID: "a",
                elapsed: .seconds(60),
                wall: AlertFixture.start + .seconds(60)
            )
        )
        let status = next.step(input).status
        #expect(status.asking.map(\.fingerprint) == ["f3"])
        #expect(status.received.alerts.count == 3)
    }

    @Test("does not exist without its section")
    func absent() throws {
        let fixture = try Fixture()
        defer { fixture.remove() }
        fixture.intake.adopt(nil)
        let api = WebhookAPI(
            receiver: fixture.intake,
            metrics: fixture.metrics,
            logger: Logger(label: "test"),
            board: StatusBoard(),
            now: { Timestamp(milliseconds: 0) }
        )
        #expect(api.routes.allSatisfy { !$0.exists() })
    }
}
