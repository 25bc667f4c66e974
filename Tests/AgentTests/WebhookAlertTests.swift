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

@Suite("One alert of a message")
struct WebhookAlertTests {
    @Test("reads the other alerts of a message if one cannot be read")
    func partlyUnreadable() async throws {
        let fixture = try WebhookFixture()
        defer { fixture.remove() }
        let (status, body) = try await fixture.post(
            WebhookMessage.webhook(
                WebhookMessage.alert(),
                #"{"status":"firing","labels":{"a":1}}"#,
                "7",
                WebhookMessage.alert("Other")
            )
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
        let fixture = try WebhookFixture()
        defer { fixture.remove() }
        let many = (0..<20_000).map { #""label\#($0)":"v""# }.joined(separator: ",")
        let large = #""label":"\#(String(repeating: "v", count: 2_000))""#
        let alerts = [many, large].map {
            #"{"status":"firing","startsAt":"2026-11-23T08:38:31Z","labels":{\#($0)}}"#
        }
        let (status, body) = try await fixture.post(
            WebhookMessage.webhook(alerts[0], alerts[1], WebhookMessage.alert())
        )
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
        let fixture = try WebhookFixture()
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
}
