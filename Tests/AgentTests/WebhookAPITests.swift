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
import SQLite
import Series
import Testing

@testable import API
@testable import Agent
@testable import Ledger
import Time

@Suite("The webhook")
struct WebhookAPITests {
    @Test("reports the result for every alert after writing it to disk")
    func answers() async throws {
        let fixture = try WebhookFixture()
        defer { fixture.remove() }
        let (status, body) = try await fixture.post(
            WebhookMessage.webhook(
                WebhookMessage.alert(),
                WebhookMessage.alert(),
                WebhookMessage.alert("Other"),
                WebhookMessage.alert(graph: "x"),
                WebhookMessage.alert(status: "resolved", fingerprint: "f2")
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
        let fixture = try WebhookFixture()
        defer { fixture.remove() }
        let (status, _) = try await fixture.post(
            WebhookMessage.webhook(WebhookMessage.alert()),
            token: token
        )
        #expect(status == 401)
        #expect(try fixture.ledger.loadReceivedAlerts().isEmpty)
        #expect(
            fixture.value("graphwarden_webhook_notifications_invalid_total", ["auth"]) == 1
        )
    }

    @Test("accepts the current token in the file")
    func rotation() async throws {
        let fixture = try WebhookFixture()
        defer { fixture.remove() }
        try fixture.write(token: "fedcba9876543210")
        #expect(try await fixture.post(WebhookMessage.webhook()).status == 401)
        #expect(
            try await fixture.post(WebhookMessage.webhook(), token: "fedcba9876543210").status
                == 200
        )
        try fixture.write(token: "short")
        #expect(try await fixture.post(WebhookMessage.webhook(), token: "short").status == 503)
    }

    @Test("requires the token even if a reload changes the section during the request")
    func tokenTakenAway() async throws {
        let fixture = try WebhookFixture()
        defer { fixture.remove() }
        let (status, _) = try await fixture.post(
            WebhookMessage.webhook(WebhookMessage.alert()),
            token: nil
        ) {
            fixture.adopt(hasToken: false)
        }
        #expect(status == 401)
        #expect(try fixture.ledger.loadReceivedAlerts().isEmpty)
    }

