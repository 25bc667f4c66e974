import TestSupport
import Testing

@testable import Series
import Time

struct CompressionTests {
    private static let everything = ChunkWindow(after: .min, through: .max, withMarkers: true)

    private func sealed(_ samples: [Sample]) -> SealedChunks {
        var chunks = SealedChunks()
        chunks.append(samples, position: nil)
        return chunks
    }

    private func samples(
        of chunks: SealedChunks,
        _ window: ChunkWindow = everything
    ) -> [Sample] {
        var samples: [Sample] = []
        chunks.append(window, SharedTimes(), to: &samples)
        return samples
    }

    private func steady(_ values: [Double], every distance: Int64 = 15_000) -> [Sample] {
        values.enumerated().map { index, value in
            Sample(timestamp: Timestamp(milliseconds: Int64(index) * distance), value: value)
        }
    }

    @Test("every window round-trips bit for bit", arguments: 0..<100 as Range<UInt64>)
    func roundTrip(seed: UInt64) {
        var generator = SeededRandom(seed: seed)
        let kind = Int(seed % 10)
        var time: Int64 = .random(in: -1_000_000...1_000_000, using: &generator)
        let all = (0..<Int.random(in: 1...64, using: &generator)).map { index in
            time += Self.interval(kind, &generator)
            return Sample(
                timestamp: Timestamp(milliseconds: time),
                value: Self.value(kind, index, &generator)
            )
        }
        let chunks = sealed(all)
        #expect(samples(of: chunks) == all)
        let times = all.map(\.timestamp.milliseconds)
        for _ in 0..<20 {
            let bounds = (0..<2).map { _ in
                (times.randomElement(using: &generator) ?? 0)
                    + .random(in: -1...1, using: &generator)
            }.sorted()
            for withMarkers in [false, true] {
                let window = ChunkWindow(
                    after: bounds[0],
                    through: bounds[1],
                    withMarkers: withMarkers
                )
                let expected = all.filter {
                    bounds[0] < $0.timestamp.milliseconds && $0.timestamp.milliseconds <= bounds[1]
                        && (withMarkers || !Staleness.isMarker($0.value))
                }
                #expect(samples(of: chunks, window) == expected)
            }
            let newest = all.last { $0.timestamp.milliseconds <= bounds[1] }
            #expect(chunks.newestSample(through: bounds[1], SharedTimes()) == newest)
        }
    }

    private static func interval(_ kind: Int, _ generator: inout SeededRandom) -> Int64 {
        switch kind {
        case 0, 5, 6: 15_000
        case 1, 7: 15_000 + .random(in: -100...100, using: &generator)
        case 2: .random(in: 1...4000, using: &generator)
        case 3, 8: .random(in: 1...200_000, using: &generator)
        default: 1 << Int64.random(in: 0...50, using: &generator)
        }
    }

    private static func value(
        _ kind: Int,
        _ index: Int,
        _ generator: inout SeededRandom
    ) -> Double {
        switch kind {
        case 0: Double(index / 10)
        case 1: .random(in: 0...1, using: &generator)
        case 2:
            [0, 1, -0.0, .infinity, .nan, Staleness.marker].randomElement(using: &generator) ?? 0
        case 3: Double(Int.random(in: -1000...1000, using: &generator)) / 10
        case 5: Double(index) * 3 - 1_700_000_000
        case 6: 0.1 + 0.2
        case 7: Double(Int.random(in: 0...1 << 53, using: &generator) - 1 << 52)
        case 8: Double(Int.random(in: 1...999_999, using: &generator)) / 1e9
        default: Double(bitPattern: generator.next())
        }
    }

    @Test("the earliest and latest times round-trip")
    func extremeTimes() {
        let all = [Int64.min + 1, -1, 0, 1, .max - 1, .max].map {
            Sample(timestamp: Timestamp(milliseconds: $0), value: Double($0))
        }
        #expect(samples(of: sealed(all)) == all)
        let two = [Int64.min + 1, .max].map {
            Sample(timestamp: Timestamp(milliseconds: $0), value: 1)
        }
        #expect(samples(of: sealed(two)) == two)
    }

    struct RegularValues: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// Bits of the largest deviation from the smallest difference.
        let bits: Int
        let value: @Sendable (Int) -> Double
    }

    static let regular = [
        RegularValues(testDescription: "a constant", bits: 0) { _ in 1 },
        RegularValues(testDescription: "a constant that is not a decimal", bits: 0) { _ in 1 / 3 },
        RegularValues(testDescription: "a counter at a constant rate", bits: 0) { Double($0 * 15) },
        RegularValues(testDescription: "zero and one", bits: 2) { Double($0 % 2) },
        RegularValues(testDescription: "hundredths below ten", bits: 11) {
            Double($0 * 37 % 1000) / 100
        },
    ]

    @Test("regular samples take few bits", arguments: regular)
    func fewBits(values: RegularValues) {
        let form = ChunkForm(for: steady((0..<64).map(values.value)))
        #expect(form.distanceWidth == 0)
        #expect(form.valueWidth <= values.bits)
    }

    @Test("no sample takes more than its own bits plus a few")
    func worstCase() {
        var generator = SeededRandom(seed: 1)
        let all = steady((0..<64).map { _ in Double(bitPattern: generator.next()) })
        #expect(ChunkForm(for: all).valueWidth <= 64)
    }

    @Test("numbers next to a decimal are not mistaken for it")
    func decimals() {
        // 0.1 + 0.2 is one unit in the last place above 0.3.
        let all = steady([0.3, 0.1 + 0.2, 0.3, -0.0, 0])
        #expect(samples(of: sealed(all)) == all)
    }

    @Test("samples join a chunk unless that takes more memory")
    func joining() throws {
        let none = SharedTimes()
        let all = steady((0..<60).map { Double($0 * $0) })
        var chunks = sealed(Array(all[..<40]))
        let before = try #require(chunks.newestChunk(none))
        chunks.append(Array(all[40...]), joining: before, position: nil, none)
        #expect(samples(of: chunks) == all && chunks.sampleCount == 60)
        let joined = try #require(chunks.newestChunk(none))
        #expect(joined.form.count == 60)
        let other = [all[59].timestamp + .seconds(15)].map { Sample(timestamp: $0, value: .nan) }
        chunks.append(other, joining: joined, position: nil, none)
        #expect(samples(of: chunks) == all + other && chunks.sampleCount == 61)
        #expect(chunks.newestChunk(none)?.form.count == 1)
    }

    @Test("the oldest chunks are dropped")
    func dropping() {
        let none = SharedTimes()
        var chunks = SealedChunks()
        let all = steady((0..<96).map { Double($0) })
        for start in stride(from: 0, to: 96, by: 32) {
            chunks.append(Array(all[start..<start + 32]), position: nil)
        }
        chunks.removeChunks(before: all[31].timestamp, none)
        #expect(samples(of: chunks) == all)
        chunks.removeChunks(before: all[32].timestamp, none)
        #expect(samples(of: chunks) == Array(all[32...]))
        #expect(chunks.removeOldest(31, none) == 0)
        #expect(chunks.removeOldest(63, none) == 32)
        #expect(samples(of: chunks) == Array(all[64...]))
        #expect(chunks.sampleCount == 32)
        chunks.removeChunks(before: .distantFuture, none)
        #expect(samples(of: chunks).isEmpty)
        #expect(chunks.newestChunk(none) == nil)
    }
}
