import PromQL
import Series
import Testing

@testable import Rules

@Suite("An alert")
struct AlertLifeTests {
    @Test("fires when its expression has held for long enough")
    func firesAfterItsHold() throws {
        var fixture = try EngineFixture(rule: "alert: A, expr: m == 0, for: 2m")
        var states: [[String]] = []
        for minute in 0...4 {
            fixture.append(minute < 4 ? 0 : 1, graph1, at: Double(minute))
            fixture.evaluate(at: Double(minute))
            states.append(fixture.alerts)
        }
        #expect(states == [["pending g1"], ["pending g1"], ["firing g1"], ["firing g1"], []])
        #expect(fixture.rules.resolvedAlerts.map(\.state) == [.resolved(at: minutes(4))])
    }

    @Test("fires at once without a hold")
    func firesAtOnce() throws {
        var fixture = try EngineFixture(rule: "alert: A, expr: m == 0")
        fixture.append(0, graph1, at: 0)
        let report = fixture.evaluate(at: 0)
        #expect(fixture.alerts == ["firing g1"])
        #expect(
            report.transitions.map(\.to) == [.pending, .firing(since: minutes(0), keptSince: nil)]
        )
    }

    @Test("fires at the next evaluation when the hold is shorter than the interval")
    func shortHold() throws {
        var fixture = try EngineFixture(rule: "alert: A, expr: m == 0, for: 10s")
        fixture.append(0, graph1, at: 0)
        fixture.evaluate(at: 0)
        #expect(fixture.alerts == ["pending g1"])
        fixture.evaluate(at: 1)
        #expect(fixture.alerts == ["firing g1"])
    }

    @Test("starts over after a gap while pending")
    func resetsWhilePending() throws {
        var fixture = try EngineFixture(rule: "alert: A, expr: m == 0, for: 2m")
        for (minute, value) in [0.0, 1, 0, 0, 0].enumerated() {
            fixture.append(value, graph1, at: Double(minute))
            fixture.evaluate(at: Double(minute))
        }
        #expect(fixture.alerts == ["firing g1"])
        #expect(fixture.rules.activeAlerts[0].activeAt == minutes(2))
        #expect(fixture.rules.activeAlerts[0].firedAt == minutes(4))
    }

    @Test("keeps firing for keep_firing_for")
    func keepsFiring() throws {
        var fixture = try EngineFixture(rule: "alert: A, expr: m == 0, keep_firing_for: 2m")
        var states: [[String]] = []
        for (minute, value) in [0.0, 1, 1, 0, 1, 1, 1].enumerated() {
            fixture.append(value, graph1, at: Double(minute))
            fixture.evaluate(at: Double(minute))
            states.append(fixture.alerts)
            if minute == 3 { #expect(fixture.rules.activeAlerts[0].keepFiringSince == nil) }
        }
        let firing = ["firing g1"]
        #expect(states == [firing, firing, firing, firing, firing, firing, []])
    }

    @Test("is a new alert when it returns after its end")
    func returns() throws {
        var fixture = try EngineFixture(rule: "alert: A, expr: m == 0, for: 1m")
        for (minute, value) in [0.0, 0, 1, 0].enumerated() {
            fixture.append(value, graph1, at: Double(minute))
            fixture.evaluate(at: Double(minute))
        }
        #expect(fixture.alerts == ["pending g1"])
        #expect(fixture.rules.activeAlerts[0].activeAt == minutes(3))
    }

    @Test("is remembered for a quarter of an hour after its end")
    func retention() throws {
        var fixture = try EngineFixture(rule: "alert: A, expr: m == 0")
        for minute in 0...17 {
            fixture.append(minute == 0 ? 0 : 1, graph1, at: Double(minute))
            fixture.evaluate(at: Double(minute))
            let remembered = fixture.rules.resolvedAlerts.count
            #expect(remembered == (1...16 ~= minute ? 1 : 0), "minute \(minute)")
        }
    }

    @Test("carries the labels of sample and rule")
    func labels() throws {
        var fixture = try EngineFixture(
            rule:
                "alert: A, expr: m == 0, labels: {hang: import, graph_id: 'x-{{ $labels.graph_id }}', "
                + "gone: ''}, annotations: {summary: '{{ $labels.__name__ }} {{ $value }}', "
                + "bad: '{{ $value.x }}', empty: ''}"
        )
        fixture.append(0, graph1.setting("gone", to: "1"), at: 0)
        fixture.evaluate(at: 0)
        let alert = try #require(fixture.rules.activeAlerts.first)
        #expect(alert.labels == ["alertname": "A", "graph_id": "x-g1", "hang": "import"])
        #expect(alert.annotations.map(\.name) == ["bad", "empty", "summary"])
        #expect(alert.annotations.map(\.value).last == "m 0")
        #expect(
            alert.annotations[0].value.hasPrefix(
                "<error expanding template: error executing template __alert_A: "
            )
        )
    }

    @Test("keeps its age, but takes the newest value and texts")
    func newestValue() throws {
        var fixture = try EngineFixture(
            rule: "alert: A, expr: m > 0, annotations: {now: '{{ $value }}'}"
        )
        for minute in 0...1 {
            fixture.append(Double(minute) + 1, graph1, at: Double(minute))
            fixture.evaluate(at: Double(minute))
        }
        let alert = try #require(fixture.rules.activeAlerts.first)
        #expect(alert.activeAt == minutes(0))
        #expect(alert.value == 2)
        #expect(alert.annotations.map(\.value) == ["2"])
    }

    @Test("survives a template that fails")
    func failingText() throws {
        var fixture = try EngineFixture(
            rule:
                "alert: A, expr: m, annotations: {bad: '{{ humanize \"x\" }}', good: '{{ $value }}'}"
        )
        fixture.append(1, graph1, at: 0)
        let templates = fixture.evaluate(at: 0).groups[0].templates
        #expect(templates.expansions == 2)
        #expect(templates.failures == 1)
        let texts = fixture.rules.activeAlerts[0].annotations.map(\.value)
        #expect(texts[0].hasPrefix("<error expanding template: "))
        #expect(texts[1] == "1")
    }

    @Test("comes from a scalar without labels")
    func scalar() throws {
        var fixture = try EngineFixture(rule: "alert: A, expr: '1'")
        fixture.evaluate(at: 0)
        #expect(fixture.rules.activeAlerts.map(\.labels) == [["alertname": "A"]])
    }

    @Test("is stored as series that end when the state changes")
    func series() throws {
        var fixture = try EngineFixture(rule: "alert: A, expr: m == 0, for: 1m")
        let pending = "{alertname=\"A\", alertstate=\"pending\", graph_id=\"g1\"}"
        let firing = "{alertname=\"A\", alertstate=\"firing\", graph_id=\"g1\"}"
        let since = "{alertname=\"A\", graph_id=\"g1\"}"
        fixture.append(0, graph1, at: 1)
        fixture.evaluate(at: 1)
        #expect(fixture.series("ALERTS", at: 1) == [pending: 1])
        #expect(fixture.series("ALERTS_FOR_STATE", at: 1) == [since: 60])
        fixture.evaluate(at: 2)
        #expect(fixture.series("ALERTS", at: 2) == [firing: 1])
        #expect(fixture.series("ALERTS_FOR_STATE", at: 2) == [since: 60])
        fixture.append(1, graph1, at: 3)
        fixture.evaluate(at: 3)
        #expect(fixture.series("ALERTS", at: 3) == [:])
        #expect(fixture.series("ALERTS_FOR_STATE", at: 3) == [:])
    }

    @Test("is unchanged if an evaluation fails")
    func failingEvaluation() throws {
        var fixture = try EngineFixture(
            rule: "alert: A, expr: m == 0, labels: {graph_id: same}"
        )
        fixture.append(0, graph1, at: 0)
        fixture.evaluate(at: 0)
        // A second graph makes two alerts with the same labels.
        fixture.append(0, graph2, at: 1)
        let report = fixture.evaluate(at: 1)
        #expect(
            report.groups[0].rules[0].error
                == "vector contains metrics with the same labelset after applying alert labels"
        )
        #expect(fixture.alerts == ["firing same"])
        #expect(fixture.series("ALERTS", at: 1).count == 1)
        let status = fixture.rules.groups[0]
        #expect(status.counters.failures == 1)
        #expect(status.counters.evaluations == 2)
        #expect(
            status.rules[0].health
                == .failing(
                    "vector contains metrics with the same labelset after applying alert labels"
                )
        )
    }

    @Test("is unchanged if its expression fails")
    func failingExpression() throws {
        var fixture = try EngineFixture(rule: "alert: A, expr: m == 0 and on (x) (n + on (x) o)")
        fixture.append(0, graph1, at: 0)
        fixture.append(1, ["__name__": "n"], at: 0)
        fixture.append(1, ["__name__": "o"], at: 0)
        fixture.evaluate(at: 0)
        #expect(fixture.alerts == ["firing g1"])
        fixture.append(1, ["__name__": "o", "y": "1"], at: 1)
        let error = fixture.evaluate(at: 1).groups[0].rules[0].error
        #expect(error?.hasPrefix("found duplicate series for the match group {}") == true)
        #expect(fixture.alerts == ["firing g1"])
    }

    @Test("is dropped with all others if there are more than the limit")
    func limit() throws {
        var fixture = try EngineFixture(
            rule: "alert: A, expr: m == 0",
            group: "limit: 1,"
        )
        fixture.append(0, graph1, at: 0)
        fixture.evaluate(at: 0)
        fixture.append(0, graph2, at: 1)
        let report = fixture.evaluate(at: 1)
        #expect(report.groups[0].rules[0].error == "exceeded limit of 1 with 2 alerts")
        #expect(fixture.alerts.isEmpty)
        #expect(fixture.rules.resolvedAlerts.isEmpty)
    }

    @Test("looks back by the query offset")
    func queryOffset() throws {
        var fixture = try EngineFixture(
            rule: "alert: A, expr: m == 0",
            group: "query_offset: 2m,"
        )
        fixture.append(1, graph1, at: 0)
        fixture.append(0, graph1, at: 3)
        fixture.evaluate(at: 4)
        #expect(fixture.alerts.isEmpty)
        fixture.evaluate(at: 5)
        #expect(fixture.rules.activeAlerts.map(\.activeAt) == [minutes(5)])
        #expect(fixture.series("ALERTS", at: 3).count == 1)
        #expect(fixture.series("ALERTS", at: 2.9).isEmpty)
    }
}
