import PromQL
import Series
import TestSupport
import Testing
import Time

@Suite struct RateTests {
    /// Sums every increase separately and extrapolates the result step by step, as documented.
    private static func increase(
        _ samples: [Sample],
        from start: Double,
        to end: Double,
        isCounter: Bool
    ) -> Double? {
        guard samples.count >= 2, let first = samples.first, let last = samples.last else {
            return nil
        }
        var total = 0.0
        for index in 1..<samples.count {
            let (before, after) = (samples[index - 1].value, samples[index].value)
            total += isCounter && after < before ? after : after - before
        }
        let covered = last.timestamp.seconds - first.timestamp.seconds
        let spacing = covered / Double(samples.count - 1)
        var head = first.timestamp.seconds - start
        if head >= spacing * 1.1 { head = spacing / 2 }
        if isCounter, total > 0, first.value >= 0 {
            head = min(head, covered * first.value / total)
        }
        var tail = end - last.timestamp.seconds
        if tail >= spacing * 1.1 { tail = spacing / 2 }
        return total * (covered + head + tail) / covered
    }

    @Test("rates follow the documented method", arguments: 0..<300)
    func slowTwin(seed: Int) throws {
        var random = SeededRandom(seed: seed)
        var store = SeriesStore(retention: .seconds(10_000), maximumSeries: 1)
        var samples: [Sample] = []
        var time = 0.0
        var value = Double.random(in: 0...50, using: &random)
        for _ in 0..<Int.random(in: 0...40, using: &random) {
            time += Double(Int.random(in: 1...40, using: &random)) / 2
            value += Double.random(in: 0...10, using: &random)
            if Int.random(in: 0..<8, using: &random) == 0 { value = 0 }
            samples.append(Sample(timestamp: .seconds(time), value: value))
            store.append(["__name__": "m"], value, at: .seconds(time))
        }
        let now = Double(Int.random(in: 0...800, using: &random)) / 2
        let range = Double(Int.random(in: 1...600, using: &random)) / 2
        let inside = samples.filter {
            $0.timestamp.seconds > now - range && $0.timestamp.seconds <= now
        }
        for (function, isCounter) in [("increase", true), ("rate", true), ("delta", false)] {
            let query = try Expression.parse("\(function)(m[\(Int(range * 1000))ms])")
            guard
                case .vector(let found) = try Engine().instant(
                    query,
                    at: .seconds(now),
                    in: store
                )
            else { return }
            var expected = Self.increase(inside, from: now - range, to: now, isCounter: isCounter)
            if function == "rate" { expected = expected.map { $0 / range } }
            #expect(found.count == (expected == nil ? 0 : 1))
            if let expected, let value = found.first?.value {
                #expect(isClose(value, expected), "\(query) at \(now)")
            }
        }
    }

    @Test(
        "counters have rates, increases and deltas",
        arguments: [
            // Two samples, evenly spaced: the rate over the whole range.
            ("rate(m[2m])", 180.0, ["{} 0.5"]),
            ("increase(m[3m])", 180, ["{} 90"]),
            // A single sample has no rate.
            ("rate(m[1m])", 180, []),
            ("irate(m[3m])", 180, ["{} 0.5"]),
            ("idelta(m[3m])", 180, ["{} 30"]),
            ("idelta(m[1m])", 180, []),
            // After a reset the counter started at zero.
            ("irate(r[5m])", 240, ["{} 0.083333"]),
            ("idelta(r[5m])", 240, ["{} -15"]),
            ("increase(r[5m])", 240, ["{} 25"]),
            ("resets(r[5m])", 240, ["{} 1"]),
            ("changes(r[5m])", 240, ["{} 3"]),
            ("changes(n[5m])", 180, ["{} 2"]),
            ("changes(m[1m])", 180, ["{} 0"]),
            ("resets(missing[1m])", 180, []),
        ]
    )
    func counters(query: String, seconds: Double, expected: [String]) throws {
        let store = try store(
            """
            m 0 30 60 90
            r _ 0 10 20 5
            n 1 NaN NaN 1
            """
        )
        #expect(try elements(query, at: seconds, in: store) == expected)
    }

    @Test("extrapolation stops where the counter was zero")
    func zeroPoint() throws {
        let store = try store("m _ _ 1 2 3")
        // Without that rule the increase would be extrapolated by half an interval: 2.5.
        #expect(try elements("increase(m[5m])", at: 240, in: store) == ["{} 2.5"])
        #expect(
            try elements("increase(m[5m])", at: 240, in: try self.store("m _ _ 0 1 2")) == ["{} 2"]
        )
    }

    private func store(_ lines: String) throws -> SeriesStore {
        try PromQLTests.store(lines)
    }

    @Test("version 2 checks for zero before it checks for a gap")
    func version2() throws {
        // 5 at 40 s after steps of 2.5 per 15 s: at that rate the counter was zero 15 s before its
        // first sample, which is less than the gap of 25 s before it.
        var store = SeriesStore(retention: .seconds(1000), maximumSeries: 1)
        for (time, value) in [(25.0, 2.5), (40, 5)] {
            store.append(["__name__": "m"], value, at: .seconds(time))
        }
        let query = try Expression.parse("increase(m[40s])")
        let found = try [EngineOptions.Compatibility.version3, .version2].map { compatibility in
            var options = EngineOptions()
            options.compatibility = compatibility
            return try Engine(options: options).instant(query, at: .seconds(40), in: store)
        }
        let expected = [3.75, 5].map { value in
            Value.vector([VectorSample(labels: [:], timestamp: .seconds(40), value: value)])
        }
        #expect(found == expected)
    }
}
