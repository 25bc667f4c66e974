import Cycle
import Series
import TestSupport
import Testing
import Time

@testable import Backtest

@Suite("A recording")
struct RecordingReaderTests {
    private func read(
        _ text: String,
        piece: Int = 7,
        _ options: RecordingReader.Options = .init()
    ) throws(RecordingError) -> FleetRecording {
        var reader = RecordingReader(options)
        reader.beginFile()
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: piece) {
            try reader.read(Array(bytes[start..<min(bytes.count, start + piece)]))
        }
        try reader.endFile()
        return try reader.finish()
    }

    @Test("is the same however the text is cut", arguments: [1, 2, 3, 7, 64, 10_000])
    func pieces(piece: Int) throws {
        let recording = try read(
            """
            # TYPE ges_up gauge
            ges_up{instance="a",project_id="p"} 1 1700000000
            ges_up{instance="a",project_id="p"} 1 1700000030.5
            other{x="}"} 5 1700000030.5
            ges_graph_status_code{graph_id="g\\"1",instance="a"} 200 1700000000.0
            ges_graph_status_code{graph_id="g\\"1",instance="a"} 2.02e+02 1.7000000305e+09
            # EOF
            """,
            piece: piece
        )
        #expect(recording.times == [1_700_000_000_000, 1_700_000_030_500])
        #expect(recording.graphIDs == ["g\"1"])
        #expect(recording.sampleCount == 4)
        let status = try #require(recording.series.first { $0.metric == .statusCode })
        #expect(status.runs.map(\.value) == [200, 202])
    }

    /// Times of polls in order, from all of which a series takes most.
    private static func chunks(_ generator: inout SeededRandom) -> [(series: Int, SealedChunk)] {
        let times = (0..<200).map { 1_700_000_000_000 + Int64($0) * 30_000 }
            .map { $0 + Int64(generator.number(below: 900)) }
        var chunks: [(Int, SealedChunk)] = []
        for start in stride(from: 0, to: times.count, by: 50) {
            for series in 0..<8 {
                let isConstant = generator.chance(0.6)
                let lacks = generator.chance(0.2) ? 0.1 : 0
                let values = [200, Double(generator.number(below: 4)), Staleness.marker]
                let constant = generator.pick(values)
                let samples = times[start..<start + 50].compactMap { time -> Sample? in
                    guard !generator.chance(lacks) else { return nil }
                    let value = isConstant ? constant : generator.pick(values)
                    return Sample(
                        timestamp: Timestamp(milliseconds: time),
                        // The metric of the last series says when a graph was read.
                        value: series == 7 ? Double(time - (isConstant ? 0 : 30_000)) / 1000 : value
                    )
                }
                if !samples.isEmpty { chunks.append((series, SealedChunk(samples))) }
                // Written twice, or too late.
                if generator.chance(0.05), let known = chunks.randomElement(using: &generator) {
                    chunks.append(known)
                }
            }
        }
        return chunks
    }

    @Test("of chunks is that of their samples", arguments: 0..<200)
    func chunks(seed: Int) throws {
        var generator = SeededRandom(seed: seed)
        let chunks = Self.chunks(&generator)
        var options = RecordingReader.Options()
        if generator.chance(0.3) {
            options.from = Timestamp(milliseconds: 1_700_000_000_000 + 30_000 * 70)
            options.to = options.from + .seconds(30 * 60)
        }
        func recording(
            _ append: (inout RecordingReader, SealedChunk, Int) throws -> Void
        ) throws -> FleetRecording {
            var reader = RecordingReader(options)
            let names = ["status_code", "jobs_running", "tasks", "last_sample_timestamp_seconds"]
            let places = try (0..<8).map { series in
                let name = "ges_graph_\(names[series == 7 ? 3 : series % 3])"
                return try #require(
                    try reader.make(name: name, labels: [("graph_id", "\(series)")])
                )
            }
            for (series, chunk) in chunks { try append(&reader, chunk, places[series]) }
            let up = try #require(try reader.make(name: "ges_up", labels: [("project_id", "p")]))
            try reader.append(1, at: 1_700_000_000_000 + 30_000 * 100, to: up)
            return try reader.finish()
        }
        let whole = try recording { try $0.append($1, to: $2) }
        let each = try recording { reader, chunk, place in
            for sample in chunk.samples {
                try reader.append(sample.value, at: sample.timestamp.milliseconds, to: place)
            }
        }
        expectEqual(whole, each)
    }

    private func expectEqual(_ one: FleetRecording, _ other: FleetRecording) {
        #expect(one.times == other.times && one.sampleCount == other.sampleCount)
        #expect(one.series.map(\.runs) == other.series.map(\.runs))
        #expect(one.usualPolls == other.usualPolls && one.pollTimes == other.pollTimes)
    }

    /// Now and then a part shows a poll of the one before: the graph was not read since.
    @Test("that was read in parts is that of the whole", arguments: 0..<100)
    func parts(seed: Int) throws {
        var generator = SeededRandom(seed: seed)
        let names = ["status_code", "jobs_running", "last_sample_timestamp_seconds"]
        func made() throws -> (reader: RecordingReader, places: [Int]) {
            var reader = RecordingReader()
            let up = try reader.make(name: "ges_up", labels: [("project_id", "p")])
            let places = try names.map {
                try reader.make(name: "ges_graph_\($0)", labels: [("graph_id", "g")])
            }
            return (reader, ([up] + places).compactMap(\.self))
        }
        var (whole, places) = try made()
        var (joined, _) = try made()
        for part in 0..<3 {
            var reader = joined.withoutSamples
            let start = 1_700_000_000_000 + Int64(part) * 600_000
            for (series, place) in places.enumerated() {
                // Without holes in the first series, the axis is in order.
                for poll in 0..<20 where generator.chance(seed % 2 == 0 && series == 0 ? 1 : 0.9) {
                    let time = start + Int64(poll) * 30_000
                    let isLate = generator.chance(0.2)
                    let value =
                        series == 3
                        ? Double(time - (isLate ? 30_000 : 0)) / 1000
                        : Double(series == 0 ? 1 : generator.number(below: 2))
                    try reader.append(value, at: time, to: place)
                    try whole.append(value, at: time, to: place)
                }
            }
            if generator.chance(0.5) { reader.putInOrder() }
            try joined.join(reader)
        }
        expectEqual(try joined.finish(), try whole.finish())
    }

    @Test("refuses values that no agent exports, in chunks too")
    func impossibleValues() throws {
        for value in [1e16, -1e300, .infinity] {
            var reader = RecordingReader()
            let place = try #require(
                try reader.make(name: "ges_graph_tasks", labels: [("graph_id", "g")])
            )
            let samples = (0..<3).map {
                Sample(timestamp: Timestamp(milliseconds: 30_000 * $0), value: value)
            }
            for _ in 0..<2 {
                #expect(throws: RecordingError.self) {
                    try reader.append(SealedChunk(samples), to: place)
                }
            }
        }
    }
}
