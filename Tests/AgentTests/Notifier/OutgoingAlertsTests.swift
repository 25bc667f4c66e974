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
            _ = alerts.update(firing(second), at: now, elapsed: .seconds(second))
            let due = alerts.takeDue(interval: interval, at: now, elapsed: .seconds(second))
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

    @Test("are the same with other annotations")
    func identity() {
        var alerts = Course()
        #expect(alerts.update([alert("A", "one")], 0).due.count == 1)
        #expect(alerts.update([alert("A", "two")], 10).due.isEmpty)
        let due = alerts.update([alert("A", "two")], 60).due
        #expect(due.map(\.annotations) == [alert("A", "two").annotations])
    }

    private struct Course {
        var alerts = OutgoingAlerts()

        mutating func update(
            _ firing: [OutgoingAlert],
            _ second: Int
        ) -> (due: [OutgoingAlert], dropped: Int) {
            let (now, elapsed) = (start + .seconds(second), Duration.seconds(second))
            let dropped = alerts.update(firing, at: now, elapsed: elapsed)
            let due = alerts.takeDue(interval: .seconds(30), at: now, elapsed: elapsed)
            return (due, dropped)
        }
    }

    private func page(_ name: String, graphName: String = "") -> OutgoingAlert {
        OutgoingAlert(
            identity: ["alertname": name],
            graphName: graphName,
            annotations: [],
            startsAt: nil
        )
    }

    @Test("are limited in number: those that were sent before stay, and each drop counts once")
    func limit() {
        var course = Course()
        let many = (0...OutgoingAlerts.capacity).map { alert("B\($0)") }
        #expect(course.update([alert("A")], 0).due.count == 1)
        let (due, dropped) = course.update(many + [alert("A")], 10)
        #expect(due.count == OutgoingAlerts.capacity - 1 && dropped == 2)
        for second in [11, 12] { #expect(course.update(many + [alert("A")], second).dropped == 0) }
        #expect(course.update(many + [alert("A"), alert("C")], 13).dropped == 1)
        let resent = course.update(many + [alert("A"), alert("C")], 60).due
        #expect(resent.map { $0.labels["alertname"] } == ["A"])
    }

    @Test("about remediations have room however many alerts of rules fire, and are sent first")
    func priority() {
        var course = Course()
        let many = (0..<OutgoingAlerts.capacity).map { alert("B\($0)") }
        #expect(course.update(many, 0).dropped == 0)
        let (due, dropped) = course.update(many + [page("Z")], 10)
        #expect(due.map { $0.labels["alertname"] } == ["Z"] && dropped == 1)
        let next = course.update([alert("A"), page("Y")] + many, 60)
        #expect(next.due.first?.labels["alertname"] == "Y")
    }

    @Test("that fire take the room of resolved ones")
    func eviction() {
        var course = Course()
        let many = (0..<OutgoingAlerts.capacity).map { alert("B\($0)") }
        _ = course.update(many, 0)
        #expect(course.update([], 10).due.count == OutgoingAlerts.capacity)
        let new = (0..<5).map { alert("C\($0)") }
        let (due, dropped) = course.update(new, 20)
        #expect(due.map { $0.labels["alertname"] } == new.map { $0.labels["alertname"] })
        #expect(dropped == 0)
        #expect(course.update(new, 75).due.count == OutgoingAlerts.capacity - 5)
    }

    @Test("keep the name that the graph had when they began to fire")
    func name() {
        var course = Course()
        var names: [String] = []
        for (second, name) in [(0, "orders"), (10, ""), (70, "orders-2"), (80, nil), (200, "new")]
            as [(Int, String?)]
        {
            let firing = name.map { [page("A", graphName: $0)] } ?? []
            names += course.update(firing, second).due.map { $0.labels["graph_name"] }
        }
        #expect(names == ["orders", "orders", "orders", "orders"])
        #expect(course.update([], 210).due.count == 1)
        _ = course.update([], 1200)
        let later = course.update([page("A", graphName: "new")], 1210).due
        #expect(later.map { $0.labels["graph_name"] } == ["new"])
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

    @Test("hands out one by one what was refused together, so that good alerts arrive")
    func refused() {
        for bad in [[], ["A3"], ["A0", "A63"], ["A64", "A70"], (0..<99).map { "A\($0)" }] {
            var queue = AlertQueue()
            _ = queue.put((0..<100).map { alert("A\($0)") })
            var (arrived, dropped, messages): ([String], Int, Int) = ([], 0, 0)
            while queue.count > 0 {
                let batch = queue.take()
                messages += 1
                if names(batch).contains(where: bad.contains) {
                    dropped += queue.takeBackRefused(batch)
                } else {
                    arrived += names(batch)
                }
            }
            let expected = (0..<100).map { "A\($0)" }.filter { !bad.contains($0) }
            #expect(arrived == expected && dropped == bad.count)
            #expect(messages <= 102)
        }
    }

    @Test("keeps the suspects apart when one of them could not be delivered")
    func suspects() {
        var queue = AlertQueue()
        _ = queue.put((0..<3).map { alert("A\($0)") })
        #expect(queue.takeBackRefused(queue.take()) == 0)
        let first = queue.take()
        #expect(names(first) == ["A0"])
        #expect(queue.putBack(first) == 0)
        let messages = (0..<3).map { _ in names(queue.take()) }
        #expect(messages == [["A0"], ["A1"], ["A2"]])
        _ = queue.put([alert("B"), alert("C")])
        #expect(names(queue.take()) == ["B", "C"])
    }

    @Test("drops alerts about remediations last")
    func worth() {
        var queue = AlertQueue()
        let page = OutgoingAlert(
            identity: ["alertname": "page"],
            graphName: "",
            annotations: [],
            startsAt: nil
        )
        _ = queue.put([page])
        #expect(queue.put((0..<AlertQueue.capacity + 1).map { alert("A\($0)") }) == 2)
        #expect(names(queue.take()) == ["page"] + (2..<65).map { "A\($0)" })
    }

    @Test(
        "is not stopped by a message that is at fault, and waits for what people mend",
        arguments: [
            (200, false), (400, true), (401, false), (403, false), (404, false), (408, false),
            (413, true), (415, true), (422, true), (429, false), (500, false), (503, false),
        ]
    )
    func statuses(status: Int, isFinal: Bool) {
        #expect(AlertmanagerClient.isFinal(status) == isFinal)
    }
}
