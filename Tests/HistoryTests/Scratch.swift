import Foundation
import Series
import Synchronization
import Testing
import Time

@testable import History

/// A folder with a file of samples in it.
final class HistoryFolder {
    let url: URL
    var path: String { url.path }

    init() throws {
        url = FileManager.default.temporaryDirectory
            .appending(path: "graphwarden-history-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    var file: URL { url.appending(path: HistoryFile.fileName) }

    func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }
}

/// A day long after the epoch.
let noon = Timestamp(milliseconds: 1_700_000_000_000)

extension SeriesChunk {
    /// One sample every 30 seconds.
    static func steady(
        _ labels: Labels,
        from start: Timestamp,
        count: Int = 64,
        value: Double = 1,
        epoch: Int = 0
    ) -> SeriesChunk {
        let samples = (0..<count).map { index in
            Sample(timestamp: start + .seconds(30 * index), value: value + Double(index))
        }
        return SeriesChunk(labels: labels, chunk: SealedChunk(samples), epoch: epoch)
    }
}

extension HistoryFile {
    func put(_ chunks: [SeriesChunk]) throws {
        var known = KnownSeries()
        _ = try write(chunks, generation: try generation(), known: &known)
    }

    func load(through end: Timestamp = noon + .seconds(86_400)) throws -> LoadedHistory {
        try load(from: .distantPast, through: end)
    }
}

/// What a writer said, and a clock that a test sets.
final class WriterFixture: Sendable {
    let notices = Mutex<[HistoryNotice]>([])
    let time = Mutex(Duration.zero)
    let terms = HistoryTerms(retention: .seconds(86_400), maximumBytes: 1 << 30, vantage: "v")

    func writer(_ folder: HistoryFolder, queueBytes: Int = 32 << 20) -> HistoryWriter {
        HistoryWriter(
            folder: folder.path,
            file: nil,
            terms: terms,
            maximumQueueBytes: queueBytes,
            now: { noon + .seconds(3600) },
            elapsed: { [self] in time.withLock { $0 } },
            notify: { [self] notice in notices.withLock { $0.append(notice) } }
        )
    }

    func pass(_ duration: Duration) { time.withLock { $0 += duration } }
}
