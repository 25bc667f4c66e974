import PromQL
import Series
import Testing

@testable import Rules

@Suite("After a reload")
struct ReloadTests {
    private func running(_ rule: String) throws -> EngineFixture {
        var fixture = try EngineFixture(rule: rule)
        fixture.append(0, graph1, at: 0)
        fixture.evaluate(at: 0)
        return fixture
    }

    private func reload(
        _ fixture: inout EngineFixture,
        _ text: String,
        path: String = "r.yml"
    ) throws {
        fixture.rules.replaceFiles(
            [try EngineFixture.file(text, path: path)],
            options: fixture.rules.options
        )
    }

    @Test("a changed expression keeps the alerts")
    func changedExpression() throws {
        var fixture = try running("alert: A, expr: m == 0, for: 2m")
        try reload(&fixture, "groups: [{name: g, rules: [{alert: A, expr: m > -1, for: 2m}]}]")
        #expect(fixture.alerts == ["pending g1"])
        fixture.evaluate(at: 2)
        #expect(fixture.alerts == ["firing g1"])
        #expect(fixture.rules.activeAlerts[0].activeAt == minutes(0))
    }

    @Test("a changed condition does not inherit the time of the old one, not even across a start")
    func changedCondition() throws {
        let old = "alert: A, expr: m == 0"
        let new = "groups: [{name: g, rules: [{alert: A, expr: m > -1}]}]"
        var fixture = try running(old)
        #expect(fixture.rules.activeAlerts[0].heldSince == minutes(0))
        try reload(&fixture, new)
        #expect(fixture.rules.activeAlerts[0].heldSince == nil)
        fixture.evaluate(at: 2)
        #expect(fixture.rules.activeAlerts[0].heldSince == minutes(2))
        fixture.evaluate(at: 3)
        #expect(fixture.rules.activeAlerts[0].heldSince == minutes(2))

        for (text, since) in [(new, 2.0), ("groups: [{name: g, rules: [{\(old)}]}]", 4.0)] {
            var restarted = try EngineFixture(text)
            restarted.rules.restore(fixture.rules.snapshot(), at: minutes(3))
            restarted.append(0, graph1, at: 4)
            restarted.evaluate(at: 4)
            #expect(restarted.rules.activeAlerts[0].heldSince == minutes(since))
        }
    }

    @Test("results of the old definition do not count as confirmed")
    func oldDefinition() throws {
        var fixture = try running("alert: A, expr: m == 0")
        #expect(fixture.rules.alertsOfHealthyRules.count == 1)
        try reload(&fixture, "groups: [{name: g, rules: [{alert: A, expr: m > -1}]}]")
        #expect(fixture.alerts == ["firing g1"])
        #expect(fixture.rules.alertsOfHealthyRules.isEmpty)
        fixture.evaluate(at: 1)
        #expect(fixture.rules.alertsOfHealthyRules.count == 1)
    }

    @Test("results of an unchanged definition stay confirmed")
    func unchanged() throws {
        var fixture = try running("alert: A, expr: m == 0")
        try reload(&fixture, "groups: [{name: g, rules: [{alert: A, expr: m == 0}]}]")
        #expect(fixture.rules.alertsOfHealthyRules.count == 1)
    }

