import TestSupport
import Testing
import Time

@testable import Series

@Suite("Chunks that are taken from a store")
struct StoreChunkTests {
    private static func store(maximumSamples: Int = 100_000) -> SeriesStore {
        var store = SeriesStore(
            retention: .seconds(1_000_000),
            maximumSeries: 1_000,
            maximumSamplesPerSeries: maximumSamples
        )
        store.noteSealedChunks()
        return store
    }

    /// What a file keeps: a chunk replaces those that begin within it.
    private struct Shelf {
        var chunks: [Labels: [Timestamp: SealedChunk]] = [:]

        mutating func put(_ taken: [SeriesChunk]) {
            for new in taken {
                let span = new.chunk.start...new.chunk.last
                chunks[new.labels, default: [:]] =
                    chunks[new.labels, default: [:]].filter { !span.contains($0.key) }
                chunks[new.labels, default: [:]][new.chunk.start] = new.chunk
            }
        }

        func fill(_ store: inout SeriesStore, before time: Timestamp) {
            for (labels, series) in chunks {
                let sorted = series.values.sorted { $0.start < $1.start }
                store.restore(sorted, of: labels, before: time)
            }
        }

        func samples(_ labels: Labels) -> [Sample] {
            (chunks[labels] ?? [:]).values.sorted { $0.start < $1.start }.flatMap(\.samples)
        }
    }

