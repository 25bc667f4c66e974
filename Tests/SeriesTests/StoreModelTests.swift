import Series
import TestSupport
import Testing
import Time

/// A slow and obvious store: every sample in a list.
private struct PlainStore {
    var samples: [Labels: [Sample]] = [:]
    var horizon = Timestamp.distantPast

    mutating func append(_ labels: Labels, _ sample: Sample) -> AppendResult {
        guard sample.timestamp >= horizon else { return .tooOld }
        if let newest = samples[labels]?.last, newest.timestamp >= sample.timestamp {
            guard newest.timestamp == sample.timestamp else { return .outOfOrder }
            return newest == sample ? .duplicate : .conflictingValue
        }
        samples[labels, default: []].append(sample)
        return .appended
    }

    mutating func prune(before time: Timestamp) {
        horizon = max(horizon, time)
        samples = samples.mapValues { $0.filter { $0.timestamp >= horizon } }
            .filter { !$0.value.isEmpty }
    }

    func window(_ labels: Labels, _ after: Timestamp, _ through: Timestamp) -> [Sample] {
        samples[labels, default: []].filter { $0.timestamp > after && $0.timestamp <= through }
    }
}

struct StoreModelTests {
    private static let values: [Double] = [0, 1, 0.1, Staleness.marker]

    @Test("the store agrees with a plain list", arguments: 0..<25 as Range<UInt64>)
    func plainList(seed: UInt64) throws {
        var generator = SeededRandom(seed: seed)
        var store = SeriesStore(retention: .seconds(1_000_000), maximumSeries: 1000)
        var model = PlainStore()
        var now = 0
        for _ in 0..<3000 {
            now += Int.random(in: 0...3, using: &generator)
            let labels: Labels = ["n": "\(Int.random(in: 0..<6, using: &generator))"]
            let time = now - (Int.random(in: 0..<20, using: &generator) == 0 ? 5 : 0)
            let value = Self.values.randomElement(using: &generator) ?? 0
            let sample = Sample(timestamp: .at(time), value: value)
            #expect(store.append(labels, value, at: .at(time)) == model.append(labels, sample))
            if Int.random(in: 0..<300, using: &generator) == 0 {
                let cut = now - Int.random(in: 0...1500, using: &generator)
                store.prune(before: .at(cut))
                model.prune(before: .at(cut))
            }
        }
        #expect(store.seriesCount == model.samples.count)
        for _ in 0..<200 { try compareWindow(store, model, upTo: now, &generator) }
    }

    private func compareWindow(
        _ store: SeriesStore,
        _ model: PlainStore,
        upTo now: Int,
        _ generator: inout SeededRandom
    ) throws {
        let labels: Labels = ["n": "\(Int.random(in: 0..<6, using: &generator))"]
        let through = Timestamp.at(.random(in: 0...(now + 10), using: &generator))
        let after = through - .seconds(Int.random(in: 0...2000, using: &generator))
        let expected = model.window(labels, after, through)
        let found = store.select([LabelMatcher(name: "n", .equal(labels["n"]))])
        guard let series = found.first else {
            #expect(model.samples[labels] == nil)
            return
        }
        #expect(store.rawSamples(of: series, after: after, through: through) == expected)
        #expect(
            store.samples(labels, after: after, through: through)
                == expected.filter { !Staleness.isMarker($0.value) }
        )
        let newest = expected.last.flatMap { Staleness.isMarker($0.value) ? nil : $0 }
        #expect(store.newestSample(of: series, after: after, through: through) == newest)
    }
}
