import TestSupport
import Testing
import Time

@testable import Series

@Suite("Times that series share")
struct SharedTimesTests {
    private static func samples(_ times: some Sequence<Int>) -> [Sample] {
        times.map { Sample(timestamp: .at($0), value: Double($0 % 7)) }
    }

    private static func times(_ times: some Sequence<Int>) -> SharedTimes {
        var shared = SharedTimes()
        for time in times { shared.append(.at(time)) }
        return shared
    }

    @Test("are found wherever they stand, if they are consecutive")
    func positions() {
        let times = Self.times([1, 4, 6, 9, 12])
        let found = times.position(of: Self.samples([4, 6, 9]))
        #expect(found.map { [times[$0], times[$0 + 2]] } == [4_000, 9_000])
        #expect(times.position(of: Self.samples([9, 12])) == found.map { $0 + 2 })
        for others in [[4, 9], [5], [0, 1], [9, 12, 15], [1, 4, 6, 9, 12, 15], []] {
            #expect(times.position(of: Self.samples(others)) == nil)
        }
    }

    @Test("rise: the time of a poll before others is not shared")
    func order() {
        let times = Self.times([1, 4, 3, 4, 9])
        #expect(times.position(of: Self.samples([1, 4, 9])) != nil)
    }

    @Test("keep their positions when the oldest are removed, and when older ones come")
    func removal() throws {
        var times = Self.times(0..<100)
        let position = try #require(times.position(of: Self.samples([50])))
        let bits = SharedTimes.bits(of: position)
        times.remove(before: position)
        #expect(times[position] == 50_000 && times.position(ofBits: bits) == position)
        #expect(times.position(of: Self.samples([49, 50])) == nil)
        times.addEarlier([20, 30].map(Timestamp.at))
        #expect(times[position] == 50_000 && times.position(ofBits: bits) == position)
        let earlier = try #require(times.position(of: Self.samples([30, 50])))
        #expect(times.position(ofBits: SharedTimes.bits(of: earlier)) == earlier)
        // The newest may be those of samples that are in no chunk yet.
        times.remove(before: nil)
        #expect(times.position(of: Self.samples(84..<100)) != nil)
        #expect(times.position(of: Self.samples([83])) == nil)
    }

    @Test("come from before the first poll, with the longest series for all others")
    func earlier() {
        var times = Self.times([100, 110])
        let parts = [0..<10, 10..<20, 20..<30]
        times.addEarlier((10..<30).map(Timestamp.at) + [.at(105)])
        times.addEarlier((0..<30).map(Timestamp.at))
        for part in parts + [0..<30, 5..<12, 29..<30] {
            #expect(times.position(of: Self.samples(part)) != nil)
        }
        #expect(times.position(of: Self.samples([29, 100, 110])) != nil)
        times.addEarlier([45, 46].map(Timestamp.at))
        #expect(times.position(of: Self.samples([45, 46])) == nil, "others are consecutive")
        times.addEarlier([-7, -9, -5, -5, 3].map(Timestamp.at))
        #expect(times.position(of: Self.samples([-7, -5, 0])) != nil, "only what rises is added")
    }

    @Test("are a bounded number from before the first poll, the newest of them")
    func earlierBound() {
        var times = Self.times([200_000])
        times.addEarlier((0..<150_000).map(Timestamp.at))
        #expect(times.position(of: Self.samples([149_998, 149_999, 200_000])) != nil)
        #expect(times.position(of: Self.samples([10_000])) == nil)
        times.addEarlier([.at(-5)])
        #expect(times.position(of: Self.samples([-5])) == nil)
        times.append(.at(200_001))
        #expect(times.position(of: Self.samples([200_000, 200_001])) != nil)
    }

    // MARK: In a store

