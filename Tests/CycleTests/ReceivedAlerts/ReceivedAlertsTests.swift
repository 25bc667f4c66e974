import Diagnosis
import CycleFixtures
import Remediation
import Series
import Testing

@testable import Cycle
import Time

private let start = AlertFixture.start
private let known = AlertFixture.inventory((-30, "200", false))

extension ReceivedAlerts {
    fileprivate mutating func take(
        _ alert: IncomingAlert,
        _ webhook: WebhookTerms = AlertFixture.terms,
        _ inventory: Inventory = known,
        at now: Timestamp = start
    ) throws -> Reception {
        try receive(alert, webhook, inventory: inventory, at: now)
    }

    fileprivate func asks(at now: Timestamp = start) -> [String] {
        asking(AlertFixture.terms, at: now).map(\.key.fingerprint).sorted()
    }
}

@Suite("A received alert")
struct ReceivedAlertsTests {
    @Test("requests a restart of its graph, and names its sender")
    func request() throws {
        var alerts = ReceivedAlerts()
        #expect(try alerts.take(AlertFixture.alert(["hang": "import"])) == .accepted)
        let request = try #require(alerts.asking(AlertFixture.terms, at: start).first?.request)
        #expect(request.graphID == GraphID("g"))
        #expect(request.hangClass == .importing)
        #expect(request.source == .webhook(fingerprint: "f1"))
        #expect(request.activeAt == start - .seconds(60))
        #expect("\(request)".contains("by webhook"))
    }

    @Test(
        "requests nothing unless all of it is valid",
        arguments: [
            (["alertname": "GraphHun"], IgnoredReason.alertname), (["alertname": ""], .alertname),
            (["alertname": "graphhung"], .alertname), (["alertname": "GraphHung "], .alertname),
            (["remediate": ""], .remediate), (["remediate": "Restart"], .remediate),
            (["graph_id": ""], .graph), (["graph_id": "other"], .graph),
            (["hang": "unknown"], .hang), (["hang": "Import"], .hang),
            (["x": String(repeating: "x", count: 1_025)], .tooLarge),
        ]
    )
    func ignored(changes: [String: String], reason: IgnoredReason) throws {
        var alerts = ReceivedAlerts()
        #expect(try alerts.take(AlertFixture.alert(changes)) == .ignored(reason))
        #expect(alerts.alerts.isEmpty)
    }

    @Test("is identified by fingerprint and start")
    func duplicates() throws {
        var alerts = ReceivedAlerts()
        #expect(try alerts.take(AlertFixture.alert()) == .accepted)
        #expect(try alerts.take(AlertFixture.alert()).label == "duplicate")
        let again = AlertFixture.alert(startsAt: start)
        #expect(try alerts.take(again) == .accepted)
        #expect(try alerts.take(AlertFixture.alert(fingerprint: "f2")) == .accepted)
        let stolen = AlertFixture.alert(["hang": "import"])
        #expect(try alerts.take(stolen) == .ignored(.fingerprint))
        for text in ["", "a b", String(repeating: "a", count: 65), "é"] {
            let odd = AlertFixture.alert(fingerprint: text)
            #expect(try alerts.take(odd) == .ignored(.fingerprint))
        }
    }

    @Test("stays resolved, whatever arrives late")
    func resolved() throws {
        var alerts = ReceivedAlerts()
        #expect(try alerts.take(AlertFixture.alert(status: .resolved)) == .resolved)
        #expect(try alerts.take(AlertFixture.alert()).label == "duplicate")
        #expect(alerts.asks().isEmpty)
        #expect(try alerts.take(AlertFixture.alert(startsAt: start)) == .accepted)
        let end = AlertFixture.alert(status: .resolved, startsAt: start)
        #expect(try alerts.take(end) == .resolved)
        #expect(try alerts.take(end).label == "duplicate")
        #expect(alerts.asks().isEmpty)
    }

    @Test("that is missing from a later message has not ended")
    func missing() throws {
        var alerts = ReceivedAlerts()
        _ = try alerts.take(AlertFixture.alert())
        _ = try alerts.take(AlertFixture.alert(fingerprint: "f2"))
        _ = try alerts.take(AlertFixture.alert(fingerprint: "f2"), at: start + .seconds(300))
        #expect(alerts.asks(at: start + .seconds(600)) == ["f1", "f2"])
    }

