import Testing

@testable import Series

struct CompressionTests {
    private func decoded(_ chunk: OpenChunk) -> [Sample] {
        samples(chunk.decoder())
    }

    private func samples(_ decoder: ChunkDecoder) -> [Sample] {
        var decoder = decoder
        var samples: [Sample] = []
        while let run = decoder.next() { samples += (0..<run.count).map(run.sample) }
        return samples
    }

    private func compressed(_ samples: [Sample]) throws -> OpenChunk {
        var chunk = OpenChunk(first: try #require(samples.first))
        for sample in samples.dropFirst() { chunk.append(sample) }
        return chunk
    }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func everySampleComesBackBitForBit(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let kind = Int(seed % 6)
        var time: Int64 = Int64.random(in: -1_000_000...1_000_000, using: &generator)
        let samples = (0..<Int.random(in: 1...300, using: &generator)).map { index in
            time += Self.interval(kind, &generator)
            return Sample(
                timestamp: Timestamp(milliseconds: time),
                value: Self.value(kind, index, &generator)
            )
        }
        var chunk = try compressed(samples)
        #expect(decoded(chunk) == samples)

        let next = Sample(timestamp: Timestamp(milliseconds: time + 1), value: 7)
        let sealed = chunk.seal(startingAnewWith: next)
        #expect(self.samples(sealed.decoder()) == samples)
        #expect(sealed.last == samples.last?.timestamp)
        #expect(decoded(chunk) == [next])
    }

    private static func interval(_ kind: Int, _ generator: inout SeededGenerator) -> Int64 {
        switch kind {
        case 0: 15_000
        case 1: 15_000 + .random(in: -100...100, using: &generator)
        case 2: .random(in: 1...4000, using: &generator)
        case 3: .random(in: 1...200_000, using: &generator)
        default: 1 << Int64.random(in: 0...50, using: &generator)
        }
    }

    private static func value(
        _ kind: Int,
        _ index: Int,
        _ generator: inout SeededGenerator
    ) -> Double {
        switch kind {
        case 0: Double(index / 10)
        case 1: .random(in: 0...1, using: &generator)
        case 2: [0, 1, -0.0, .infinity, Staleness.marker].randomElement(using: &generator) ?? 0
        case 3: Double(Int.random(in: -1000...1000, using: &generator)) * 0.1
        default: Double(bitPattern: generator.next())
        }
    }

    @Test func theEndsOfTimeRoundTrip() throws {
        let samples = [Int64.min, -1, 0, 1, .max - 1, .max].map {
            Sample(timestamp: Timestamp(milliseconds: $0), value: Double($0))
        }
        #expect(decoded(try compressed(samples)) == samples)
    }

    @Test func aRunKnowsHowManyOfItsSamplesArePast() {
        let run = SampleRun(first: 100, distance: 10, count: 5, value: 1)
        #expect([99, 100, 109, 110, 139, 140, 1000].map(run.count) == [0, 1, 1, 2, 4, 5, 5])
        #expect(run.count(through: .min) == 0)
        #expect(run.count(through: .max) == 5)
        let wide = SampleRun(first: .min, distance: .max, count: 3, value: 1)
        #expect([.min, -2, -1, 0, .max - 2, .max - 1].map(wide.count) == [1, 1, 2, 2, 2, 3])
    }

    @Test func aSteadyValueCostsTwoBitsASample() throws {
        let samples = (0..<120).map {
            Sample(timestamp: Timestamp(milliseconds: $0 * 15_000), value: 1)
        }
        var chunk = try compressed(samples)
        let sealed = chunk.seal(startingAnewWith: Sample(timestamp: .distantFuture, value: 0))
        #expect(sealed.words.count <= 5)
    }

    @Test func oneWildValueDoesNotMakeTheNextDear() throws {
        // The wild value differs in 50 bits; alternating between 1 and 2 takes a few.
        let values = [1, 0.1234567] + (0..<118).map { Double($0 % 2 + 1) }
        let samples = values.enumerated().map {
            Sample(timestamp: Timestamp(milliseconds: Int64($0.offset) * 15_000), value: $0.element)
        }
        var chunk = try compressed(samples)
        let sealed = chunk.seal(startingAnewWith: Sample(timestamp: .distantFuture, value: 0))
        #expect(sealed.words.count <= 30)
    }
}
