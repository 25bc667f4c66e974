@testable import Cycle
import JSON
import Remediation
import Series
import TestSupport
import Testing

@testable import API
import Time

private let now = Timestamp(milliseconds: 1_795_428_000_000)

/// A body of Alertmanager 0.25 with a resolved and a firing alert, truncated by `max_alerts`.
private let captured = #"""
    {"receiver":"hook","status":"firing","alerts":[
     {"status":"resolved","labels":{"alertname":"GraphDown","graph_id":"g1","n":"1","severity":"critical"},
      "annotations":{},"startsAt":"2026-11-23T08:38:31.312296128Z","endsAt":"2026-11-23T08:38:37Z",
      "generatorURL":"","fingerprint":"7891826f454383ed"},
     {"status":"firing","labels":{"alertname":"GraphDown","graph_id":"g1","n":"2","severity":"critical"},
      "annotations":{"runbook_url":"https://x/y","summary":"graph down"},
      "startsAt":"2026-11-23T08:38:31.326962063Z","endsAt":"0001-01-01T00:00:00Z",
      "generatorURL":"http://prom/graph?g0.expr=up","fingerprint":"c0e55d0cd1f032fa"}],
     "groupLabels":{"alertname":"GraphDown","graph_id":"g1"},
     "commonLabels":{"alertname":"GraphDown","graph_id":"g1","severity":"critical"},
     "commonAnnotations":{},"externalURL":"http://vm:19093","version":"4",
     "groupKey":"{}:{alertname=\"GraphDown\", graph_id=\"g1\"}","truncatedAlerts":1}
    """#

private func webhook(_ alert: String, version: String = #""4""#) -> String {
    #"{"version":\#(version),"status":"firing","alerts":[\#(alert)]}"#
}

private let start = #""startsAt":"2026-11-23T08:38:31Z""#

@Suite("A message with alerts")
struct AlertMessageTests {
    @Test("from Alertmanager is parsed alert by alert")
    func alertmanager() throws {
        let message = try AlertFormat.alertmanagerWebhook.message(Array(captured.utf8), at: now)
        #expect(message.truncatedAlerts == 1)
        #expect(message.alerts.map(\.status) == [.resolved, .firing(until: nil)])
        #expect(message.alerts.map(\.fingerprint) == ["7891826f454383ed", "c0e55d0cd1f032fa"])
        #expect(message.alerts.map(\.summary) == ["", "graph down"])
        #expect(message.alerts[1].startsAt.milliseconds % 1000 == 326)
        // Computed by Alertmanager itself from the labels.
        for alert in message.alerts {
            #expect(AlertFingerprint.of(alert.labels) == alert.fingerprint)
        }
    }

    @Test("from Prometheus ends at the stated time")
    func prometheus() throws {
        let body = #"""
            [{"labels":{"alertname":"A"},"startsAt":"2026-11-23T08:39:26.730Z",
              "endsAt":"\#(now + .seconds(60))","generatorURL":"http://vm/graph"},
             {"labels":{"alertname":"B"},"startsAt":"2026-11-23T08:39:26.730Z",
              "endsAt":"2026-11-23T08:43:26.730Z"},
             {"labels":{"alertname":"C"},"startsAt":"2026-11-23T08:39:26.730Z",
              "endsAt":"0001-01-01T00:00:00Z"},
             {"labels":{"alertname":"D"},"startsAt":"2026-11-23T08:39:26.730Z"}]
            """#
        let message = try AlertFormat.prometheusAlerts.message(Array(body.utf8), at: now)
        #expect(
            message.alerts.map(\.status) == [
                .firing(until: now + .seconds(60)), .resolved, .firing(until: nil),
                .firing(until: nil),
            ]
        )
    }

    @Test("ignores unknown fields")
    func unknownFields() throws {
        let body = #"""
            {"version":"4","orgId":1,"title":"[FIRING:1]","state":"alerting","message":"m",
             "notification_reason":"first notification","routeLabels":{"a":"b"},"truncatedAlerts":0,
             "alerts":[{"status":"firing","labels":{"alertname":"A"},\#(start),"values":{"B":1.5},
             "silenceURL":"u","dashboardURL":"","valueString":null,"annotations":null}]}
            """#
        let message = try AlertFormat.alertmanagerWebhook.message(Array(body.utf8), at: now)
        #expect(message.alerts.count == 1)
    }

    @Test(
        "that can never be read is refused with the place of the mistake",
        arguments: [
            ("", "byte 0"), ("[]", "$"), ("{}", #"$: "version" is missing"#),
            (webhook("", version: "4"), "$.version"),
            (webhook("", version: #""3""#), #"$.version: only version "4""#),
            (#"{"version":"4"}"#, #"$: "alerts" is missing"#),
            (#"{"version":"4","alerts":{}}"#, "$.alerts"),
            (#"{"version":"4","alerts":[],"truncatedAlerts":-1}"#, "$.truncatedAlerts"),
            (webhook("7"), "$.alerts[0]"),
            (webhook(#"{"labels":{},\#(start)}"#), #"$.alerts[0]: "status" is missing"#),
            (webhook(#"{"status":"on","labels":{},\#(start)}"#), "$.alerts[0].status"),
            (webhook(#"{"status":"firing",\#(start)}"#), #"$.alerts[0]: "labels" is missing"#),
            (webhook(#"{"status":"firing","labels":[],\#(start)}"#), "$.alerts[0].labels"),
            (webhook(#"{"status":"firing","labels":{"a":1},\#(start)}"#), "$.alerts[0].labels.a"),
            (
                webhook(#"{"status":"firing","labels":{},"startsAt":"yesterday"}"#),
                "$.alerts[0].startsAt"
            ),
            (
                webhook(#"{"status":"firing","labels":{"a":"b","a":"c"},\#(start)}"#), "byte"
            ),
        ]
    )
    func unreadable(body: String, hint: String) {
        let error = #expect(throws: JSONError.self) {
            try AlertFormat.alertmanagerWebhook.message(Array(body.utf8), at: now)
        }
        #expect("\(error.map { "\($0)" } ?? "")".contains(hint), "\(String(describing: error))")
    }

    @Test("is bounded in size, depth and number of alerts")
    func bounds() {
        let alert = #"{"labels":{},\#(start)}"#
        let many = "[" + Array(repeating: alert, count: 10_001).joined(separator: ",") + "]"
        let deep =
            #"[{"labels":{},\#(start),"x":"#
            + String(repeating: "[", count: 40) + String(repeating: "]", count: 40) + "}]"
        let large = #"[{"labels":{"a":"\#(String(repeating: "a", count: 4 << 20))"},\#(start)}]"#
        for body in [many, deep, large] {
            #expect(throws: JSONError.self, "\(body.prefix(100))") {
                try AlertFormat.prometheusAlerts.message(Array(body.utf8), at: now)
            }
        }
    }

    @Test("is parsed or refused, whatever its bytes are", arguments: 0..<20)
    func anyBytes(seed: UInt64) {
        var generator = SeededRandom(seed: seed)
        let original = Array(captured.utf8)
        var refused = 0
        for _ in 0..<200 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...8, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: bytes[place] = .random(in: 0...255, using: &generator)
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(.random(in: 0...255, using: &generator), at: place)
                default: bytes.removeSubrange(place...)
                }
                if bytes.isEmpty { bytes = [0] }
            }
            for format in [AlertFormat.alertmanagerWebhook, .prometheusAlerts] {
                guard let message = try? format.message(bytes, at: now) else {
                    refused += 1
                    continue
                }
                var received = ReceivedAlerts()
                for alert in message.alerts {
                    _ = try? received.receive(
                        alert,
                        WebhookTerms(alertnames: ["GraphDown"]),
                        inventory: Inventory(),
                        at: now
                    )
                }
                #expect(received.alerts.count <= message.alerts.count)
            }
        }
        // The same bytes cannot be valid in both forms, and most changes break the syntax.
        #expect(refused > 200)
    }
}

@Suite("A time of RFC 3339")
struct AlertTimeTests {
    @Test(
        "is read with 0 to 9 digits after the second, and with every offset",
        arguments: [
            ("2026-11-23T08:38:31Z", 1_795_423_111_000),
            ("2026-11-23T08:38:31.3Z", 1_795_423_111_300),
            ("2026-11-23T08:38:31.312296128Z", 1_795_423_111_312),
            ("2026-11-23T08:38:31.999999999Z", 1_795_423_111_999),
            ("2026-11-23T16:38:31+08:00", 1_795_423_111_000),
            ("2026-11-23T03:08:31.25-05:30", 1_795_423_111_250),
            ("0001-01-01T00:00:00Z", -62_135_596_800_000),
        ]
    )
    func times(text: String, milliseconds: Int64) {
        #expect(AlertTime(text)?.instant.milliseconds == milliseconds)
    }

    @Test("can be written with any number of digits", arguments: 1...9)
    func digits(count: Int) {
        let text = "2026-11-23T08:38:31." + "123456789".prefix(count) + "Z"
        let wanted = [1: 100, 2: 120][count] ?? 123
        #expect(AlertTime(text)?.instant.milliseconds == 1_795_423_111_000 + Int64(wanted))
    }

    @Test(
        "is refused when it is malformed",
        arguments: [
            "", "now", "2026-11-23", "2026-11-23T08:38:31", "2026-11-23 08:38:31Z",
            "2026-11-23T08:38:31.Z", "2026-11-23T08:38:31.1234567890Z", "2026-13-23T08:38:31Z",
            "2026-02-30T08:38:31Z", "2026-11-23T08:38:31+0800", "2026-11-23T08:38:31Zjunk",
            "2026-11-23T08:38:31.3", "+026-11-23T08:38:31Z", "2026-11-23T25:38:31Z", "1795423111",
            "２０２６-11-23T08:38:31Z",
        ]
    )
    func refused(text: String) {
        #expect(AlertTime(text) == nil)
    }
}
