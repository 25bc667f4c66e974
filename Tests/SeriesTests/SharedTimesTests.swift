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
        var times = Self.times([1, 4, 6, 9, 12])
        let found = times.use(Self.samples([4, 6, 9]))
        #expect(found.map { [times[$0], times[$0 + 2]] } == [4_000, 9_000])
        #expect(times.use(Self.samples([9, 12])) == found.map { $0 + 2 })
        for others in [[4, 9], [5], [0, 1], [9, 12, 15], [1, 4, 6, 9, 12, 15], []] {
            #expect(times.use(Self.samples(others)) == nil)
        }
    }

    @Test("rise: the time of a poll before others is not shared")
    func order() {
        var times = Self.times([1, 4, 3, 4, 9])
        #expect(times.use(Self.samples([1, 4, 9])) != nil)
    }

    @Test("keep their positions when the oldest are removed, and when older ones come")
    func removal() throws {
        var times = Self.times(0..<100)
        let fifty = times.use(Self.samples([50]))
        let position = try #require(fifty)
        let bits = SharedTimes.bits(of: position)
        times.remove(before: position)
        #expect(times[position] == 50_000 && times.position(of: bits) == position)
        #expect(times.use(Self.samples([49, 50])) == nil)
        times.add(Self.samples([20, 30]))
        #expect(times[position] == 50_000 && times.position(of: bits) == position)
        let thirty = times.use(Self.samples([30, 50]))
        let earlier = try #require(thirty)
        #expect(times.position(of: SharedTimes.bits(of: earlier)) == earlier)
        // The newest may be those of samples that are in no chunk yet.
        times.remove(before: nil)
        #expect(times.use(Self.samples(84..<100)) != nil)
        #expect(times.use(Self.samples([83])) == nil)
    }

    @Test("come from before the first poll, with the first series for all others")
    func earlier() {
        var times = Self.times([100])
        for part in [0..<10, 10..<20, 20..<30] {
            times.add(Self.samples(part))
            #expect(times.use(Self.samples(part)) != nil)
        }
        times.add(Self.samples([45]))
        #expect(times.use(Self.samples([29, 45, 100])) != nil)
        for part in [0..<30, 5..<12, 29..<30] {
            let samples = Self.samples(part)
            times.add(samples)
            #expect(times.use(samples) != nil)
        }
        // A chunk has 29, 45 and 100 one after the other.
        times.add(Self.samples([44, 46]))
        #expect(times.use(Self.samples([44, 46])) == nil)
        #expect(times.use(Self.samples([29, 45, 100])) != nil)
    }

    @Test("of any two additions stay in order", arguments: 0..<200)
    func additions(seed: Int) {
        var generator = SeededRandom(seed: seed)
        var times = Self.times([1_000])
        var used: [(position: Int, times: [Int])] = []
        for _ in 0..<30 {
            let start = generator.number(below: 60)
            let step = 1 + generator.number(below: 2)
            let wanted = (0..<(1 + generator.number(below: 8))).map { start + $0 * step }
            if generator.chance(0.7) { times.add(Self.samples(wanted)) }
            if let position = times.use(Self.samples(wanted)) { used.append((position, wanted)) }
            for (position, wanted) in used {
                let found = wanted.indices.map { Int(times[position + $0] / 1_000) }
                #expect(found == wanted)
            }
        }
        #expect(!used.isEmpty)
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
    func constant() throws {
        var store = SeriesStore(retention: .seconds(100_000), maximumSeries: 10)
        let labels: [Labels] = [["n": "constant"], ["n": "steady"], ["n": "changing"]]
        for poll in 0..<64 {
            let time = Timestamp.at(poll * 30 + poll % 3)
            store.beginPoll(at: time)
            store.append(labels[0], 200, at: time)
            store.append(labels[1], Double(poll * 3), at: time)
            store.append(labels[2], Double(poll % 2), at: time)
        }
        #expect(store.histories.map { $0.sealedWords.count } == [2, 3, 5])
        #expect(store.values(labels[0]) == Array(repeating: 200, count: 64))
        #expect(store.values(labels[1]) == (0..<64).map { Double($0 * 3) })
        #expect(store.values(labels[2]) == (0..<64).map { Double($0 % 2) })
    }

    @Test("an earlier process had the same times, which take no more memory")
    func restored() {
        var store = SeriesStore(retention: .seconds(100_000), maximumSeries: 100)
        store.beginPoll(at: .at(10_000))
        let polls = (0..<60).map { Timestamp.at($0 * 30 + $0 % 4) }
        for series in 0..<20 {
            let labels: Labels = ["n": "\(series)"]
            // Some series are younger than others.
            let known = polls.dropFirst(series % 5 == 4 ? 20 : 0)
            let chunks = stride(from: known.startIndex, to: known.endIndex, by: 20).map { start in
                SealedChunk(
                    known[start..<start + 20].map { Sample(timestamp: $0, value: Double(series)) }
                )
            }
            #expect(store.restore(chunks, of: labels, before: .at(9_999)) == known.count)
            store.append(labels, Double(series), at: .at(10_000))
            #expect(store.values(labels).count == known.count + 1)
        }
        for poll in 1..<40 {
            store.beginPoll(at: .at(10_000 + poll * 30 + poll % 4))
            for series in 0..<20 {
                let time = Timestamp.at(10_000 + poll * 30 + poll % 4)
                store.append(["n": "\(series)"], Double(series), at: time)
            }
        }
        // Three chunks from before, one whose values begin with a marker, one from then on.
        for history in store.histories {
            #expect(history.sealedWords.count <= 3 * 2 + (2 + 8) + 2)
        }
    }
}
