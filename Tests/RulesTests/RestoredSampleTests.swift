import PromQL
import Series
import Testing
import Time

@testable import Rules

/// Alerts and samples of an earlier process. The samples are in the store as the cycle puts them
/// there: before the first sample of the same series that this process has read.
@Suite("After a restart of the process, with the samples of before")
struct RestoredSampleTests {
    /// The alerts and the samples of a process that ran from minute 0 to minute `last`.
    private struct Past {
        let alerts: [AlertSnapshot]
        let samples: [Sample]
    }

    private func past(_ rule: String, through last: Int, _ value: (Int) -> Double) throws -> Past {
        var fixture = try EngineFixture(rule: rule)
        var samples: [Sample] = []
        for minute in 0...last {
            let sample = Sample(timestamp: minutes(Double(minute)), value: value(minute))
            samples.append(sample)
            fixture.append(sample.value, graph1, at: Double(minute))
            fixture.evaluate(at: Double(minute))
        }
        return Past(alerts: fixture.rules.snapshot(), samples: samples)
    }

    private func present(_ rule: String, _ past: Past, at minute: Double) throws -> EngineFixture {
        var fixture = try EngineFixture(rule: rule)
        fixture.rules.restore(past.alerts, at: minutes(minute))
        fixture.rules.restoredThrough = past.samples.last?.timestamp
        return fixture
    }

    private func wake(_ fixture: inout EngineFixture, _ past: Past, at minute: Double) {
        fixture.store.restore(
            [SealedChunk(past.samples)],
            of: graph1,
            before: minutes(minute)
        )
    }

    @Test(
        "an alert does not end before this process has seen for itself what it needs",
        arguments: [
            "avg_over_time(m[10m]) < 0.5", "min_over_time(m[10m]) == 0",
            "quantile_over_time(0.5, m[10m]) == 0", "first_over_time(m[10m]) == 0",
            "rate(m[10m]) < 0.001", "sum(avg_over_time(m[10m])) by (graph_id) < 0.5",
            "avg_over_time(m[10m]) < 0.5 unless changes(m[10m]) > 5",
        ]
    )
    func undecided(expression: String) throws {
        let rule = "alert: A, expr: '\(expression)'"
        let past = try past(rule, through: 12) { _ in 0 }
        #expect(past.alerts.count == 1)
        // Down for longer than any range: what is restored lies before them, and would fill them.
        var fixture = try present(rule, past, at: 25)
        wake(&fixture, past, at: 25)
        for minute in 25...38 {
            fixture.append(Double(minute), graph1, at: Double(minute))
            fixture.evaluate(at: Double(minute))
            #expect(fixture.alerts == (minute < 35 ? ["firing g1"] : []), "minute \(minute)")
        }
    }

    @Test("an alert that is over ends with the first evaluation on fresh data")
    func over() throws {
        for expression in ["m == 0", "last_over_time(m[10m]) == 0", "max_over_time(m[10m]) < 1"] {
            let rule = "alert: A, expr: '\(expression)', for: 5m"
            let past = try past(rule, through: 6) { _ in 0 }
            var fixture = try present(rule, past, at: 8)
            wake(&fixture, past, at: 8)
            fixture.append(1, graph1, at: 8)
            fixture.evaluate(at: 8)
            #expect(fixture.alerts.isEmpty, "\(expression)")
        }
    }

    @Test(
        "an alert is not ended by what only an earlier process has seen",
        arguments: [
            "max_over_time(m[10m]) == 0", "max_over_time(m[10m] offset 1m) < 1",
            "changes(m[10m]) == 0", "max_over_time((m)[10m:1m]) == 0",
        ]
    )
    func endedBefore(expression: String) throws {
        let rule = "alert: A, expr: '\(expression)'"
        let sick = try past(rule, through: 14) { _ in 0 }
        #expect(sick.alerts.count == 1)
        // It answered once, right before the end.
        let answer = Sample(timestamp: minutes(15), value: 1)
        let past = Past(alerts: sick.alerts, samples: sick.samples + [answer])
        var fixture = try present(rule, past, at: 17)
        wake(&fixture, past, at: 17)
        for minute in 17...40 {
            fixture.append(0, graph1, at: Double(minute))
            fixture.evaluate(at: Double(minute))
            #expect(fixture.alerts == ["firing g1"], "minute \(minute)")
        }
        #expect(fixture.rules.activeAlerts.map(\.isConfirmed) == [true])
    }

