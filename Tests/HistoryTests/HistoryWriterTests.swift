import Foundation
import SQLite
import Series
import Synchronization
import Testing
import Time

@testable import History

@Suite("The writer of samples")
struct HistoryWriterTests {
    private let folder: HistoryFolder
    private let fixture = WriterFixture()

    init() throws { folder = try HistoryFolder() }

    private func written() throws -> [SeriesChunk] {
        let file = try HistoryFile(folder: folder.path)
        defer { file.close() }
        return try file.load().chunks
    }

    /// Waits until the thread has nothing to do: it ends what was put in before.
    private func end(_ writer: HistoryWriter, _ chunks: [SeriesChunk] = []) async {
        await writer.finish(chunks, within: .seconds(60))
    }

    @Test("writes what it is given, and at its end what is left")
    func writes() async throws {
        let writer = fixture.writer(folder)
        let chunks = (0..<2_500).map { SeriesChunk.steady(["n": "\($0)"], from: noon, count: 2) }
        writer.put(Array(chunks.prefix(2_000)), trustsClock: true)
        await end(writer, Array(chunks.dropFirst(2_000)))
        #expect(try Set(written().map(\.labels)) == Set(chunks.map(\.labels)))
        #expect(writer.counts.writtenSamples == 5_000 && writer.counts.failures == 0)
        #expect(writer.counts.sizeBytes > 0 && writer.counts.oldest.map { $0 <= noon } == true)
        #expect(fixture.notices.withLock { $0 } == [])
    }

    @Test("begins a generation with each epoch and each vantage")
    func epochs() async throws {
        let writer = fixture.writer(folder)
        writer.put([.steady(["n": "a"], from: noon)], trustsClock: true)
        writer.put([.steady(["n": "b"], from: noon, epoch: 1)], trustsClock: true)
        writer.put([.steady(["n": "c"], from: noon, epoch: 1)], trustsClock: true)
        await end(writer)
        #expect(try Set(written().map(\.labels)) == [["n": "b"], ["n": "c"]])
        let file = try HistoryFile(folder: folder.path)
        #expect(try file.vantage() == "v")
    }

    @Test("drops the oldest, and says so, if the disk does not take them in time")
    func bounded() async throws {
        // A folder that is not there.
        let missing = try HistoryFolder()
        try FileManager.default.removeItem(at: missing.url)
        let writer = fixture.writer(missing, queueBytes: 100_000)
        for index in 0..<3_000 {
            writer.put([.steady(["n": "\(index)"], from: noon)], trustsClock: true)
        }
        try FileManager.default.createDirectory(
            at: missing.url,
            withIntermediateDirectories: true
        )
        await end(writer)
        let counts = writer.counts
        #expect(counts.droppedSamples > 0 && counts.droppedSamples % 64 == 0)
        #expect(counts.droppedSamples + counts.writtenSamples == 3_000 * 64)
        let file = try HistoryFile(folder: missing.path)
        let names = Set(try file.load().chunks.map { $0.labels["n"] })
        #expect(names.contains("2999") && !names.contains("0"))
        let notices = fixture.notices.withLock { $0 }
        #expect(notices.count == 2 && notices.last == .resumed)
    }

    @Test("stops while the disk is full, keeps what waits, and resumes by itself")
    func full() async throws {
        let file = try HistoryFile(folder: folder.path)
        try file.beginGeneration(vantage: "v")
        func limit(_ pages: Int) throws {
            try file.database.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA max_page_count = \(pages)")
            }
        }
        try limit(1)
        let writer = HistoryWriter(
            folder: folder.path,
            file: file,
            terms: fixture.terms,
            now: { noon },
            elapsed: { [fixture] in fixture.time.withLock { $0 } },
            notify: { [fixture] notice in fixture.notices.withLock { $0.append(notice) } }
        )
        func put(_ name: String) {
            writer.put(
                (0..<900).map { .steady(["n": "\(name)\($0)"], from: noon) },
                trustsClock: true
            )
        }
        put("a")
        await writer.settle()
        #expect(writer.counts.failure?.contains("is full") == true)
        // Not tried again at once.
        put("b")
        await writer.settle()
        #expect(writer.counts.failures == 1)
        try limit(1_000_000)
        fixture.pass(.seconds(31))
        put("c")
        await writer.settle()
        #expect(writer.counts.writtenSamples == 2_700 * 64)
        #expect(writer.counts.failure == nil && writer.counts.droppedSamples == 0)
        await end(writer)
        #expect(try written().count == 2_700)
        let notices = fixture.notices.withLock { $0 }
        #expect(notices.count == 2 && notices.last == .resumed)
    }

    @Test("moves a file aside that is damaged while it is used, and goes on with a new one")
    func damaged() async throws {
        let writer = fixture.writer(folder)
        writer.put([.steady(["n": "a"], from: noon)], trustsClock: true)
        await writer.settle()
        #expect(writer.counts.writtenSamples == 64)
        let other = try DatabaseQueue(path: folder.file.path, busyTimeoutMilliseconds: 2_000)
        try other.write { try $0.execute(sql: "DROP TABLE chunk") }
        other.close()
        writer.put([.steady(["n": "b"], from: noon)], trustsClock: true)
        await writer.settle()
        #expect(writer.counts.failures == 1)
        writer.put([.steady(["n": "c"], from: noon)], trustsClock: true)
        await end(writer)
        #expect(try Set(written().map(\.labels)) == [["n": "b"], ["n": "c"]])
        #expect(try folder.names().contains("history.db.corrupt-1"))
    }

    @Test("deletes by age only if the clock is trusted", arguments: [true, false])
    func clock(isTrusted: Bool) async throws {
        let writer = fixture.writer(folder)
        let old = noon - .seconds(10 * 86_400)
        writer.put([.steady(["n": "a"], from: old)], trustsClock: isTrusted)
        writer.put([.steady(["n": "b"], from: noon)], trustsClock: isTrusted)
        await end(writer)
        let left = Set(try written().map { $0.labels["n"] })
        #expect(left == (isTrusted ? ["b"] : ["a", "b"]))
    }
}