    @Test("without a start stays ended while it is repeated")
    func repetitionsWithoutStart() throws {
        func alert(
            _ seconds: Int64,
            _ status: IncomingAlert.Status = .firing(until: nil)
        ) -> IncomingAlert {
            var alert = AlertFixture.alert(status: status, startsAt: start + .seconds(seconds))
            alert.isStartAssumed = true
            return alert
        }
        var alerts = ReceivedAlerts()
        func take(_ seconds: Int64, _ incoming: IncomingAlert) throws -> String {
            try alerts.take(incoming, at: start + .seconds(seconds)).label
        }
        #expect(try take(0, alert(0)) == "accepted")
        #expect(try take(10, alert(10)) == "duplicate")
        alerts.review(AlertFixture.steadily(19, "200", true), at: start + .seconds(20))
        #expect(alerts.asks(at: start + .seconds(20)) == [])
        for seconds in stride(from: Int64(30), to: 30_000, by: 3600) {
            #expect(try take(seconds, alert(seconds)) == "duplicate")
            #expect(alerts.asks(at: start + .seconds(seconds)) == [])
        }
        #expect(alerts.alerts.count == 1)
        // It does so after a start, too.
        alerts = ReceivedAlerts(alerts.newestFirst)
        #expect(try take(29_000, alert(29_000)) == "duplicate")
        // The sender ended it, so the next one is new.
        #expect(try take(30_000, alert(30_000, .resolved)) == "resolved")
        #expect(try take(30_010, alert(30_010)) == "accepted")
        #expect(alerts.asks(at: start + .seconds(30_010)) == ["f1"])
        // So is one after a pause that is longer than the time after which alerts expire.
        let pause = 30_010 + 18_001 as Int64
        alerts.review(AlertFixture.steadily(30_019, "200", true), at: start + .seconds(30_020))
        #expect(alerts.asks(at: start + .seconds(30_020)) == [])
        #expect(try take(pause, alert(pause)) == "accepted")
    }

    @Test("without a start is a new one after it expired or its end has passed")
    func expiredWithoutStart() throws {
        for (until, seconds) in [(nil, 18_000), (60, 60)] as [(Int64?, Int64)] {
            var first = AlertFixture.alert(
                status: .firing(until: until.map { start + .seconds($0) }),
                startsAt: start
            )
            first.isStartAssumed = true
            var alerts = ReceivedAlerts()
            #expect(try alerts.take(first).label == "accepted")
            let later = start + .seconds(seconds)
            var second = AlertFixture.alert(startsAt: later)
            second.isStartAssumed = true
            #expect(try alerts.take(second, at: later - .seconds(1)).label == "duplicate")
            alerts = ReceivedAlerts()
            _ = try alerts.take(first)
            #expect(try alerts.take(second, at: later).label == "accepted")
            let asking = alerts.asking(AlertFixture.terms, at: later)
            #expect(asking.map(\.key.startsAt) == [later])
        }
    }

    @Test("expires by age, counted from when it was last received")
    func expiry() throws {
        var alerts = ReceivedAlerts()
        _ = try alerts.take(AlertFixture.alert())
        let hours = { (count: Int64) in start + .seconds(count * 3600) }
        #expect(alerts.asks(at: hours(5) - .milliseconds(1)) == ["f1"])
        #expect(alerts.asks(at: hours(5)).isEmpty)
        _ = try alerts.take(AlertFixture.alert(), at: hours(4))
        #expect(alerts.asks(at: hours(8)) == ["f1"])
    }

    @Test("from Prometheus lasts until its end, which may be postponed")
    func endsAt() throws {
        var alerts = ReceivedAlerts()
        let minutes = { (count: Int64) in start + .seconds(count * 60) }
        _ = try alerts.take(AlertFixture.alert(status: .firing(until: minutes(4))))
        #expect(alerts.asks(at: minutes(3)) == ["f1"])
        #expect(alerts.asks(at: minutes(4)).isEmpty)
        let later = AlertFixture.alert(status: .firing(until: minutes(9)))
        #expect(try alerts.take(later, at: minutes(5)).label == "duplicate")
        _ = try alerts.take(AlertFixture.alert(status: .firing(until: minutes(6))), at: minutes(5))
        #expect(alerts.asks(at: minutes(8)) == ["f1"])
        #expect(alerts.asks(at: minutes(9)).isEmpty)
    }

    @Test(
        "is contradicted only by observations after it was received",
        arguments: [
            ("", 1, "200", true, true), ("", 1, "200", false, false), ("", -1, "200", true, false),
            ("", 0, "200", true, false), ("", 1, "200", nil, false), ("", 1, "901", nil, true),
            ("", -1, "901", nil, false), ("import", 1, "202", true, false),
            ("import", 1, "200", nil, true), ("import", 1, "204", nil, true),
            ("export", 1, "204", true, false), ("clear", 1, "205", nil, false),
        ] as [(String, Int64, String, Bool?, Bool)]
    )
    func contradiction(
        hang: String,
        seconds: Int64,
        status: String,
        answered: Bool?,
        isContradicted: Bool
    ) throws {
        var alerts = ReceivedAlerts()
        _ = try alerts.take(AlertFixture.alert(["hang": hang]))
        alerts.review(AlertFixture.steadily(seconds, status, answered), at: start + .seconds(2))
        #expect(alerts.asks(at: start + .seconds(2)).isEmpty == isContradicted)
        guard isContradicted else { return }
        // The graph has that state again: only a new start of the alert counts.
        alerts.review(known, at: start + .seconds(60))
        let again = AlertFixture.alert(["hang": hang])
        #expect(try alerts.take(again, at: start + .seconds(60)).label == "duplicate")
        #expect(alerts.asks(at: start + .seconds(61)).isEmpty)
        let anew = AlertFixture.alert(["hang": hang], startsAt: start + .seconds(50))
        #expect(try alerts.take(anew, at: start + .seconds(60)) == .accepted)
        #expect(alerts.asks(at: start + .seconds(61)) == ["f1"])
    }

