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

    /// In odd runs, most samples have the times of polls.
    @Test("the store agrees with a plain list", arguments: 0..<50 as Range<UInt64>)
    func plainList(seed: UInt64) throws {
        var generator = SeededRandom(seed: seed)
        var store = SeriesStore(retention: .seconds(1_000_000), maximumSeries: 1000)
        var model = PlainStore()
        var now = 0
        for _ in 0..<3000 {
            let step = Int.random(in: 0...3, using: &generator)
            now += step
            if !seed.isMultiple(of: 2), step > 0 { store.beginPoll(at: .at(now)) }
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

    @Test("the store agrees with a plain list when polls read all series", arguments: 0..<50)
    func polls(seed: Int) throws {
        var generator = SeededRandom(seed: seed)
        let retention = 200 + generator.number(below: 2_000)
        var store = SeriesStore(retention: .seconds(retention), maximumSeries: 1000)
        var model = PlainStore()
        var values = [Double](repeating: 0, count: 6)
        var snapshots: [(store: SeriesStore, model: PlainStore)] = []
        var now = 0
        for poll in 0..<400 {
            now += generator.chance(0.1) ? 1 + generator.number(below: 40) : 10
            if generator.chance(0.95) { store.beginPoll(at: .at(now)) }
            for series in values.indices {
                // The first never changes, the second steadily, others from time to time.
                if series == 1 { values[1] += 5 }
                if series > 1, generator.chance(0.05 * Double(series)) {
                    values[series] = Self.values.randomElement(using: &generator) ?? 0
                }
                guard !generator.chance(series == 5 ? 0.3 : 0.01) else { continue }
                let sample = Sample(timestamp: .at(now), value: values[series])
                let labels: Labels = ["n": "\(series)"]
                #expect(
                    store.append(labels, sample.value, at: .at(now)) == model.append(labels, sample)
                )
            }
            // A chunk is removed with its last sample, the model knows no chunks.
            if poll % 100 == 99 || generator.chance(0.02) {
                store.prune(before: .at(now - retention))
                model.prune(before: .at(now - retention))
                if generator.chance(0.3) { snapshots.append((store, model)) }
            }
        }
        for (store, model) in snapshots + [(store, model)] {
            for _ in 0..<100 { try compareWindow(store, model, upTo: now, &generator) }
        }
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