    @Test("accepts nothing while the ledger file is deleted")
    func ledgerRemoved() async throws {
        let fixture = try WebhookFixture()
        defer { fixture.remove() }
        let aside = fixture.folder + "/aside"
        try FileManager.default.moveItem(atPath: fixture.ledger.path, toPath: aside)
        #expect(
            try await fixture.post(WebhookMessage.webhook(WebhookMessage.alert())).status == 503
        )
        try FileManager.default.moveItem(atPath: aside, toPath: fixture.ledger.path)
        #expect(
            try await fixture.post(WebhookMessage.webhook(WebhookMessage.alert())).status == 200
        )
    }

    @Test("accepts nothing while the ledger is damaged")
    func ledgerDamaged() async throws {
        let fixture = try WebhookFixture()
        defer { fixture.remove() }
        // So that the pages are in the database file itself.
        try fixture.ledger.database.writeWithoutTransaction {
            try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
        }
        let good = try Data(contentsOf: URL(filePath: fixture.ledger.path))
        let file = try FileHandle(forUpdating: URL(filePath: fixture.ledger.path))
        defer { try? file.close() }
        // Overwrites the pages after the first; the file keeps its identity.
        try file.seek(toOffset: 4096)
        try file.write(contentsOf: Data(repeating: 0xA5, count: good.count - 4096))
        #expect(
            try await fixture.post(WebhookMessage.webhook(WebhookMessage.alert())).status == 503
        )
        #expect(fixture.asking.isEmpty)
        try file.seek(toOffset: 0)
        try file.write(contentsOf: good)
        #expect(
            try await fixture.post(WebhookMessage.webhook(WebhookMessage.alert())).status == 200
        )
    }

    @Test("answers 400 to an invalid message, with the position")
    func unreadable() async throws {
        let fixture = try WebhookFixture()
        defer { fixture.remove() }
        let (status, body) = try await fixture.post(#"{"version":"4","alerts":[{}]}"#)
        #expect(status == 400)
        #expect(body["error"]?.stringValue?.contains("$.alerts[0]") == true)
    }

    @Test("asks for a retry until the graphs are listed, and accepts nothing meanwhile")
    func notReady() async throws {
        let fixture = try WebhookFixture(listing: nil)
        defer { fixture.remove() }
        #expect(
            try await fixture.post(WebhookMessage.webhook(WebhookMessage.alert())).status == 503
        )
        #expect(try fixture.ledger.loadReceivedAlerts().isEmpty)
        #expect(
            try await fixture.post(WebhookMessage.webhook(WebhookMessage.alert("Other"))).status
                == 200
        )
    }

    @Test("accepts the known part of a message and asks for a retry of the rest")
    func partlyNotReady() async throws {
        let fixture = try WebhookFixture(listing: AlertFixture.incompleteListing)
        defer { fixture.remove() }
        for _ in 0..<2 {
            let (status, _) = try await fixture.post(
                WebhookMessage.webhook(
                    WebhookMessage.alert(),
                    WebhookMessage.alert(graph: "late", fingerprint: "f2")
                )
            )
            #expect(status == 503)
            #expect(fixture.asking == ["f1"])
        }
        // The one that was accepted, although its message was refused, and only once.
        let accepted = fixture.takeLog().filter { $0.contains("became=accepted") }
        #expect(accepted.count == 1 && accepted[0].contains("fingerprint=f1"), "\(accepted)")
        #expect(try fixture.ledger.loadReceivedAlerts().count == 1)
    }

    @Test("asks for a retry while the ledger cannot be written, and accepts nothing meanwhile")
    func ledgerRefuses() async throws {
        let fixture = try WebhookFixture()
        defer { fixture.remove() }
        try fixture.ledger.database.write {
            try $0.execute(
                sql: """
                    CREATE TRIGGER full BEFORE INSERT ON received_alert
                    BEGIN SELECT raise(ABORT, 'no room'); END
                    """
            )
        }
        #expect(
            try await fixture.post(WebhookMessage.webhook(WebhookMessage.alert())).status == 503
        )
        #expect(fixture.asking.isEmpty)
        try fixture.ledger.database.write { try $0.execute(sql: "DROP TRIGGER full") }
        let (status, body) = try await fixture.post(WebhookMessage.webhook(WebhookMessage.alert()))
        #expect(status == 200)
        #expect(body["data"]?["alerts"]?[0]?["status"] == "accepted")
    }

    @Test("accepts the same alerts from Prometheus itself")
    func prometheus() async throws {
        let fixture = try WebhookFixture()
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
        let again = try await fixture.post(
            WebhookMessage.webhook(WebhookMessage.alert(fingerprint: fingerprint))
        )
        #expect(again.body["data"]?["alerts"]?[0]?["status"] == "duplicate")
    }

    @Test("keeps acknowledged alerts and their end times across a restart")
    func survives() async throws {
        let fixture = try WebhookFixture()
        defer { fixture.remove() }
        _ = try await fixture.post(
            WebhookMessage.webhook(WebhookMessage.alert(), WebhookMessage.alert(fingerprint: "f2"))
        )
        // A single reading ends no alert.
        for seconds in [30, 60] as [Int64] {
            await fixture.stepAndWrite(at: seconds) {
                let at = AlertFixture.start + .seconds(seconds)
                $0.readings = AlertFixture.readings(at, "901", nil)
            }
        }
        _ = try await fixture.post(WebhookMessage.webhook(WebhookMessage.alert(fingerprint: "f3")))
        var next = WebhookFixture.cycle(try fixture.ledger.memory())
        let input = CycleInput(
            clock: ClockReading(
                bootID: "a",
                elapsed: .seconds(60),
                wall: AlertFixture.start + .seconds(60)
            )
        )
        let status = next.step(input).status
        #expect(status.firing.map(\.fingerprint) == ["f3"])
        #expect(status.received.alerts.count == 3)
    }

    @Test("does not exist without its section")
    func absent() throws {
        let fixture = try WebhookFixture()
        defer { fixture.remove() }
        fixture.intake.adopt(nil)
        let api = WebhookAPI(
            receiver: fixture.intake,
            metrics: fixture.metrics,
            tally: fixture.tally,
            board: StatusBoard(),
            now: { Timestamp(milliseconds: 0) }
        )
        #expect(api.routes.allSatisfy { !$0.exists() })
    }
}
