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

    @Test("knows whether its values are equal, and its times those of another", arguments: 0..<50)
    func comparisons(seed: Int) {
        var generator = SeededRandom(seed: seed)
        for _ in 0..<50 {
            let samples = Self.samples(&generator)
            let chunk = SealedChunk(samples)
            let values = Set(samples.map(\.value.bitPattern))
            #expect(chunk.constantValue?.bitPattern == (values.count == 1 ? values.first : nil))
            var others = samples.map { Sample(timestamp: $0.timestamp, value: $0.value * 0.7) }
            #expect(chunk.hasTimes(of: SealedChunk(others)))
            let read = SealedChunk.chunks(bytes: SealedChunk(others).bytes, like: [chunk])
            #expect(read == [SealedChunk(others)])
            guard others.count > 2 else { continue }
            let place = 1 + generator.number(below: others.count - 2)
            let before = others[place - 1].timestamp, after = others[place + 1].timestamp
            let other = before + (after - before) / 3
            guard other > before, other != others[place].timestamp else { continue }
            others[place] = Sample(timestamp: other, value: others[place].value)
            #expect(!chunk.hasTimes(of: SealedChunk(others)))
            let moved = SealedChunk.chunks(bytes: SealedChunk(others).bytes, like: [chunk])
            #expect(moved == [SealedChunk(others)])
            #expect(!chunk.hasTimes(of: SealedChunk(Array(samples.dropLast()))))
        }
    }

    @Test("of any bytes can be read, or is refused", arguments: 0..<40)
    func hostileBytes(seed: Int) {
        var generator = SeededRandom(seed: seed)
        var accepted = 0
        for _ in 0..<2_000 {
            var bytes = SealedChunk(Self.samples(&generator)).bytes
            for _ in 0..<(1 + generator.number(below: 4)) {
                let header = min(24, bytes.count)
                let place = generator.number(below: generator.chance(0.8) ? header : bytes.count)
                bytes[place] = UInt8(truncatingIfNeeded: generator.next())
            }
            if generator.chance(0.05) { bytes.removeLast(1 + generator.number(below: 9)) }
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
        let none = SharedTimes()
        var chunks = SealedChunks()
        chunks.append(chunk)
        for _ in 0..<3 {
            let time = Int64.random(
                in: chunk.start.milliseconds...chunk.last.milliseconds,
                using: &generator
            )
            let newest = chunks.newestSample(through: time, none)
            #expect(newest == samples.last { $0.timestamp.milliseconds <= time })
            var window: [Sample] = []
            let later = ChunkWindow(after: time, through: .max, withMarkers: true)
            chunks.append(later, none, to: &window)
            #expect(window == samples.filter { $0.timestamp.milliseconds > time })
        }
    }

    /// Two samples, a second apart, whose values rise by one.
    private struct Header {
        var start: UInt64 = 1_000
        var count: UInt64 = 2
        var widths: [UInt8] = [0, 0]
        var kind: UInt8 = 0
        var value = (1.0).bitPattern
        var step: Int64 = 1
        var distance: UInt64 = 1_000
        var rest: [UInt8] = []

        var bytes: [UInt8] {
            number(start) + number(count) + widths + [kind]
                + (0..<8).map { UInt8(truncatingIfNeeded: value >> UInt64(56 - $0 * 8)) }
                + number(UInt64(bitPattern: (step << 1) ^ (step >> 63))) + number(distance) + rest
        }

        private func number(_ number: UInt64) -> [UInt8] {
            var (rest, bytes) = (number, [UInt8]())
            while rest >= 0x80 {
                bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
                rest >>= 7
            }
            return bytes + [UInt8(rest)]
        }
    }

    @Test("is refused if it claims what it cannot hold")
    func claims() {
        func changing(_ change: (inout Header) -> Void) -> SealedChunk? {
            var header = Header()
            change(&header)
            return SealedChunk(bytes: header.bytes)
        }
        #expect(changing { _ in }?.samples.map(\.value) == [1, 2])
        #expect(changing { $0.value = (3.0).bitPattern }?.samples.map(\.value) == [3, 4])
        #expect(changing { $0.start = UInt64(bitPattern: -1) } == nil, "a time before 1970")
        #expect(changing { $0.start = 253_402_300_799_999 } == nil, "an end after the year 9999")
        #expect(changing { $0.value = Double.nan.bitPattern } == nil, "a decimal without a number")
        #expect(changing { $0.value = (1e300).bitPattern } == nil, "a decimal that is too large")
        #expect(changing { $0.count = 0 } == nil, "no samples")
        #expect(changing { $0.count = 257 } == nil, "more samples than any chunk has")
        #expect(changing { $0.count = .max } == nil, "more samples than there are numbers")
        #expect(changing { $0.step = .min } == nil, "a step beyond all numbers")
        #expect(changing { $0.step = .max } == nil, "another step beyond all numbers")
        #expect(changing { $0.distance = 0 } == nil, "two samples at one time")
        #expect(changing { $0.distance = .max } == nil, "a distance beyond all times")
        #expect(changing { $0.widths = [64, 0] } == nil, "times of more bits than fit")
        #expect(changing { $0.widths = [0, 65] } == nil, "values of more bits than fit")
        #expect(changing { $0.widths = [0, 63] } == nil, "decimals of more bits than fit")
        #expect(changing { $0.widths = [8, 8] } == nil, "bits that are not there")
        #expect(changing { $0.rest = [0] } == nil, "bits that nobody needs")
        #expect(changing { $0.kind = 13 } == nil, "more decimals than are encoded")
        #expect(changing { $0.kind = 0x80 | 64 } == nil, "a shift by a whole word")
        #expect(SealedChunk(bytes: []) == nil)
        #expect(SealedChunk(bytes: [UInt8](repeating: 0xff, count: 40)) == nil)
    }

    @Test("can stand after another one")
    func sequence() {
        let chunks = (0..<5).map { index in
            SealedChunk((0...index).map { Sample(timestamp: .at(index * 100 + $0), value: 1.5) })
        }
        let bytes = chunks.flatMap(\.bytes)
        #expect(SealedChunk.chunks(bytes: bytes) == chunks)
        #expect(SealedChunk.chunks(bytes: bytes + [1]) == nil)
        #expect(SealedChunk.chunks(bytes: []) == nil)
        // A few bytes that claim very many samples.
        let dense = SealedChunk((0..<256).map { Sample(timestamp: .at($0), value: 1) }).bytes
        #expect(dense.count < 20)
        func repeated(_ count: Int) -> [UInt8] {
            Array(repeatElement(dense, count: count).joined())
        }
        #expect(SealedChunk.chunks(bytes: repeated(64))?.count == 64)
        #expect(SealedChunk.chunks(bytes: repeated(65)) == nil)
    }

    @Test("divides where a period ends")
    func divided() {
        let times = [10, 50, 60, 119, 120, 500]
        let chunk = SealedChunk(times.map { Sample(timestamp: .at($0), value: 1) })
        let parts = chunk.divided(by: .seconds(60))
        #expect(
            parts.map { $0.samples.map(\.timestamp.seconds) } == [
                [10, 50], [60, 119], [120], [500],
            ]
        )
        #expect(chunk.divided(by: .seconds(501)) == [chunk])
    }

    @Test("of many samples is packed without loss, in fewer bytes than sealed ones take")
    func packed() {
        var generator = SeededRandom(seed: 7)
        let samples = (0..<1_000).map { index in
            Sample(timestamp: .at(index * 30), value: Double(generator.number(below: 100)) / 100)
        }
        let packed = SealedChunk.packed(samples)
        #expect(packed.flatMap(\.samples) == samples)
        #expect(packed.allSatisfy { SealedChunk(bytes: $0.bytes) == $0 })
        let sealed = stride(from: 0, to: 1_000, by: 64).map { start in
            SealedChunk(Array(samples[start..<min(start + 64, 1_000)]))
        }
        #expect(packed.flatMap(\.bytes).count < sealed.flatMap(\.bytes).count * 9 / 10)
        #expect(SealedChunk.packed([]).isEmpty)
    }
}
