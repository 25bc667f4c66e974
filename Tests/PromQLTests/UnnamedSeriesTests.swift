import PromQL
import Series
import Testing
import Time

@Suite struct UnnamedSeriesTests {
    /// Two counters that take turns, so that a subquery sees one after the other.
    private func turns() throws -> SeriesStore {
        var store = SeriesStore(retention: .seconds(10_000), maximumSeries: 10)
        for minute in 0..<10 {
            let name = minute < 4 ? "a" : "b"
            let labels: Labels = ["__name__": name, "i": "1"]
            store.append(labels, Double(minute + 1), at: .seconds(Double(minute) * 60))
            if minute == 4 {
                store.append(["__name__": "a", "i": "1"], Staleness.marker, at: .seconds(240))
            }
        }
        return store
    }

    @Test(
        "series that lost their names in a subquery are one series",
        arguments: [
            ("count_over_time((a * 1 or b * 2)[9m:1m])", [#"{i="1"} 9"#]),
            ("max_over_time((abs(a) or -b)[9m:1m])", [#"{i="1"} 4"#]),
            (#"count_over_time(abs({__name__=~"a|b"})[9m:1m])"#, [#"{i="1"} 9"#]),
            (#"count_over_time((rate(a[3m]) or rate(b[3m]))[9m:1m])"#, [#"{i="1"} 9"#]),
            ("last_over_time((a + 0 or b + 0)[9m:1m])", [#"{i="1"} 10"#]),
            ("sum(count_over_time((a * 1 or b * 2)[9m:1m]))", ["{} 9"]),
            (
                "max_over_time(count_over_time((a * 1 or b * 2)[5m:1m])[4m:1m])",
                [#"{i="1"} 5"#]
            ),
            // With their names they remain two.
            ("last_over_time((a or b)[9m:1m])", [#"a{i="1"} 4"#, #"b{i="1"} 10"#]),
        ]
    )
    func merged(query: String, expected: [String]) throws {
        let value = try Engine().instant(
            Expression.parse(query),
            at: .seconds(540),
            in: try turns()
        )
        guard case .vector(let samples) = value else {
            Issue.record("\(value)")
            return
        }
        let found = samples.map { "\($0.labels.seriesDescription) \(Int($0.value))" }
        #expect(found.sorted() == expected)
    }

    @Test("they are one series of a range query too")
    func range() throws {
        let value = try Engine().range(
            Expression.parse("a * 1 or b * 2"),
            from: .seconds(0),
            through: .seconds(540),
            step: .seconds(60),
            in: try turns()
        )
        guard case .matrix(let series) = value else {
            Issue.record("\(value)")
            return
        }
        #expect(series.map(\.labels) == [["i": "1"]])
        #expect(series.first?.points.count == 10)
    }
}
