import PromQL
import Series
import TestSupport
import Testing

@Suite struct AggregationTests {
    private let samples = """
        m{x="1",y="a"} 4
        m{x="1",y="b"} 2
        m{x="2",y="a"} 8
        m{x="2",y="b"} NaN
        k{x="1"} 1
        """

    @Test(
        "aggregations group and combine as documented",
        arguments: [
            ("sum(m{y='a'})", ["{} 12"]),
            ("sum by (x) (m{y='a'})", [#"{x="1"} 4"#, #"{x="2"} 8"#]),
            ("sum without (y) (m{y='a'})", [#"{x="1"} 4"#, #"{x="2"} 8"#]),
            ("sum by (missing) (m{y='a'})", ["{} 12"]), ("sum(m)", ["{} NaN"]),
            ("sum(missing)", []),
            ("count by (y) (m)", [#"{y="a"} 2"#, #"{y="b"} 2"#]), ("group(m)", ["{} 1"]),
            ("avg(m{x='1'})", ["{} 3"]), ("min(m)", ["{} 2"]), ("max(m)", ["{} 8"]),
            ("max(m{x='2',y='b'})", ["{} NaN"]), ("stdvar(m{x='1'})", ["{} 1"]),
            ("stddev(m{y='a'})", ["{} 2"]), ("stddev(m)", ["{} NaN"]),
            ("quantile(0.5, m{x='1'})", ["{} 3"]), ("quantile(0.25, m)", ["{} NaN"]),
            ("count by (__name__) ({x='1'})", ["k 1", "m 2"]),
            ("count_values('v', m{y='a'})", [#"{v="4"} 1"#, #"{v="8"} 1"#]),
            (
                "count_values by (x) ('v', m{x='1'} > bool 3)",
                [#"{v="0", x="1"} 1"#, #"{v="1", x="1"} 1"#]
            ),
            ("count_values without (y) ('x', m{y='a'} > bool 0)", [#"{x="1"} 2"#]),
            ("topk(2, m)", [#"m{x="2", y="a"} 8"#, #"m{x="1", y="a"} 4"#]),
            ("bottomk(1, m)", [#"m{x="1", y="b"} 2"#]), ("topk(0.9, m)", []), ("topk(-5, m)", []),
            ("topk by (y) (1, m)", [#"m{x="1", y="b"} 2"#, #"m{x="2", y="a"} 8"#]),
            ("bottomk(9, m{x='2'})", [#"m{x="2", y="a"} 8"#, #"m{x="2", y="b"} NaN"#]),
            ("limitk by (x) (1, m{x='1'})", [#"m{x="1", y="a"} 4"#]), ("limitk(0, m)", []),
        ]
    )
    func aggregations(query: String, expected: [String]) throws {
        let found = try elements(query, in: try store(samples))
        let isOrdered = query.hasPrefix("topk(") || query.hasPrefix("bottomk(")
        #expect((isOrdered ? found : found.sorted()) == expected)
    }

    @Test(
        "bad parameters are errors",
        arguments: [
            ("topk(NaN, missing)", "Parameter value is NaN"),
            ("topk(1e30, m)", "Scalar value 1e+30 overflows int64"),
            ("bottomk(-Inf, m)", "Scalar value -Inf underflows int64"),
            (#"count_values("\xff", m)"#, #"invalid label name "\xff""#),
            ("limit_ratio(NaN, m)", "Ratio value is NaN"),
        ]
    )
    func badParameters(query: String, message: String) throws {
        let store = try store(samples)
        let error = #expect(throws: EvaluationError.self) { try elements(query, in: store) }
        #expect(error?.description == message)
    }

    @Test("topk and bottomk select what sorting puts first", arguments: 0..<60)
    func topk(seed: Int) throws {
        var random = SeededRandom(seed: seed)
        var store = SeriesStore(retention: .seconds(1000), maximumSeries: 200)
        var values: [Double] = []
        for index in 0..<Int.random(in: 1...120, using: &random) {
            let isNaN = Int.random(in: 0..<10, using: &random) == 0
            values.append(isNaN ? .nan : Double(Int.random(in: -20...20, using: &random)))
            store.append(["__name__": "m", "i": "\(index)"], values[index], at: .seconds(0))
        }
        let limit = Int.random(in: 1...130, using: &random)
        for (name, descends) in [("topk", true), ("bottomk", false)] {
            let query = try Expression.parse("\(name)(\(limit), m)")
            guard case .vector(let found) = try Engine().instant(query, at: .seconds(0), in: store)
            else { return }
            let sorted = values.sorted { left, right in
                if left.isNaN || right.isNaN { return !left.isNaN }
                return descends ? left > right : left < right
            }
            #expect(found.count == min(limit, values.count))
            #expect(zip(found, sorted).allSatisfy { isClose($0.value, $1) })
            #expect(Set(found.map(\.labels)).count == found.count)
        }
    }

    @Test("groups partition the vector", arguments: 0..<40)
    func partitions(seed: Int) throws {
        let store = QueryPropertyTests.randomStore(seed: seed)
        for clause in ["by (x)", "by (y)", "without (x)", "by (x, y, __name__)", ""] {
            let engine = Engine()
            let count = try engine.instant(
                Expression.parse("sum(count \(clause) ({x!=''}))"),
                at: .seconds(400),
                in: store
            )
            let total = try engine.instant(
                Expression.parse("count({x!=''})"),
                at: .seconds(400),
                in: store
            )
            #expect(count == total)
        }
    }

    @Test("a ratio and its complement partition all series")
    func complement() throws {
        var store = SeriesStore(retention: .seconds(1000), maximumSeries: 1000)
        for index in 0..<1000 {
            store.append(["__name__": "m", "i": "\(index)"], 1, at: .seconds(0))
        }
        let chosen = Set(try elements("limit_ratio(0.3, m)", in: store))
        let others = Set(try elements("limit_ratio(-0.7, m)", in: store))
        #expect(chosen.isDisjoint(with: others))
        #expect(chosen.union(others).count == 1000)
        #expect((250...350).contains(chosen.count))
    }
}
