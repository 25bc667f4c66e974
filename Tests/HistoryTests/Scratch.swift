import Foundation
import SQLite
import Series
import Synchronization
import Testing
import Time

@testable import History

/// A folder with a file of samples in it.
final class HistoryFolder {
    let url: URL
    var path: String { url.path }

    init(in parent: URL = FileManager.default.temporaryDirectory) throws {
        url = parent.appending(path: "graphwarden-history-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    var file: URL { url.appending(path: HistoryFile.fileName) }

    func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }
}

/// A day long after the epoch, at the start of a bucket.
let noon = Timestamp(milliseconds: 236_112 * 7_200_000)

extension SeriesChunk {
    /// One sample every 30 seconds.
    static func steady(
        _ labels: Labels,
        from start: Timestamp,
        count: Int = 64,
        value: Double = 1,
        after: Timestamp = .distantPast
    ) -> SeriesChunk {
        let samples = (0..<count).map { index in
            Sample(timestamp: start + .seconds(30 * index), value: value + Double(index))
        }
        return SeriesChunk(labels: labels, chunk: SealedChunk(samples), after: after)
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

    /// As the writer that has written the newest chunk does.
    func compactAll() throws {
        let newest = try read { db in try Self.newestBucket(db) } ?? 0
        while try compact(writtenThrough: newest) {}
    }

    func isOfFuture(at now: Timestamp) throws -> Bool {
        try load(from: now, through: now).isOfFuture
    }

    func execute(_ sql: String) throws {
        try database.writeWithoutTransaction { db in try db.execute(sql: sql) }
    }

    func number(_ sql: String) throws -> Int? {
        try database.read { db in try db.fetchValue(Int.self, sql: sql) }
    }
}

extension LoadedHistory {
    /// By the only label of their series.
    var samples: [String: [Sample]] {
        Dictionary(
            series.map { ($0.labels.map(\.value).joined(), $0.chunks.flatMap(\.samples)) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    var names: Set<String> { Set(samples.keys) }
}

/// What a writer said, and a clock that a test sets.
final class WriterFixture: Sendable {
    let notices = Mutex<[HistoryNotice]>([])
    let time = Mutex(Duration.zero)
    /// What happens when the writer looks at the wall clock.
    let look = Mutex<@Sendable () -> Void>({})
    let terms = HistoryTerms(retention: .seconds(86_400), maximumBytes: 1 << 30, vantage: "v")

    func writer(
        _ folder: HistoryFolder,
        file: HistoryFile? = nil,
        isDoubtful: Bool = false,
        queueBytes: Int = 32 << 20
    ) -> HistoryWriter {
        HistoryWriter(
            folder: folder.path,
            file: file,
            isDoubtful: isDoubtful,
            terms: terms,
            maximumQueueBytes: queueBytes,
            now: { [self] in
                look.withLock { $0 }()
                return noon + .seconds(3600)
            },
            elapsed: { [self] in time.withLock { $0 } },
            notify: { [self] notice in notices.withLock { $0.append(notice) } }
        )
    }

    func pass(_ duration: Duration) { time.withLock { $0 += duration } }

    /// Lets the writer finish, and waits for it.
    func end(_ writer: HistoryWriter, _ chunks: [SeriesChunk] = [], epoch: Int = 0) async {
        await withCheckedContinuation { continuation in
            writer.finish(chunks, epoch: epoch, within: .seconds(60)) { continuation.resume() }
        }
    }
}
