import PromQL
import Series
import TestSupport
import Testing
import Time

/// Properties that hold for any expression over any samples.
@Suite struct QueryPropertyTests {
    /// Twelve series with gaps, resets, NaN and staleness markers, every 20 seconds for 10 minutes.
    static func randomStore(seed: Int) -> SeriesStore {
        var random = SeededRandom(seed: seed)
        var store = SeriesStore(retention: .seconds(100_000), maximumSeries: 100)
        for name in ["a", "b", "c", "up"] {
            for label in ["1", "2", "3"] {
                let labels: Labels = ["__name__": name, "x": label, "y": label == "3" ? "p" : "q"]
                var value = 0.0
                for step in 0...30 where Int.random(in: 0..<10, using: &random) > 1 {
                    value += Double(Int.random(in: 0...20, using: &random)) / 4
                    switch Int.random(in: 0..<40, using: &random) {
                    case 0: value = 0
                    case 1: value = -value
                    case 2: store.append(labels, .nan, at: .seconds(Double(step) * 20))
                    case 3: store.append(labels, Staleness.marker, at: .seconds(Double(step) * 20))
                    default: break
                    }
                    store.append(labels, value, at: .seconds(Double(step) * 20))
                }
            }
        }
        return store
    }

    /// The result of an instant query as series of one point; nil on failure.
    static func points(
        _ engine: Engine,
        _ expression: Expression,
        at time: Timestamp,
        in store: SeriesStore
    ) -> [Labels: Double]? {
        switch try? engine.instant(expression, at: time, in: store) {
        case .scalar(let value, _): return [[:]: value]
        case .vector(let samples):
            return Dictionary(uniqueKeysWithValues: samples.map { ($0.labels, $0.value) })
        default: return nil
        }
    }

    @Test("a range query equals as many instant queries", arguments: 0..<250)
    func rangeQuery(seed: Int) throws {
        var generator = ExpressionGenerator(seed: seed)
        // start() and end() have other values in an instant query.
        let text = generator.vector(3)
            .replacing("@ start()", with: "@ 200").replacing("@ end()", with: "@ 450")
        let expression = try Expression.parse(text)
        let store = Self.randomStore(seed: seed)
        var options = EngineOptions()
        options.lookback = .seconds(90)
        options.delaysNameRemoval = seed.isMultiple(of: 5)
        options.compatibility = seed.isMultiple(of: 3) ? .version2 : .version3
        let engine = Engine(options: options)
        let times = stride(from: 100.0, through: 700, by: 55).map(Timestamp.seconds)
        let instants = times.map { Self.points(engine, expression, at: $0, in: store) }

        let range = try? engine.range(
            expression,
            from: times[0],
            through: .seconds(700),
            step: .seconds(55),
            in: store
        )
        guard case .matrix(let series)? = range else {
            #expect(instants.contains { $0 == nil }, "\(text)")
            return
        }
        for (index, instant) in instants.enumerated() {
            let expected = try #require(instant, "\(text) at \(times[index].seconds)")
            let actual = Dictionary(
                uniqueKeysWithValues: series.compactMap { series in
                    series.points.first { $0.timestamp == times[index] }
                        .map { (series.labels, $0.value) }
                }
            )
            #expect(actual.keys == expected.keys, "\(text)")
            for (labels, value) in expected {
                #expect(isClose(actual[labels] ?? .infinity, value), "\(text) \(labels)")
            }
        }
        #expect(series.map(\.labels) == series.map(\.labels).sorted())
    }

    @Test("no two results have the same labels", arguments: 0..<100)
    func uniqueLabels(seed: Int) throws {
        var generator = ExpressionGenerator(seed: seed + 10_000)
        let expression = try Expression.parse(generator.vector(4))
        let store = Self.randomStore(seed: seed)
        for delaysNames in [false, true] {
            var options = EngineOptions()
            options.delaysNameRemoval = delaysNames
            let value = try? Engine(options: options).instant(
                expression,
                at: .seconds(400),
                in: store
            )
            guard case .vector(let samples)? = value else { continue }
            #expect(Set(samples.map(\.labels)).count == samples.count, "\(expression)")
        }
    }

    @Test("a subquery equals its inner query at multiples of the step", arguments: 0..<100)
    func subquery(seed: Int) throws {
        var generator = ExpressionGenerator(seed: seed + 20_000)
        let inner = "(\(generator.vector(2)))"
        let store = Self.randomStore(seed: seed)
        let (time, range, step) = (Double.random(in: 300...600, using: &generator.random), 150, 40)
        let subquery = try Expression.parse("\(inner)[\(range)s:\(step)s]")
        let expression = try Expression.parse(inner)
        let engine = Engine()
        var expected: [Labels: [Double]] = [:]
        var hasFailed = false
        let now = Timestamp.seconds(time).milliseconds
        for multiple in 0...20 {
            let inner = Int64(multiple * step * 1000)
            guard inner > now - Int64(range * 1000), inner <= now else { continue }
            let text = "\(expression)"
                .replacing("@ start()", with: "@ \(Double(now) / 1000)")
                .replacing("@ end()", with: "@ \(Double(now) / 1000)")
            let points = Self.points(
                engine,
                try Expression.parse(text),
                at: Timestamp(milliseconds: inner),
                in: store
            )
            hasFailed = hasFailed || points == nil
            for (labels, value) in points ?? [:] { expected[labels, default: []].append(value) }
        }
        guard
            case .matrix(let series)? = try? engine.instant(
                subquery,
                at: .seconds(time),
                in: store
            )
        else {
            #expect(hasFailed)
            return
        }
        let actual = Dictionary(
            uniqueKeysWithValues: series.map { ($0.labels, $0.points.map(\.value)) }
        )
        #expect(actual.keys == expected.keys, "\(subquery)")
        for (labels, values) in expected {
            #expect(
                values.count == actual[labels]?.count
                    && zip(values, actual[labels] ?? []).allSatisfy { isClose($0, $1) }
            )
        }
    }
}