    @Test("a changed label drops the alerts and ends their series")
    func changedLabel() throws {
        var fixture = try running("alert: A, expr: m == 0")
        try reload(
            &fixture,
            "groups: [{name: g, rules: [{alert: A, expr: m == 0, labels: {a: b}}]}]"
        )
        #expect(fixture.alerts.isEmpty)
        fixture.evaluate(at: 1)
        #expect(
            fixture.series("ALERTS", at: 1) == [
                "{a=\"b\", alertname=\"A\", alertstate=\"firing\", graph_id=\"g1\"}": 1
            ]
        )
    }

    @Test("a longer hold sends a firing alert back to pending")
    func longerHold() throws {
        var fixture = try running("alert: A, expr: m == 0")
        try reload(&fixture, "groups: [{name: g, rules: [{alert: A, expr: m == 0, for: 5m}]}]")
        fixture.evaluate(at: 1)
        #expect(fixture.alerts == ["pending g1"])
    }

    @Test("an unchanged group continues")
    func unchangedGroup() throws {
        var fixture = try running("alert: A, expr: m == 0")
        let counters = fixture.rules.groups[0].counters
        try reload(&fixture, "groups: [{name: g, rules: [{alert: A, expr: m == 0}]}]")
        #expect(fixture.rules.groups[0].counters == counters)
        #expect(fixture.rules.groups[0].rules[0].health == .ok)
    }

    @Test("of duplicate rules, the nth continues the nth")
    func twins() throws {
        var fixture = try EngineFixture(
            "groups: [{name: g, rules: [{alert: A, expr: m == 0}, {alert: A, expr: m == 1}]}]"
        )
        fixture.append(0, graph1, at: 0)
        fixture.append(1, graph2, at: 0)
        fixture.evaluate(at: 0)
        #expect(fixture.alerts == ["firing g1", "firing g2"])
        try reload(
            &fixture,
            "groups: [{name: g, rules: [{alert: A, expr: m == 0}, {alert: A, expr: m > 0}]}]"
        )
        fixture.evaluate(at: 1)
        #expect(
            fixture.rules.groups[0].rules.map { $0.alerts.map(\.activeAt) } == [
                [minutes(0)], [minutes(0)],
            ]
        )
    }

    @Test("the series of a removed group end after two intervals")
    func removedGroup() throws {
        var fixture = try running("record: r, expr: m")
        try reload(&fixture, "groups: [{name: other, rules: []}]")
        _ = fixture.rules.evaluate(at: minutes(1), store: &fixture.store)
        _ = fixture.rules.evaluate(at: minutes(2.9), store: &fixture.store)
        #expect(fixture.series("r", at: 2.9).count == 1)
        _ = fixture.rules.evaluate(at: minutes(3), store: &fixture.store)
        #expect(fixture.series("r", at: 3).isEmpty)
    }

    @Test("a rule that moved to another group continues its series")
    func movedRule() throws {
        var fixture = try running("record: r, expr: m")
        try reload(&fixture, "groups: [{name: other, rules: [{record: r, expr: m}]}]")
        _ = fixture.rules.evaluate(at: minutes(1), store: &fixture.store)
        _ = fixture.rules.evaluate(at: minutes(2.5), store: &fixture.store)
        _ = fixture.rules.evaluate(at: minutes(4), store: &fixture.store)
        #expect(fixture.series("r", at: 4).count == 1)
    }
}

@Suite("After a restart of the process")
struct RestartTests {
    private let rule = "alert: A, expr: m == 0, for: 5m, labels: {hang: import}"

    /// A fixture whose alert was observed from minute 0 to minute `last`.
    private func snapshot(after last: Int, _ rule: String) throws -> [AlertSnapshot] {
        var fixture = try EngineFixture(rule: rule)
        for minute in 0...last {
            fixture.append(0, graph1, at: Double(minute))
            fixture.evaluate(at: Double(minute))
        }
        return fixture.rules.snapshot()
    }

    @Test("a short hold resumes where it was")
    func shortHold() throws {
        let snapshot = try snapshot(after: 3, rule)
        var fixture = try EngineFixture(rule: rule)
        #expect(fixture.rules.restore(snapshot, at: minutes(10)) == 1)
        #expect(fixture.rules.activeAlerts.map(\.isConfirmed) == [false])
        // Three of five minutes were over; the seven of the outage do not count.
        for minute in 10...12 {
            fixture.append(0, graph1, at: Double(minute))
            fixture.evaluate(at: Double(minute))
            #expect(fixture.alerts == [minute < 12 ? "pending g1" : "firing g1"])
        }
        #expect(fixture.rules.activeAlerts.map(\.isConfirmed) == [true])
    }

    @Test("a firing alert still fires")
    func firing() throws {
        let snapshot = try snapshot(after: 6, rule)
        var fixture = try EngineFixture(rule: rule)
        fixture.rules.restore(snapshot, at: minutes(20))
        #expect(fixture.alerts == ["firing g1"])
        fixture.append(0, graph1, at: 20)
        #expect(fixture.evaluate(at: 20).transitions.isEmpty)
        #expect(fixture.rules.activeAlerts[0].activeAt == minutes(0))
        #expect(fixture.rules.activeAlerts[0].firedAt == minutes(5))
    }

