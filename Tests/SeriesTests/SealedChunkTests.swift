import TestSupport
import Testing
import Time

@testable import Series

@Suite("A sealed chunk")
struct SealedChunkTests {
    /// Steady, irregular, decimal, binary and stale values.
    private static func samples(_ generator: inout SeededRandom) -> [Sample] {
        let kind = generator.number(below: 5)
        var time = Int64.random(in: 0...1_700_000_000_000, using: &generator)
        return (0..<(1 + generator.number(below: 64))).map { index in
            time += kind == 0 ? 30_000 : Int64.random(in: 1...100_000, using: &generator)
            let value: Double =
                switch kind {
                case 0: 200
                case 1: Double(index * generator.number(below: 1_000)) / 1_000
                case 2: Double(bitPattern: generator.next())
                case 3: index % 5 == 4 ? Staleness.marker : 1
                default: Double(generator.number(below: 1 << 50)) - 0x1p49
                }
            return Sample(timestamp: Timestamp(milliseconds: time), value: value)
        }
    }

    @Test("is the same after a way through bytes", arguments: 0..<50)
    func bytes(seed: Int) throws {
        var generator = SeededRandom(seed: seed)
        let samples = Self.samples(&generator)
        let chunk = SealedChunk(samples)
        #expect(chunk.samples == samples)
        #expect(chunk.start == samples.first?.timestamp && chunk.last == samples.last?.timestamp)
        #expect(chunk.sampleCount == samples.count)
        #expect(SealedChunk(bytes: chunk.bytes) == chunk)
    }

    @Test("of any bytes can be read, or is refused", arguments: 0..<40)
    func hostileBytes(seed: Int) {
        var generator = SeededRandom(seed: seed)
        var accepted = 0
        for _ in 0..<2_000 {
            var bytes = SealedChunk(Self.samples(&generator)).bytes
            for _ in 0..<(1 + generator.number(below: 4)) {
                let place = generator.number(below: generator.chance(0.8) ? 48 : bytes.count)
                bytes[place] = UInt8(truncatingIfNeeded: generator.next())
            }
            if generator.chance(0.05) { bytes.removeLast(generator.number(below: 9)) }
            guard let chunk = SealedChunk(bytes: bytes) else { continue }
            accepted += 1
            expectReadable(chunk, &generator)
        }
        #expect(accepted > 50, "mutations that change only a value are accepted")
    }

    /// Reads all of it, and windows of it, as the store does.
    private func expectReadable(_ chunk: SealedChunk, _ generator: inout SeededRandom) {
        let samples = chunk.samples
        #expect(samples.count == chunk.sampleCount)
        #expect(samples.first?.timestamp == chunk.start && samples.last?.timestamp == chunk.last)
        #expect(zip(samples, samples.dropFirst()).allSatisfy { $0.timestamp < $1.timestamp })
        var chunks = SealedChunks()
        chunks.append(chunk)
        for _ in 0..<3 {
            let time = Int64.random(
                in: chunk.start.milliseconds...chunk.last.milliseconds,
                using: &generator
            )
            let newest = chunks.newestSample(through: time)
            #expect(newest == samples.last { $0.timestamp.milliseconds <= time })
            var window: [Sample] = []
            chunks.append(ChunkWindow(after: time, through: .max, withMarkers: true), to: &window)
            #expect(window == samples.filter { $0.timestamp.milliseconds > time })
        }
    }

    @Test("is refused if it claims what it cannot hold")
    func claims() {
        let chunk = SealedChunk([
            Sample(timestamp: .at(1), value: 1), Sample(timestamp: .at(2), value: 2),
        ])
        func changing(_ word: Int, _ value: UInt64) -> SealedChunk? {
            var words = chunk.words
            words[word] = value
            return SealedChunk(
                bytes: words.flatMap { word in
                    (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64($0 * 8)) }
                }
            )
        }
        #expect(changing(2, (3.0).bitPattern) != nil, "another value is one")
        #expect(changing(0, UInt64(bitPattern: -1)) == nil, "a time before 1970")
        #expect(changing(1, 9_000) == nil, "another end")
        #expect(changing(2, Double.nan.bitPattern) == nil, "a decimal that is no number")
        #expect(changing(2, (1e300).bitPattern) == nil, "a decimal that is too large")
        #expect(changing(3, chunk.words[3] & ~0xffff) == nil, "no samples")
        #expect(changing(3, chunk.words[3] | 0xffff) == nil, "65,535 samples in one word")
        #expect(changing(4, UInt64(bitPattern: .min)) == nil, "a step beyond all numbers")
        #expect(changing(5, 0) == nil, "two samples at one time")
        #expect(changing(5, .max) == nil, "a distance beyond all times")
        #expect(SealedChunk(bytes: []) == nil)
    }

    @Test("divides where it spans too much time")
    func divided() {
        let times = [0, 10, 60, 5_000, 5_001, 9_000]
        let chunk = SealedChunk(times.map { Sample(timestamp: .at($0), value: 1) })
        let parts = chunk.divided(bySpan: .seconds(60))
        #expect(
            parts.map { $0.samples.map(\.timestamp.seconds) } == [
                [0, 10, 60], [5_000, 5_001], [9_000],
            ]
        )
        #expect(chunk.divided(bySpan: .seconds(9_000)) == [chunk])
    }
}
