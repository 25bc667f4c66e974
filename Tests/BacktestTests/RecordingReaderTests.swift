import Cycle
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
}