    @Test("keep_firing_for resumes where it was")
    func keepFiring() throws {
        let rule = "alert: A, expr: m == 0, keep_firing_for: 10m"
        var before = try EngineFixture(rule: rule)
        before.append(0, graph1, at: 0)
        before.evaluate(at: 0)
        before.append(1, graph1, at: 1)
        before.evaluate(at: 1)
        var fixture = try EngineFixture(rule: rule)
        fixture.rules.restore(before.rules.snapshot(), at: minutes(2))
        #expect(fixture.rules.activeAlerts[0].keepFiringSince == minutes(1))
        fixture.append(1, graph1, at: 10)
        fixture.evaluate(at: 10.9)
        #expect(fixture.alerts == ["firing g1"])
        fixture.evaluate(at: 11)
        #expect(fixture.alerts.isEmpty)
    }

    @Test(
        "an alert that is over ends with the first evaluation on fresh data",
        arguments: [
            "m == 0", "m == 0 and count_over_time(m[2h]) > 1", "max_over_time(m[10m]) < 1",
            "last_over_time(m[10m]) == 0", "max_over_time(m[10m]) <= 0",
            "avg_over_time(m[10m]) < 0.5 and max_over_time(m[10m]) == 0",
            "m == 0 and avg_over_time(m[10m]) < 0.5",
            "avg_over_time(m[10m]) < 0.5 and on (graph_id) m == 0",
            "count_over_time(m[2h]) > 1 and on (graph_id) m == 0", "sum by (graph_id) (m) == 0",
            "max_over_time((m > bool 0)[10m:1m]) == 0", "m == 0 unless m > 5",
        ]
    )
    func over(expression: String) throws {
        let rule = "alert: A, expr: '\(expression)', for: 5m"
        let snapshot = try snapshot(after: 6, rule)
        #expect(snapshot.count == 1)
        var fixture = try EngineFixture(rule: rule)
        fixture.rules.restore(snapshot, at: minutes(7))
        // Without data of its own, another graph's say nothing.
        fixture.append(1, graph2, at: 7)
        fixture.evaluate(at: 7)
        #expect(fixture.alerts == ["firing g1"])
        #expect(fixture.rules.activeAlerts.map(\.isConfirmed) == [false])
        fixture.append(1, graph1, at: 8)
        fixture.evaluate(at: 8)
        #expect(fixture.alerts.isEmpty)
    }

    @Test(
        "an alert whose expression needs more data than there are stays unconfirmed",
        arguments: [
            ("rate(m[10m]) == 0", 8), ("count_over_time(m[5m]) >= 5 and m == 0", 11),
            ("sum_over_time((m < bool 1)[5m:1m]) >= 5", 11), ("m offset 3m == 0", 9),
            ("irate(m[5m]) == 0", 7), ("idelta(m[5m]) == 0", 7),
        ]
    )
    func notEnoughData(expression: String, last: Int) throws {
        let rule = "alert: A, expr: '\(expression)'"
        let snapshot = try snapshot(after: 6, rule)
        #expect(snapshot.count == 1)
        var fixture = try EngineFixture(rule: rule)
        fixture.rules.restore(snapshot, at: minutes(7))
        for minute in 7...last {
            fixture.append(0, graph1, at: Double(minute))
            fixture.evaluate(at: Double(minute))
            #expect(fixture.alerts == ["firing g1"], "minute \(minute)")
        }
    }

