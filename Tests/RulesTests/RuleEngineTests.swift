import PromQL
import Series
import Testing

@testable import Rules
import Time

@Suite("A rule engine")
struct RuleEngineTests {
    // MARK: Recording

    @Test("does not confirm the earlier results of a failing rule")
    func failingRule() throws {
        var fixture = try EngineFixture(rule: "alert: A, expr: 'm + on (x) n'")
        fixture.append(0, graph1, at: 0)
        fixture.append(1, ["__name__": "n"], at: 0)
        fixture.evaluate(at: 0)
        #expect(fixture.alerts == ["firing "])
        #expect(fixture.rules.alertsOfHealthyRules.count == 1)
        // Two series on one side: the rule fails, and its alert is unchanged.
        fixture.append(1, ["__name__": "n", "y": "1"], at: 1)
        fixture.append(0, graph1, at: 1)
        fixture.evaluate(at: 1)
        #expect(fixture.rules.activeAlerts.count == 1)
        #expect(fixture.rules.alertsOfHealthyRules.isEmpty)
    }

    @Test("ends a query that takes too long")
    func timeout() throws {
        let text = "alert: A, expr: 'count_over_time((m offset 30d)[1h:10ms]) > 0'"
        var fixture = try EngineFixture(rule: text)
        fixture.append(0, graph1, at: 0)
        var options = fixture.rules.options
        options.queryTimeout = .seconds(1)
        fixture.rules.replaceFiles(
            [try EngineFixture.file("groups: [{name: g, rules: [{\(text)}]}]")],
            options: options
        )
        let elapsed = Elapsed()
        var store = fixture.store
        for minute in 0..<3 {
            _ = fixture.rules.evaluate(at: minutes(Double(minute)), store: &store) {
                elapsed.next()
            }
        }
        guard case .failing(let error) = fixture.rules.groups[0].rules[0].health else {
            Issue.record("the rule was evaluated completely")
            return
        }
        #expect(error.contains("timed out"))
    }

    /// Time that advances by a quarter of a second each time it is read.
    private final class Elapsed {
        private var quarters = 0

        func next() -> Duration {
            quarters += 1
            return .milliseconds(quarters * 250)
        }
    }

    @Test("records series that later rules of the group see")
    func records() throws {
        var fixture = try EngineFixture(
            """
            groups:
              - name: g
                rules:
                  - {record: copy, expr: m, labels: {x: y, graph_id: ''}}
                  - {alert: A, expr: copy == 0}
            """
        )
        fixture.append(0, graph1, at: 0)
        fixture.evaluate(at: 0)
        #expect(fixture.series("copy", at: 0) == ["{x=\"y\"}": 0])
        #expect(fixture.rules.activeAlerts.map(\.labels) == [["alertname": "A", "x": "y"]])
    }

    @Test("ends recorded series that the expression no longer returns")
    func endsSeries() throws {
        var fixture = try EngineFixture(rule: "record: zero, expr: m == 0")
        fixture.append(0, graph1, at: 0)
        fixture.evaluate(at: 0)
        #expect(fixture.series("zero", at: 0).count == 1)
        fixture.append(1, graph1, at: 1)
        fixture.evaluate(at: 1)
        #expect(fixture.series("zero", at: 1).isEmpty)
    }