    @Test("a label set is found until its series is removed", arguments: 0..<20)
    func slots(seed: Int) {
        var generator = SeededRandom(seed: seed)
        var labels: [Labels?] = (0..<200).map { ["n": "\($0)"] }
        let all = labels.compactMap(\.self)
        var table = SlotTable()
        var present: Set<Int> = []
        for _ in 0..<3_000 {
            let slot = generator.number(below: all.count)
            if present.contains(slot) {
                table.remove(UInt32(slot), labels)
                table.remove(UInt32(slot), labels)
                present.remove(slot)
                labels[slot] = nil
            } else if generator.chance(0.6) {
                labels[slot] = all[slot]
                table.insert(UInt32(slot), labels)
                present.insert(slot)
            } else {
                // What is not in the table is not there.
                labels[slot] = nil
            }
            let wanted = generator.number(below: all.count)
            let expected = present.contains(wanted) ? UInt32(wanted) : nil
            #expect(table.slot(of: all[wanted], labels) == expected)
        }
        #expect(table.count == present.count)
        for slot in present { #expect(table.slot(of: all[slot], labels) == UInt32(slot)) }
    }

    @Test("a series that does not change takes two words for all samples of a chunk")
    func constant() {
        var store = SeriesStore(retention: .seconds(100_000), maximumSeries: 10)
        let labels: [Labels] = [["n": "constant"], ["n": "steady"], ["n": "changing"]]
        for poll in 0..<64 {
            let time = Timestamp.at(poll * 30 + poll % 3)
            store.beginPoll(at: time)
            store.append(labels[0], 200, at: time)
            store.append(labels[1], Double(poll * 3), at: time)
            store.append(labels[2], Double(poll % 2), at: time)
        }
        #expect(store.histories.map { $0.sealed.words.count } == [2, 3, 5])
        #expect(store.values(labels[0]) == Array(repeating: 200, count: 64))
        #expect(store.values(labels[1]) == (0..<64).map { Double($0 * 3) })
        #expect(store.values(labels[2]) == (0..<64).map { Double($0 % 2) })
    }

    @Test("a series that does not change has no recent samples", arguments: [400, 3_600, 100_000])
    func longConstant(retention: Int) {
        var store = SeriesStore(retention: .seconds(retention), maximumSeries: 10)
        for poll in 0..<500 {
            let time = Timestamp.at(poll * 10 + poll % 3)
            store.beginPoll(at: time)
            store.append(["n": "shared"], 200, at: time)
            store.append(["n": "own"], 200, at: .at(poll * 10))
            // It changes once.
            store.append(["n": "changing"], poll < 30 ? 0 : 1, at: time)
            let recent = store.histories.map(\.recent.count)
            #expect(recent[0] == 0)
            // The first time of its own is by chance that of a poll.
            if poll > 10 { #expect(recent[1] == 0) }
            if poll > 40 { #expect(recent[2] == 0) }
        }
        let words = store.histories.map { $0.sealed.words.count }
        #expect(words[0] <= 2 * 9 && words[1] <= 5 * 10 && words[2] <= 2 * 9 + 3)
    }

    @Test("a value that is equal to the one before but has other bits is kept as it is")
    func bits() {
        var store = SeriesStore.large()
        let values = [0, 0, -0.0, -0.0, 0, .nan, .nan, Staleness.marker, .nan, 0, -0.0]
        for (poll, value) in values.enumerated() {
            store.beginPoll(at: .at(poll))
            store.append(["n": "0"], value, at: .at(poll))
        }
        let samples = store.rawSamples(
            of: store.select([])[0],
            after: .distantPast,
            through: .distantFuture
        )
        #expect(samples.map(\.value.bitPattern) == values.map(\.bitPattern))
    }

    @Test("no sample is dropped as long as a series has as many as it may")
    func maximum() {
        var store = SeriesStore(
            retention: .seconds(3_600),
            maximumSeries: 1,
            maximumSamplesPerSeries: 17
        )
        for poll in 0..<17 {
            store.beginPoll(at: .at(poll * 120))
            store.append(["n": "0"], poll < 8 ? Double(poll % 2) : 5, at: .at(poll * 120))
        }
        #expect(store.values(["n": "0"]).count == 17 && store.evictedSamplesTotal == 0)
    }

    @Test("an earlier process had the same times, which take no more memory", arguments: 0..<4)
    func restored(order: Int) {
        var store = SeriesStore(retention: .seconds(100_000), maximumSeries: 100)
        store.beginPoll(at: .at(10_000))
        // Some series begin before the others come back.
        if order < 2 { store.append(["n": "new"], 1, at: .at(10_000)) }
        if order == 1 {
            store.beginPoll(at: .at(10_030))
            store.append(["n": "new"], 1, at: .at(10_030))
        }
        let polls = (0..<60).map { Timestamp.at($0 * 30 + $0 % 4) }
        for series in (0..<20).map({ ($0 + order * 4) % 20 }) {
            let labels: Labels = ["n": "\(series)"]
            // Some are younger than others.
            let known = polls.dropFirst(series % 5 == 4 ? 20 : 0)
            let chunks = stride(from: known.startIndex, to: known.endIndex, by: 20).map { start in
                SealedChunk(
                    known[start..<start + 20].map { Sample(timestamp: $0, value: Double(series)) }
                )
            }
            #expect(store.restore(chunks, of: labels, before: .at(9_999)) == known.count)
            let last = Timestamp.at(order == 1 ? 10_030 : 10_000)
            store.append(labels, Double(series), at: last)
            #expect(store.values(labels).count == known.count + 1)
        }
        for poll in 2..<40 {
            let time = Timestamp.at(10_000 + poll * 30 + poll % 4)
            store.beginPoll(at: time)
            for series in 0..<20 { store.append(["n": "\(series)"], Double(series), at: time) }
        }
        // Three chunks from before, one whose values begin with a marker, one from then on. A series
        // that begins one poll later than others has a gap, and times of its own for eight samples.
        let maximum = 3 * 2 + (2 + 8) + 2 + (order == 1 ? 5 : 0)
        for (labels, history) in zip(store.labels, store.histories) where labels?["n"] != "new" {
            #expect(history.sealed.words.count <= maximum)
        }
    }
}