    @Test(
        "asks again when it is repeated and the graph is as it says again, from then on",
        arguments: ["901", "920", "200"],
        [true, false]
    )
    func contradictedForAWhile(status: String, isStartAssumed: Bool) throws {
        var alerts = ReceivedAlerts()
        var repeated = AlertFixture.alert()
        repeated.isStartAssumed = isStartAssumed
        _ = try alerts.take(repeated)
        let contradiction = AlertFixture.steadily(1, status, status == "200")
        alerts.review(contradiction, at: start + .seconds(2))
        repeated.startsAt = isStartAssumed ? start + .seconds(3) : repeated.startsAt
        // While the contradiction lasts, and from readings before it.
        for inventory in [contradiction, known] {
            #expect(
                try alerts.take(repeated, AlertFixture.terms, inventory, at: start + .seconds(3))
                    .label == "duplicate"
            )
            alerts.review(inventory, at: start + .seconds(3))
            #expect(alerts.asks(at: start + .seconds(3)).isEmpty)
        }
        let hung = AlertFixture.inventory((60, "200", false))
        alerts.review(hung, at: start + .seconds(60))
        #expect(alerts.asks(at: start + .seconds(60)).isEmpty, "it may have ended meanwhile")
        let again = start + .seconds(61)
        #expect(try alerts.take(repeated, AlertFixture.terms, hung, at: again) == .accepted)
        alerts.review(hung, at: again)
        #expect(alerts.asks(at: again) == ["f1"])
        #expect(alerts.asking(AlertFixture.terms, at: again).map(\.request.activeAt) == [again])
        #expect(try alerts.take(repeated, AlertFixture.terms, hung, at: again).label == "duplicate")
        #expect(alerts.alerts.count == 1)
    }

    @Test("asks again without being repeated once a graph that had answered is silent for long")
    func silentAgain() throws {
        var alerts = ReceivedAlerts()
        _ = try alerts.take(AlertFixture.alert())
        var inventory = AlertFixture.steadily(1, "200", true)
        alerts.review(inventory, at: start + .seconds(2))
        #expect(alerts.asks(at: start + .seconds(2)).isEmpty)
        func poll(_ seconds: Int64, _ status: String, _ answered: Bool?) {
            let at = start + .seconds(seconds)
            inventory.merge(AlertFixture.readings(at, status, answered), freshness: .seconds(100))
            alerts.review(inventory, at: at)
        }
        for seconds in stride(from: Int64(60), to: 660, by: 30) { poll(seconds, "200", false) }
        #expect(alerts.asks(at: start + .seconds(659)).isEmpty)
        // A reading that cannot tell says nothing of the silence.
        poll(630, "200", nil)
        // One answer, and the silence begins anew.
        poll(645, "200", true)
        for seconds in stride(from: Int64(660), to: 1_260, by: 30) { poll(seconds, "200", false) }
        #expect(alerts.asks(at: start + .seconds(1_259)).isEmpty)
        poll(1_260, "901", nil)
        #expect(alerts.asks(at: start + .seconds(1_260)).isEmpty)
        poll(1_290, "200", false)
        let now = start + .seconds(1_290)
        #expect(alerts.asks(at: now) == ["f1"])
        let requests = alerts.asking(AlertFixture.terms, at: now).map(\.request)
        #expect(requests.map(\.activeAt) == [start + .seconds(660)])
    }

    @Test(
        "does not ask again once its sender has resolved it while the graph answered",
        arguments: [AlertFixture.alert().startsAt, start + .seconds(1)]
    )
    func resolvedMeanwhile(startsAt: Timestamp) throws {
        var alerts = ReceivedAlerts()
        _ = try alerts.take(AlertFixture.alert())
        var inventory = AlertFixture.steadily(1, "200", true)
        alerts.review(inventory, at: start + .seconds(2))
        var end = AlertFixture.alert(status: .resolved)
        end.startsAt = startsAt
        #expect(try alerts.take(end, AlertFixture.terms, inventory, at: start) == .resolved)
        for seconds in stride(from: Int64(60), to: 1_260, by: 30) {
            let at = start + .seconds(seconds)
            inventory.merge(AlertFixture.readings(at, "200", false), freshness: .seconds(100))
            alerts.review(inventory, at: at)
            #expect(alerts.asks(at: at).isEmpty)
        }
    }

    @Test("is not contradicted by a single answer or status, which may be wrong")
    func singleReading() throws {
        for (status, answered) in [("200", true), ("901", nil)] as [(String, Bool?)] {
            var alerts = ReceivedAlerts()
            _ = try alerts.take(AlertFixture.alert())
            let polls = AlertFixture.inventory((1, status, answered), (2, "200", false))
            alerts.review(polls, at: start + .seconds(3))
            #expect(alerts.asks(at: start + .seconds(3)) == ["f1"])
        }
    }

    @Test("is dropped with its graph, once a complete listing lacks the graph")
    func graphGone() throws {
        var alerts = ReceivedAlerts()
        _ = try alerts.take(AlertFixture.alert())
        alerts.review(Inventory(), at: start + .seconds(10))
        #expect(alerts.asks(at: start + .seconds(10)) == ["f1"])
        alerts.review(
            AlertFixture.inventory((-30, "200", false), (20, nil, nil)),
            at: start + .seconds(20)
        )
        #expect(alerts.asks(at: start + .seconds(20)).isEmpty)
    }

    @Test("requests nothing if its name is no longer allowed")
    func nameTakenAway() throws {
        var alerts = ReceivedAlerts()
        _ = try alerts.take(AlertFixture.alert())
        let other = WebhookTerms(alertnames: ["Other"])
        #expect(alerts.asking(other, at: start).isEmpty)
    }

    @Test("is remembered for ten days, and then forgotten")
    func retention() throws {
        var alerts = ReceivedAlerts()
        _ = try alerts.take(AlertFixture.alert(status: .resolved))
        alerts.changesWereSaved()
        alerts.review(known, at: start + .seconds(10 * 86_400))
        #expect(alerts.alerts.count == 1)
        alerts.review(known, at: start + .seconds(10 * 86_400 + 1))
        #expect(alerts.alerts.isEmpty)
        #expect(alerts.removed.count == 1)
    }

    @Test("keeps its age when the clock is set")
    func clockSet() throws {
        var alerts = ReceivedAlerts()
        _ = try alerts.take(AlertFixture.alert())
        let day = Duration.seconds(86_400)
        alerts.shift(by: day)
        #expect(alerts.asks(at: start + day + .seconds(4 * 3600)) == ["f1"])
        #expect(alerts.asks(at: start + day + .seconds(5 * 3600)).isEmpty)
        #expect(alerts.saved.map(\.key.fingerprint) == ["f1"])
    }

    @Test("with a time in the future counts as received now")
    func receivedAhead() throws {
        var alerts = ReceivedAlerts()
        let hour = Duration.seconds(3600)
        _ = try alerts.take(AlertFixture.alert(), at: start + hour)
        alerts.review(known, at: start)
        #expect(alerts.asks(at: start + .seconds(4 * 3600)) == ["f1"])
        #expect(alerts.asks(at: start + .seconds(5 * 3600)).isEmpty)
        alerts.review(AlertFixture.steadily(29, "200", true), at: start + .seconds(30))
        #expect(alerts.asks(at: start + .seconds(30)).isEmpty)
    }

    @Test("makes room for others only when it no longer requests anything")
    func capacity() throws {
        var alerts = ReceivedAlerts(capacity: 2)
        _ = try alerts.take(AlertFixture.alert(fingerprint: "a"))
        _ = try alerts.take(AlertFixture.alert(status: .resolved, fingerprint: "b"))
        #expect(try alerts.take(AlertFixture.alert(fingerprint: "c")) == .accepted)
        #expect(alerts.asks() == ["a", "c"])
        #expect(throws: ReceivedAlerts.Full.self) {
            try alerts.take(AlertFixture.alert(fingerprint: "d"))
        }
        let block = AlertFixture.alert(["remediate": "block", "graph_id": ""], fingerprint: "e")
        #expect(try alerts.take(block) == .accepted)
    }

    @Test("is shown without characters that could break a line or a terminal")
    func oneLine() throws {
        var alert = AlertFixture.alert()
        alert.summary = "a\nb\u{1B}[31m\u{202E}" + String(repeating: "x", count: 500)
        var alerts = ReceivedAlerts()
        _ = try alerts.take(alert)
        let summary = try #require(alerts.alerts.values.first?.summary)
        #expect(summary.hasPrefix(#"a\u000ab\u001b[31m\u202exx"#))
        #expect(summary.hasSuffix("x\u{2026}"))
        #expect(summary.unicodeScalars.count < 220)
    }
}
