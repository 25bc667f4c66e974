import JSON
import Series
import Testing
import Time

@testable import Agent

private let start = Timestamp(milliseconds: 1_795_428_000_000)

private func alert(_ name: String, _ text: String = "") -> OutgoingAlert {
    OutgoingAlert(
        labels: Labels(["alertname": name]),
        annotations: [Label(name: "summary", value: text)],
        startsAt: nil
    )
}

@Suite("The alerts for Alertmanagers")
struct OutgoingAlertsTests {
    /// Looks every 10 s; returns what was sent when: the time, the name, and for how long it lives.
    private func course(
        _ firing: (Int) -> [OutgoingAlert],
        interval: Duration = .seconds(30),
        until end: Int
    ) -> [String] {
        var alerts = OutgoingAlerts()
        return stride(from: 0, through: end, by: 10).flatMap { second in
            let now = start + .seconds(second)
            let due = alerts.update(
                firing(second),
                interval: interval,
                at: now,
                elapsed: .seconds(second)
            ).due
            return due.map { alert in
                let life = alert.endsAt.map { ($0 - now).components.seconds } ?? 0
                let age = alert.startsAt.map { (now - $0).components.seconds } ?? -1
                return "\(second): \(alert.labels["alertname"]) age \(age) life \(life)"
            }
        }
    }

    @Test("are repeated every minute, and live four times as long without repetition")
    func resend() {
        #expect(
            course({ _ in [alert("A")] }, until: 120) == [
                "0: A age 0 life 240", "60: A age 60 life 240", "120: A age 120 life 240",
            ]
        )
        #expect(
            course({ _ in [alert("A")] }, interval: .seconds(300), until: 0)
                == ["0: A age 0 life 1200"]
        )
    }

    @Test("are sent as resolved at once, and for 15 minutes")
    func resolved() {
        let lines = course({ $0 < 30 ? [alert("A")] : [] }, until: 2000)
        #expect(
            lines.prefix(3) == [
                "0: A age 0 life 240", "30: A age 30 life 0", "90: A age 90 life -60",
            ]
        )
        #expect(lines.count == 1 + 15)
        #expect(lines.last == "870: A age 870 life -840")
    }

    @Test("that fire again begin anew")
    func again() {
        let lines = course({ $0 < 30 || $0 >= 50 ? [alert("A")] : [] }, until: 50)
        #expect(lines == ["0: A age 0 life 240", "30: A age 30 life 0", "50: A age 0 life 240"])
    }

    @Test("are the same with other annotations, and are limited in number")
    func identity() {
        var alerts = OutgoingAlerts()
        func update(_ firing: [OutgoingAlert], _ second: Int) -> (
            due: [OutgoingAlert], dropped: Int
        ) {
            alerts.update(
                firing,
                interval: .seconds(30),
                at: start + .seconds(second),
                elapsed: .seconds(second)
            )
        }
        #expect(update([alert("A", "one")], 0).due.count == 1)
        #expect(update([alert("A", "two")], 10).due.isEmpty)
        #expect(
            update([alert("A", "two")], 60).due.map(\.annotations) == [
                alert("A", "two").annotations
            ]
        )
        let many = (0...OutgoingAlerts.capacity).map { alert("B\($0)") }
        let (due, dropped) = update([alert("A")] + many, 70)
        #expect(due.count == OutgoingAlerts.capacity - 1 && dropped == 2)
    }

    @Test("have the form that Alertmanager takes")
    func form() throws {
        var sent = alert("A", "it \"hangs\"")
        sent.startsAt = start
        sent.endsAt = start + .seconds(240)
        sent.link = "http://agent/"
        #expect(
            String(decoding: try sent.json.serialized(), as: UTF8.self)
                == #"{"labels":{"alertname":"A"},"annotations":{"summary":"it \"hangs\""},"#
                + #""startsAt":"2026-11-23T10:00:00Z","endsAt":"2026-11-23T10:04:00Z","#
                + #""generatorURL":"http://agent/"}"#
        )
    }
}

@Suite("The queue of an Alertmanager")
struct AlertQueueTests {
    private func names(_ alerts: [OutgoingAlert]) -> [String] {
        alerts.map { $0.labels["alertname"] + $0.annotations.map(\.value).joined() }
    }

    @Test("keeps the newest form of each alert in the order of arrival")
    func newest() {
        var queue = AlertQueue()
        #expect(queue.put([alert("A", "1"), alert("B", "1")]) == 0)
        #expect(queue.put([alert("A", "2")]) == 0)
        #expect(queue.count == 2)
        #expect(names(queue.take()) == ["A2", "B1"])
        #expect(queue.take().isEmpty)
    }

    @Test("puts back what was not delivered, unless something newer waits")
    func putBack() {
        var queue = AlertQueue()
        _ = queue.put([alert("A", "1"), alert("B", "1")])
        let batch = queue.take()
        _ = queue.put([alert("B", "2"), alert("C", "1")])
        #expect(queue.putBack(batch) == 0)
        #expect(names(queue.take()) == ["A1", "B2", "C1"])
    }

    @Test("drops the oldest beyond its capacity and hands out messages of 64")
    func bounds() {
        var queue = AlertQueue()
        #expect(queue.put((0..<AlertQueue.capacity + 3).map { alert("A\($0)") }) == 3)
        #expect(queue.count == AlertQueue.capacity)
        let batch = queue.take()
        #expect(names(batch) == (3..<67).map { "A\($0)" })
        _ = queue.put((0..<64).map { alert("B\($0)") })
        #expect(queue.putBack(batch) == 64)
        #expect(names(queue.take()).first == "A67")
    }
}
