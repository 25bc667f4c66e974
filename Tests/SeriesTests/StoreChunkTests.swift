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

    /// What a file keeps: the newest chunk of each start.
    private struct Shelf {
        var chunks: [Labels: [Timestamp: SeriesChunk]] = [:]

        mutating func put(_ taken: [SeriesChunk]) {
            for chunk in taken { chunks[chunk.labels, default: [:]][chunk.chunk.start] = chunk }
        }

        func fill(_ store: inout SeriesStore) {
            for series in chunks.values {
                for chunk in series.values.sorted(by: { $0.chunk.start < $1.chunk.start }) {
                    store.restore(chunk)
                }
            }
        }
    }

    @Test("give a store back what it had, over several lives", arguments: 0..<20)
    func lives(seed: Int) {
        var generator = SeededRandom(seed: seed)
        var (shelf, expected) = (Shelf(), [Labels: [Sample]]())
        var now = 1_000
        for life in 0..<4 {
            var store = Self.store()
            shelf.fill(&store)
            for (labels, samples) in expected { #expect(store.samples(labels) == samples) }
            store.endRestoredSeries()
            for _ in 0..<generator.number(below: 2_000) {
                now += generator.number(below: 3)
                let labels: Labels = ["n": "\(generator.number(below: 5))"]
                let value = Double(generator.number(below: 10))
                if store.append(labels, value, at: .at(now)) == .appended {
                    expected[labels, default: []].append(
                        Sample(timestamp: .at(now), value: value)
                    )
                }
                if generator.chance(0.02) { shelf.put(store.takeSealedChunks(ofSeries: 2)) }
            }
            // The last life is killed: what was not sealed is lost, and nothing older.
            shelf.put(life < 3 ? store.takeAllChunks() : store.takeSealedChunks(ofSeries: 100))
            now += 100
        }
        var store = Self.store()
        shelf.fill(&store)
        for (labels, samples) in expected {
            let found = store.samples(labels)
            #expect(found == Array(samples.prefix(found.count)))
            #expect(samples.count - found.count <= 16)
        }
    }

    @Test("are noted once, taken a few series at a time, and say what was taken before")
    func taking() {
        var store = Self.store()
        for time in 0..<33 {
            for series in 0..<3 { store.append(["n": "\(series)"], 1, at: .at(time)) }
        }
        let first = store.takeSealedChunks(ofSeries: 2)
        #expect(first.map { $0.labels["n"] } == ["0", "1"])
        #expect(first.map(\.chunk.sampleCount) == [32, 32])
        #expect(store.takeSealedChunks(ofSeries: 2).map { $0.labels["n"] } == ["2"])
        #expect(store.takeSealedChunks(ofSeries: 2).isEmpty)
        for time in 33..<50 { store.append(["n": "0"], 1, at: .at(time)) }
        let grown = store.takeSealedChunks(ofSeries: 2)
        #expect(grown.map(\.chunk.start) == [.at(0)] && grown.map(\.after) == [.at(31)])
        #expect(store.takeAllChunks().map(\.chunk.sampleCount) == [2, 1, 1])
        #expect(store.takeAllChunks().isEmpty)
    }

    @Test("of removed series are gone, and those of a new epoch say so")
    func epochs() {
        var store = Self.store()
        for time in 0..<20 { store.append(["n": "0"], 1, at: .at(time)) }
        store.remove { $0["n"] == "0" }
        #expect(store.takeSealedChunks(ofSeries: 9).isEmpty)
        // The slot is used again.
        for time in 5..<25 { store.append(["n": "1"], 1, at: .at(time)) }
        #expect(store.takeSealedChunks(ofSeries: 9).map { $0.labels["n"] } == ["1"])
        store.removeAll()
        for time in 0..<20 { store.append(["n": "1"], 1, at: .at(time)) }
        #expect(store.takeSealedChunks(ofSeries: 9).map(\.epoch) == [1])
    }

    @Test("leave a gap between two lives")
    func gap() throws {
        var store = Self.store()
        let labels: Labels = ["n": "0"]
        store.restore(
            SeriesChunk(labels: labels, chunk: SealedChunk([Sample(timestamp: .at(10), value: 1)]))
        )
        store.endRestoredSeries()
        store.endRestoredSeries()
        let series = try store.handle(labels)
        let before = store.newestSample(of: series, after: .at(0), through: .at(10))
        #expect(before?.value == 1)
        #expect(store.newestSample(of: series, after: .at(0), through: .at(11)) == nil)
        #expect(store.append(labels, 1, at: .at(20)) == .appended)
        #expect(store.values(labels) == [1, 1])
        #expect(store.rawSamples(of: series, after: .at(0), through: .at(20)).count == 3)
    }

    @Test("that overlap, repeat or exceed the limits cost only themselves")
    func limits() {
        func chunk(_ times: Range<Int>, _ value: Double) -> SeriesChunk {
            SeriesChunk(
                labels: ["n": "0"],
                chunk: SealedChunk(times.map { Sample(timestamp: .at($0), value: value) })
            )
        }
        var overlapping = Self.store()
        #expect(overlapping.restore(chunk(0..<10, 0)) == 10)
        #expect(overlapping.restore(chunk(0..<10, 1)) == 0)
        #expect(overlapping.restore(chunk(5..<12, 2)) == 2)
        #expect(overlapping.restore(chunk(12..<40, 3)) == 28)
        let values = overlapping.values(["n": "0"])
        #expect(values.filter { $0 == 0 }.count == 10 && values.filter { $0 == 2 }.count == 2)
        #expect(values.count == 40)
        var small = Self.store(maximumSamples: 20)
        for start in [0, 10, 20] { small.restore(chunk(start..<start + 10, Double(start))) }
        #expect(small.evictedSamplesTotal == 10 && small.samples(["n": "0"]).count == 20)
        #expect(small.values(["n": "0"]).first == 10)
    }
}