    @Test("refuses recorded series that become identical")
    func duplicates() throws {
        var fixture = try EngineFixture(rule: "record: r, expr: m, labels: {graph_id: one}")
        fixture.append(0, graph1, at: 0)
        fixture.append(0, graph2, at: 0)
        let report = fixture.evaluate(at: 0)
        #expect(
            report.groups[0].rules[0].error
                == "vector contains metrics with the same labelset after applying rule labels"
        )
        #expect(fixture.series("r", at: 0).isEmpty)
    }

    @Test("limits recorded series")
    func limit() throws {
        var fixture = try EngineFixture(rule: "record: r, expr: m", group: "limit: 1,")
        fixture.append(0, graph1, at: 0)
        fixture.append(0, graph2, at: 0)
        #expect(
            fixture.evaluate(at: 0).groups[0].rules[0].error
                == "exceeded limit of 1 with 2 series"
        )
    }

    @Test("counts samples that the store refuses")
    func refusals() throws {
        var fixture = try EngineFixture(rule: "record: r, expr: m")
        fixture.store = SeriesStore(retention: .seconds(600), maximumSeries: 1)
        fixture.append(0, graph1, at: 0)
        let report = fixture.evaluate(at: 0)
        #expect(report.groups[0].samples == 1)
        #expect(report.groups[0].rejectedSamples == 1)
        #expect(report.groups[0].rules[0].error == "series limit reached")
    }

    @Test("reports two rules that write one series")
    func sharedSeries() throws {
        var fixture = try EngineFixture(
            "groups: [{name: g, rules: [{record: r, expr: '1'}, {record: r, expr: '2'}]}]"
        )
        let errors = fixture.evaluate(at: 0).groups[0].rules.map(\.error)
        #expect(errors == [nil, "duplicate sample for timestamp"])
        #expect(fixture.series("r", at: 0) == ["{}": 1])
    }

    // MARK: Schedule

    @Test("evaluates at slots that do not depend on when it is called")
    func slots() throws {
        var slots: Set<Int64> = []
        for start in [0.0, 13.7, 59.999] {
            var fixture = try EngineFixture(rule: "record: r, expr: m")
            let first = Timestamp(seconds: 1_000_000 + start)
            #expect(fixture.rules.evaluate(at: first, store: &fixture.store).groups.isEmpty)
            let next = try #require(fixture.rules.nextEvaluation)
            #expect(next > first && next - first <= .seconds(60))
            #expect(
                fixture.rules.evaluate(
                    at: next - .milliseconds(1),
                    store: &fixture.store
                ).groups.isEmpty
            )
            let report = fixture.rules.evaluate(
                at: next + .seconds(7),
                store: &fixture.store
            )
            #expect(report.groups.map(\.time) == [next])
            slots.insert(next.milliseconds % 60_000)
        }
        #expect(slots.count == 1)
    }

    @Test("spreads groups over the interval")
    func spread() {
        let phases = (0..<100).compactMap { number -> Int64? in
            var schedule = GroupSchedule(
                interval: .seconds(60),
                group: "group\(number)",
                file: "r.yml"
            )
            _ = schedule.take(at: Timestamp(milliseconds: 0))
            return schedule.next.map { $0.milliseconds / 6000 }
        }
        // Ten tenths of a minute; the hash leaves none of them empty.
        #expect(Set(phases).count == 10)
    }

    @Test("counts and skips missed slots")
    func missedSlots() throws {
        var fixture = try EngineFixture(rule: "record: r, expr: m")
        _ = fixture.rules.evaluate(at: minutes(0), store: &fixture.store)
        let first = try #require(fixture.rules.nextEvaluation)
        _ = fixture.rules.evaluate(at: first, store: &fixture.store)
        let report = fixture.rules.evaluate(
            at: first + .seconds(60 * 4 + 59),
            store: &fixture.store
        )
        #expect(report.groups.map(\.time) == [first + .seconds(240)])
        #expect(report.groups.map(\.missed) == [3])
        let counters = fixture.rules.groups[0].counters
        #expect(counters.iterations == 5)
        #expect(counters.missedIterations == 3)
    }

    @Test("loses no slot to irregular calls")
    func jitter() throws {
        var fixture = try EngineFixture(rule: "record: r, expr: m")
        _ = fixture.rules.evaluate(at: minutes(0), store: &fixture.store)
        let first = try #require(fixture.rules.nextEvaluation)
        for minute in 0...9 {
            let jitter = minute % 2 == 0 ? Duration.milliseconds(-100) : .milliseconds(100)
            _ = fixture.rules.evaluate(
                at: first + .seconds(60 * minute) + jitter,
                store: &fixture.store
            )
        }
        let counters = fixture.rules.groups[0].counters
        #expect(counters.iterations == 10)
        #expect(counters.missedIterations == 0)
    }

    @Test("recovers its slots when the clock goes back")
    func clockSetBack() {
        var schedule = GroupSchedule(interval: .seconds(60), group: "g", file: "r")
        _ = schedule.take(at: minutes(100))
        #expect(schedule.take(at: minutes(50)) == nil)
        #expect(schedule.take(at: minutes(51))?.missed == 0)
    }

    @Test("measures with the clock it is given")
    func durations() throws {
        var fixture = try EngineFixture(rule: "record: r, expr: m")
        _ = fixture.rules.evaluate(at: minutes(0), store: &fixture.store)
        var ticks = 0
        let report = fixture.rules.evaluate(
            at: minutes(1),
            store: &fixture.store,
            clock: {
                ticks += 1
                return .seconds(ticks)
            }
        )
        // The query looks at the clock twice to keep its time limit.
        #expect(report.groups[0].rules[0].duration == .seconds(3))
        #expect(report.groups[0].duration == .seconds(5))
        #expect(fixture.rules.groups[0].counters.lastDuration == .seconds(5))
    }

    // MARK: Status

    @Test("reports the state of each rule")
    func states() throws {
        var fixture = try EngineFixture(rule: "alert: A, expr: m == 0, for: 1m")
        func state() -> String { fixture.rules.groups[0].rules[0].state }
        #expect(state() == "unknown")
        #expect(fixture.rules.groups[0].key == "r.yml;g")
        fixture.evaluate(at: 0)
        #expect(state() == "inactive")
        fixture.append(0, graph1, at: 1)
        fixture.evaluate(at: 1)
        #expect(state() == "pending")
        fixture.append(0, graph2, at: 2)
        fixture.evaluate(at: 2)
        #expect(state() == "firing")
        #expect(fixture.rules.groups[0].rules[0].alerts.count == 2)
    }
}