    @Test(
        "an alert does not end while older samples could still show that it goes on",
        arguments: [
            "avg_over_time(m[10m]) < 0.5", "min_over_time(m[10m]) == 0",
            "quantile_over_time(0.5, m[10m]) == 0", "first_over_time(m[10m]) == 0",
            "avg_over_time((m > bool 0)[10m:1m]) < 0.5", "rate(m[10m]) < 0.001",
            "deriv(m[10m]) < 0.001", "sum(avg_over_time(m[10m])) by (graph_id) < 0.5",
            "avg_over_time(m[10m]) < 0.5 and present_over_time(m[1m]) == 1",
            "avg_over_time(m[10m]) < 0.5 unless changes(m[10m]) > 5",
        ]
    )
    func undecided(expression: String) throws {
        let rule = "alert: A, expr: '\(expression)'"
        let snapshot = try snapshot(after: 12, rule)
        #expect(snapshot.count == 1)
        var fixture = try EngineFixture(rule: rule)
        fixture.rules.restore(snapshot, at: minutes(13))
        for minute in 13...26 {
            fixture.append(Double(minute), graph1, at: Double(minute))
            fixture.evaluate(at: Double(minute))
            // The range is full ten minutes after the first sample.
            #expect(fixture.alerts == (minute < 23 ? ["firing g1"] : []), "minute \(minute)")
        }
    }

    @Test("the first results of a recording rule show no end before its range is full")
    func recordedData() throws {
        let text = """
            groups:
            - name: g
              rules:
              - {record: outer, expr: inner * 1}
              - {record: inner, expr: "avg_over_time(m[10m])"}
              - {alert: A, expr: outer < 0.5}
            """
        var before = try EngineFixture(text)
        for minute in 0...12 {
            before.append(0, graph1, at: Double(minute))
            before.evaluate(at: Double(minute))
        }
        let snapshot = before.rules.snapshot()
        #expect(snapshot.count == 1)
        var fixture = try EngineFixture(text)
        fixture.rules.restore(snapshot, at: minutes(13))
        for minute in 13...30 {
            fixture.append(1, graph1, at: Double(minute))
            fixture.evaluate(at: Double(minute))
            // Recorded since minute 14, from samples since minute 13.
            #expect(fixture.alerts == (minute < 24 ? ["firing g1"] : []), "minute \(minute)")
        }
    }

    @Test("the search for fresh data is bounded")
    func visits() throws {
        let visits = FreshData.Visits(maximumCount: 10)
        try visits.charge(9)
        #expect(throws: FreshData.Visits.Exhausted.self) { try visits.charge(1) }
        #expect(!visits.take(0))
    }

    @Test("without fresh data, an alert waits unconfirmed, and then ends")
    func unconfirmed() throws {
        let snapshot = try snapshot(after: 6, rule)
        var fixture = try EngineFixture(rule: rule)
        fixture.rules.restore(snapshot, at: minutes(7))
        fixture.evaluate(at: 7)
        #expect(fixture.alerts == ["firing g1"])
        #expect(fixture.rules.activeAlerts.map(\.isConfirmed) == [false])
        // The look-back of five minutes and two intervals.
        fixture.evaluate(at: 13.9)
        #expect(fixture.alerts == ["firing g1"])
        fixture.evaluate(at: 14)
        #expect(fixture.alerts.isEmpty)
    }

    @Test("alerts that are too old or have no rule are left out")
    func leftOut() throws {
        let snapshot = try snapshot(after: 3, rule)
        var fixture = try EngineFixture(rule: rule)
        #expect(fixture.rules.restore(snapshot, at: minutes(3 + 61)) == 0)
        #expect(fixture.rules.restore(snapshot, at: minutes(2)) == 0)
        var other = try EngineFixture(
            rule: "alert: A, expr: m == 0, for: 5m, labels: {hang: export}"
        )
        #expect(other.rules.restore(snapshot, at: minutes(4)) == 0)
        #expect(other.alerts.isEmpty)
    }

    @Test("non-finite values survive")
    func notFinite() throws {
        var fixture = try EngineFixture(rule: "alert: A, expr: m")
        fixture.append(.infinity, graph1, at: 0)
        fixture.append(.nan, graph2, at: 0)
        fixture.evaluate(at: 0)
        let snapshot = fixture.rules.snapshot()
        fixture.rules.restore(snapshot, at: minutes(1))
        #expect(fixture.rules.activeAlerts[0].value == .infinity)
        #expect(fixture.rules.activeAlerts[1].value.isNaN)
    }
}