    @Test("with a fresh sample, windows have the result of a process that was never stopped")
    func asLive() throws {
        let expressions = [
            "count_over_time(m[1h]) > 20", "avg_over_time(m[1h]) < 0.8", "changes(m[1h]) > 3",
            "sum_over_time(m[30m]) >= 10", "max_over_time(m[1h:1m]) == 1",
            "rate(m[1h]) > 0.0001", "absent_over_time(m[30m])", "quantile_over_time(0.9, m[1h])",
        ]
        for expression in expressions {
            let rule = "alert: A, expr: '\(expression)'"
            let value = { (minute: Int) in Double(minute / 5 % 2) }
            // The same samples with the same gap, in one process and in two.
            let past = try past(rule, through: 40, value)
            var (live, fixture) = (try EngineFixture(rule: rule), try present(rule, past, at: 45))
            for sample in past.samples {
                live.store.append(graph1, sample.value, at: sample.timestamp)
            }
            wake(&fixture, past, at: 45)
            for minute in 45...60 {
                for index in 0..<2 {
                    var one = index == 0 ? live : fixture
                    one.append(value(minute), graph1, at: Double(minute))
                    one.evaluate(at: Double(minute))
                    if index == 0 { live = one } else { fixture = one }
                }
                let confirmed = fixture.rules.activeAlerts.filter(\.isConfirmed)
                #expect(
                    confirmed.map(\.value) == live.rules.activeAlerts.map(\.value),
                    "\(expression) at minute \(minute)"
                )
            }
        }
    }

    @Test("a hold counts neither the time before the start nor the gap for a new alert")
    func hold() throws {
        let rule = "alert: A, expr: 'sum_over_time((m == bool 0)[20m:1m]) >= 10', for: 5m"
        // The condition holds in the samples, but no alert of it is on disk.
        let past = Past(alerts: [], samples: try past(rule, through: 20) { _ in 0 }.samples)
        var fixture = try present(rule, past, at: 23)
        wake(&fixture, past, at: 23)
        for minute in 23...29 {
            fixture.append(0, graph1, at: Double(minute))
            fixture.evaluate(at: Double(minute))
            #expect(fixture.alerts == [minute < 28 ? "pending g1" : "firing g1"], "\(minute)")
        }
        #expect(fixture.rules.activeAlerts.map(\.activeAt) == [minutes(23)])
    }

    @Test("the gap is one: nothing counts as current in it")
    func gap() throws {
        let past = try past("alert: A, expr: m", through: 10) { _ in 1 }
        var fixture = try present("record: n, expr: m", past, at: 12)
        wake(&fixture, past, at: 12)
        fixture.append(1, graph1, at: 12)
        let engine = Engine(options: EngineOptions())
        for (minute, isPresent) in [(10.0, true), (10.5, false), (11.9, false), (12.0, true)] {
            let expression = try Expression.parse("absent(m)")
            let result = try engine.evaluate(expression, at: minutes(minute), in: fixture.store)
            #expect(result.vector?.isEmpty == isPresent, "minute \(minute)")
        }
    }

    @Test("after a reset of the clock everything is of this process")
    func reset() throws {
        var fixture = try EngineFixture(rule: "alert: A, expr: m == 0")
        fixture.rules.restoredThrough = minutes(100)
        fixture.rules.reset()
        #expect(fixture.rules.restoredThrough == nil)
    }
}

extension QueryResult {
    fileprivate var vector: [VectorSample]? {
        if case .vector(let vector) = value { vector } else { nil }
    }
}