    /// In odd runs, samples have the times of polls.
    @Test("give a store back what it had, over several lives, and nothing twice", arguments: 0..<40)
    func lives(seed: Int) {
        var generator = SeededRandom(seed: seed)
        var (shelf, expected) = (Shelf(), [Labels: [Sample]]())
        var now = 1_000
        for life in 0..<4 {
            var store = Self.store()
            shelf.fill(&store, before: .at(now))
            for (labels, samples) in expected { #expect(store.samples(labels) == samples) }
            for _ in 0..<generator.number(below: 2_000) {
                let step = generator.number(below: 3)
                now += step
                if seed % 2 == 1, step > 0 { store.beginPoll(at: .at(now)) }
                let series = generator.number(below: 5)
                let labels: Labels = ["n": "\(series)"]
                // Some series never change, some rarely.
                let value = Double(series == 0 ? 7 : series == 1 ? now / 50 : now * now % 10)
                if store.append(labels, value, at: .at(now)) == .appended {
                    expected[labels, default: []].append(
                        Sample(timestamp: .at(now), value: value)
                    )
                }
                if generator.chance(0.01) { store.noteUnsealedChunks() }
                if generator.chance(0.02) { shelf.put(store.takeChunks(ofSeries: 2)) }
            }
            // The last life is killed: what was not sealed is lost, and nothing older.
            shelf.put(life < 3 ? store.takeAllChunks() : store.takeChunks(ofSeries: 100))
            now += 100
        }
        var store = Self.store()
        shelf.fill(&store, before: .at(now))
        for (labels, samples) in expected {
            let kept = shelf.samples(labels).filter { !Staleness.isMarker($0.value) }
            #expect(kept == Array(samples.prefix(kept.count)))
            #expect(samples.count - kept.count <= 16)
            #expect(store.samples(labels) == kept)
        }
    }

    @Test("of series that do not change are noted as often, and when they change")
    func takingConstant() {
        var store = Self.store()
        var taken: [Int] = []
        for time in 0..<100 {
            store.beginPoll(at: .at(time))
            store.append(["n": "0"], time < 70 ? 1 : 2, at: .at(time))
            let chunks = store.takeChunks(ofSeries: 9)
            #expect(chunks.count <= 2)
            for chunk in chunks {
                let last = taken.isEmpty ? Timestamp.distantPast : .at(taken[taken.count - 1])
                #expect(chunk.after == last)
            }
            if let last = chunks.last { taken.append(Int(last.chunk.last.seconds)) }
        }
        #expect(taken.prefix(9) == [7, 15, 23, 31, 39, 47, 55, 63, 69])
        #expect(zip([-1] + taken, taken).allSatisfy { $1 - $0 <= 9 }, "\(taken)")
        #expect(store.takeAllChunks().last?.chunk.last == .at(99))
    }

    @Test("are noted once, taken a few series at a time, and say what was taken before")
    func taking() {
        var store = Self.store()
        for time in 0..<33 {
            for series in 0..<3 {
                store.append(["n": "\(series)"], Double(time * time), at: .at(time))
            }
        }
        let first = store.takeChunks(ofSeries: 2)
        #expect(first.map { $0.labels["n"] } == ["0", "1"])
        #expect(first.map(\.chunk.sampleCount) == [32, 32])
        #expect(store.takeChunks(ofSeries: 2).map { $0.labels["n"] } == ["2"])
        #expect(store.takeChunks(ofSeries: 2).isEmpty)
        for time in 33..<50 { store.append(["n": "0"], Double(time * time), at: .at(time)) }
        let grown = store.takeChunks(ofSeries: 2)
        #expect(grown.map(\.chunk.start) == [.at(0)] && grown.map(\.after) == [.at(31)])
        #expect(store.takeAllChunks().map(\.chunk.sampleCount) == [2, 1, 1])
        #expect(store.takeAllChunks().isEmpty)
    }

    @Test("include the newest samples when asked, once, of a few series at a time")
    func unsealed() {
        var store = Self.store()
        for time in 0..<3 {
            for series in 0..<5 {
                store.append(["n": "\(series)"], Double(time * time), at: .at(time))
            }
        }
        #expect(store.takeChunks(ofSeries: 9).isEmpty)
        store.noteUnsealedChunks()
        var names: [String] = []
        for _ in 0..<3 {
            let taken = store.takeChunks(ofSeries: 2)
            #expect(taken.allSatisfy { $0.chunk.sampleCount == 3 })
            names += taken.map { $0.labels["n"] }
        }
        #expect(names == ["0", "1", "2", "3", "4"])
        store.noteUnsealedChunks()
        #expect(store.takeChunks(ofSeries: 9).isEmpty, "nothing is new")
        store.append(["n": "3"], 9, at: .at(9))
        store.noteUnsealedChunks()
        let rest = store.takeChunks(ofSeries: 9)
        #expect(rest.map { $0.labels["n"] } == ["3"] && rest[0].after == .at(2))
        #expect(rest[0].chunk.sampleCount == 4, "the samples from before are there again")
    }

    @Test("are of all series in the end, however many seal theirs meanwhile")
    func turns() {
        var store = Self.store()
        for series in 0..<12 { store.append(["n": "\(series)"], 1, at: .at(0)) }
        var names: Set<String> = []
        store.noteUnsealedChunks()
        for round in 1..<10 {
            // Four series seal a chunk in each round, and the next interval begins.
            for time in 0..<16 {
                for series in 0..<4 {
                    store.append(["n": "\(series)"], 1, at: .at(round * 16 + time))
                }
            }
            names.formUnion(store.takeChunks(ofSeries: 4).map { $0.labels["n"] })
            store.noteUnsealedChunks()
        }
        #expect(names.count == 12)
    }

    @Test("of removed series are gone, and a store that was emptied says so")
    func epochs() {
        var store = Self.store()
        for time in 0..<20 { store.append(["n": "0"], 1, at: .at(time)) }
        store.noteUnsealedChunks()
        store.remove { $0["n"] == "0" }
        #expect(store.takeChunks(ofSeries: 9).isEmpty)
        // The slot is used again.
        for time in 5..<25 { store.append(["n": "1"], 1, at: .at(time)) }
        #expect(store.takeChunks(ofSeries: 9).map { $0.labels["n"] } == ["1"])
        #expect(store.epoch == 0)
        store.noteUnsealedChunks()
        store.removeAll()
        #expect(store.epoch == 1 && store.takeChunks(ofSeries: 9).isEmpty)
        for time in 0..<20 { store.append(["n": "1"], 1, at: .at(time)) }
        #expect(store.takeChunks(ofSeries: 9).count == 1)
    }

    private static func chunk(_ times: Range<Int>, _ value: Double = 1) -> SealedChunk {
        SealedChunk(times.map { Sample(timestamp: .at($0), value: value) })
    }

    @Test("leave a gap between two lives")
    func gap() throws {
        var store = Self.store()
        let labels: Labels = ["n": "0"]
        #expect(store.restore([Self.chunk(10..<11)], of: labels, before: .at(20)) == 1)
        let series = try store.handle(labels)
        let before = store.newestSample(of: series, after: .at(0), through: .at(10))
        #expect(before?.value == 1)
        #expect(store.newestSample(of: series, after: .at(0), through: .at(11)) == nil)
        #expect(store.append(labels, 1, at: .at(20)) == .appended)
        #expect(store.values(labels) == [1, 1])
        #expect(store.rawSamples(of: series, after: .at(0), through: .at(20)).count == 3)
    }

    @Test("never stand in the way of a sample of now")
    func notNewer() {
        var store = Self.store()
        let labels: Labels = ["n": "0"]
        let chunks = [Self.chunk(0..<5), Self.chunk(5..<10), Self.chunk(10..<15)]
        #expect(store.restore(chunks, of: labels, before: .at(9)) == 5)
        #expect(store.append(labels, 2, at: .at(9)) == .appended)
        #expect(store.values(labels) == [1, 1, 1, 1, 1, 2])
        #expect(store.restore([Self.chunk(7..<8)], of: labels, before: .at(20)) == 0)
        #expect(store.restore([Self.chunk(7..<8)], of: ["n": "1"], before: .at(1)) == 0)
        #expect(store.seriesCount == 1, "nothing to restore creates no series")
    }

    @Test("that overlap, repeat or exceed the limits cost only themselves")
    func limits() {
        var overlapping = Self.store()
        let chunks = [
            Self.chunk(0..<10, 0), Self.chunk(0..<10, 1), Self.chunk(5..<12, 2),
            Self.chunk(12..<40, 3),
        ]
        #expect(overlapping.restore(chunks, of: ["n": "0"], before: .at(100)) == 40)
        let values = overlapping.values(["n": "0"])
        #expect(values.filter { $0 == 0 }.count == 10 && values.filter { $0 == 2 }.count == 2)
        #expect(values.count == 40)
        var small = Self.store(maximumSamples: 20)
        let parts = [0, 10, 20].map { Self.chunk($0..<$0 + 10, Double($0)) }
        small.restore(parts, of: ["n": "0"], before: .at(100))
        #expect(small.evictedSamplesTotal == 10 && small.samples(["n": "0"]).count == 20)
        #expect(small.values(["n": "0"]).first == 10)
    }
}
