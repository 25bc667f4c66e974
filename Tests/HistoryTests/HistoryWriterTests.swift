import Foundation
import SQLite
import Series
import Synchronization
import TestSupport
import Testing
import Time

@testable import History

@Suite("The writer of samples")
struct HistoryWriterTests {
    private let folder: HistoryFolder
    private let fixture = WriterFixture()

    init() throws { folder = try HistoryFolder() }

    private func written(_ folder: HistoryFolder? = nil) throws -> LoadedHistory {
        let file = try HistoryFile(folder: (folder ?? self.folder).path)
        defer { file.close() }
        return try file.load()
    }

    @Test("writes what it is given, and at its end what is left")
    func writes() async throws {
        let writer = fixture.writer(folder)
        let chunks = (0..<2_500).map { SeriesChunk.steady(["n": "\($0)"], from: noon, count: 2) }
        writer.put(Array(chunks.prefix(2_000)), epoch: 0, trustsClock: true)
        await fixture.end(writer, Array(chunks.dropFirst(2_000)))
        #expect(try Set(written().series.map(\.labels)) == Set(chunks.map(\.labels)))
        #expect(writer.counts.writtenSamples == 5_000 && writer.counts.failures == 0)
        #expect(fixture.notices.withLock { $0 } == [])
    }

    @Test("says how much there is, from when on")
    func counts() async throws {
        let writer = fixture.writer(folder)
        writer.put([.steady(["n": "a"], from: noon)], epoch: 0, trustsClock: true)
        await writer.settle()
        #expect(writer.counts.sizeBytes > 0 && writer.counts.oldest == noon)
    }

    @Test("begins a generation with each epoch, and if what is there may be of another clock")
    func epochs() async throws {
        let writer = fixture.writer(folder)
        writer.put([.steady(["n": "a"], from: noon)], epoch: 0, trustsClock: true)
        await writer.settle()
        writer.put([.steady(["n": "b"], from: noon)], epoch: 1, trustsClock: true)
        writer.put([.steady(["n": "c"], from: noon)], epoch: 1, trustsClock: true)
        await fixture.end(writer, epoch: 1)
        #expect(try written().names == ["b", "c"])
        let file = try HistoryFile(folder: folder.path)
        #expect(try file.vantage() == "v")
        file.close()
        let doubtful = fixture.writer(folder, isDoubtful: true)
        doubtful.put([.steady(["n": "d"], from: noon)], epoch: 0, trustsClock: true)
        await fixture.end(doubtful)
        #expect(try written().names == ["d"])
    }

    @Test("notes a new epoch on disk at once, although there is nothing to write in it")
    func durableEpoch() async throws {
        let writer = fixture.writer(folder)
        writer.put([.steady(["n": "a"], from: noon)], epoch: 0, trustsClock: true)
        await writer.settle()
        var terms = fixture.terms
        terms.vantage = "w"
        writer.adopt(terms)
        writer.put([], epoch: 0, trustsClock: true)
        await writer.settle()
        #expect(try written().names == ["a"], "what comes before it is of the old vantage")
        writer.put([], epoch: 1, trustsClock: true)
        await writer.settle()
        // As after a kill.
        let file = try HistoryFile(folder: folder.path)
        #expect(try file.load().series.isEmpty && file.vantage() == "w")
    }

    @Test("writes nothing of an epoch that is over")
    func staleEpoch() async throws {
        // A folder that is not there, so that chunks wait.
        let missing = try HistoryFolder()
        try FileManager.default.removeItem(at: missing.url)
        let writer = fixture.writer(missing)
        writer.put([.steady(["n": "a"], from: noon)], epoch: 0, trustsClock: true)
        await writer.settle()
        writer.put([.steady(["n": "b"], from: noon)], epoch: 0, trustsClock: true)
        writer.put([.steady(["n": "c"], from: noon)], epoch: 1, trustsClock: true)
        await writer.settle()
        try FileManager.default.createDirectory(
            at: missing.url,
            withIntermediateDirectories: true
        )
        await fixture.end(writer, epoch: 1)
        #expect(try written(missing).names == ["c"])
        #expect(writer.counts.droppedSamples == 128)
    }

    @Test("drops the oldest, and says so, if the disk does not take them in time")
    func bounded() async throws {
        let missing = try HistoryFolder()
        try FileManager.default.removeItem(at: missing.url)
        let writer = fixture.writer(missing, queueBytes: 100_000)
        for index in 0..<3_000 {
            writer.put([.steady(["n": "\(index)"], from: noon)], epoch: 0, trustsClock: true)
        }
        await writer.settle()
        try FileManager.default.createDirectory(
            at: missing.url,
            withIntermediateDirectories: true
        )
        await fixture.end(writer)
        let counts = writer.counts
        #expect(counts.droppedSamples > 0 && counts.droppedSamples % 64 == 0)
        #expect(counts.droppedSamples + counts.writtenSamples == 3_000 * 64)
        let names = try written(missing).names
        #expect(names.contains("2999") && !names.contains("0"))
        let notices = fixture.notices.withLock { $0 }
        #expect(notices.count == 2 && notices.last == .resumed)
    }

    @Test("stops while the disk is full, keeps what waits, and resumes by itself")
    func full() async throws {
        let file = try HistoryFile(folder: folder.path)
        try file.beginGeneration(vantage: "v")
        try file.execute("PRAGMA max_page_count = 1")
        let writer = fixture.writer(folder, file: file)
        func put(_ name: String) {
            writer.put(
                (0..<900).map { .steady(["n": "\(name)\($0)"], from: noon) },
                epoch: 0,
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
        try file.execute("PRAGMA max_page_count = 1000000")
        fixture.pass(.seconds(31))
        put("c")
        await writer.settle()
        #expect(writer.counts.writtenSamples == 2_700 * 64)
        #expect(writer.counts.failure == nil && writer.counts.droppedSamples == 0)
        await fixture.end(writer)
        #expect(try written().series.count == 2_700)
        let notices = fixture.notices.withLock { $0 }
        #expect(notices.count == 2 && notices.last == .resumed)
    }

    @Test("goes on deleting old chunks while the disk is full, and while there is nothing to write")
    func fullAndOld() async throws {
        let file = try HistoryFile(folder: folder.path)
        try file.beginGeneration(vantage: "v")
        let old = noon - .seconds(10 * 86_400)
        try file.put((0..<5_000).map { .steady(["n": "old\($0)"], from: old) })
        let pages = try #require(try file.number("PRAGMA page_count"))
        try file.execute("PRAGMA max_page_count = \(pages)")
        let writer = fixture.writer(folder, file: file)
        for round in 0..<3 {
            writer.put(
                (0..<900).map { .steady(["n": "\(round) \($0)"], from: noon) },
                epoch: 0,
                trustsClock: true
            )
            await writer.settle()
            fixture.pass(.seconds(61))
        }
        let counts = writer.counts
        #expect(counts.failure == nil && counts.droppedSamples == 0, "\(counts)")
        #expect(try written().names.allSatisfy { !$0.hasPrefix("old") })
        // And by time alone.
        try file.put([.steady(["n": "old"], from: old)])
        fixture.pass(.seconds(61))
        writer.put([], epoch: 0, trustsClock: true)
        await writer.settle()
        #expect(try !written().names.contains("old"))
    }

    @Test("moves a file aside that is damaged while it is used, and goes on with a new one")
    func damaged() async throws {
        let writer = fixture.writer(folder)
        writer.put([.steady(["n": "a"], from: noon)], epoch: 0, trustsClock: true)
        await writer.settle()
        #expect(writer.counts.writtenSamples == 64)
        let other = try DatabaseQueue(path: folder.file.path, busyTimeoutMilliseconds: 2_000)
        try other.write { try $0.execute(sql: "DROP TABLE chunk") }
        other.close()
        for (index, name) in ["b", "c", "d"].enumerated() {
            fixture.pass(.seconds(31))
            writer.put([.steady(["n": name], from: noon)], epoch: 0, trustsClock: true)
            await writer.settle()
            // First the error, which may pass, then the look at the tables, then a new file.
            #expect(writer.counts.failures == min(index + 1, 2))
        }
        await fixture.end(writer)
        #expect(try written().names == ["b", "c", "d"])
        #expect(try folder.names().contains("history.db.corrupt-1"))
    }

    @Test("deletes by age only if the clock is trusted", arguments: [true, false])
    func clock(isTrusted: Bool) async throws {
        let writer = fixture.writer(folder)
        let old = noon - .seconds(10 * 86_400)
        writer.put(
            [.steady(["n": "a"], from: old), .steady(["n": "b"], from: noon)],
            epoch: 0,
            trustsClock: isTrusted
        )
        await writer.settle()
        #expect(try written().names == (isTrusted ? ["b"] : ["a", "b"]))
    }

    @Test("does not let anybody wait for a disk that hangs")
    func hanging() async throws {
        let writer = fixture.writer(folder)
        writer.put([.steady(["n": "a"], from: noon)], epoch: 0, trustsClock: true)
        await writer.settle()
        let other = try DatabaseQueue(path: folder.file.path)
        try other.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
        let clock = ContinuousClock()
        let began = clock.now
        for index in 0..<100 {
            writer.put([.steady(["n": "\(index)"], from: noon)], epoch: 0, trustsClock: true)
        }
        #expect(clock.now - began < .seconds(1))
        await writer.settle()
        #expect(writer.counts.failure?.contains("is locked") == true)
        try other.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
        await fixture.end(writer)
        #expect(try written().series.count == 101)
        #expect(try folder.names().allSatisfy { !$0.contains("corrupt") })
    }

    @Test(
        "goes on with a file that could not be opened at first, if it is of this cloud and clock",
        arguments: ["same", "cloud", "clock"]
    )
    func lateFile(other: String) async throws {
        let file = try HistoryFile(folder: folder.path)
        try file.beginGeneration(vantage: other == "cloud" ? "w" : "v")
        try file.put([.steady(["n": "a"], from: noon + .seconds(other == "clock" ? 3_600 : 0))])
        file.close()
        let elsewhere = folder.url.appendingPathExtension("away")
        try FileManager.default.moveItem(at: folder.url, to: elsewhere)
        let writer = fixture.writer(folder)
        writer.put([.steady(["n": "b"], from: noon)], epoch: 0, trustsClock: true)
        await writer.settle()
        #expect(writer.counts.failure != nil)
        try FileManager.default.moveItem(at: elsewhere, to: folder.url)
        await fixture.end(writer)
        #expect(try written().names == (other == "same" ? ["a", "b"] : ["b"]))
        let reader = HistoryFileReader(folder: folder.path, memoryStart: noon + .seconds(9_000))
        #expect(try reader.starts(after: .distantPast).first == noon + .seconds(3_600))
    }

    @Test("does not go on with another generation because the new one could not be begun")
    func refusedGeneration() async throws {
        let file = try HistoryFile(folder: folder.path)
        try file.beginGeneration(vantage: "v")
        try file.put([.steady(["n": "a"], from: noon)])
        // Another program writes.
        try file.execute("BEGIN IMMEDIATE")
        let writer = fixture.writer(folder, isDoubtful: true)
        for index in 0..<3 {
            writer.put([.steady(["n": "b\(index)"], from: noon)], epoch: 0, trustsClock: true)
            await writer.settle()
            fixture.pass(.seconds(31))
        }
        #expect(writer.counts.failures == 3 && writer.counts.writtenSamples == 0)
        try file.execute("COMMIT")
        await fixture.end(writer)
        #expect(try written().names == ["b0", "b1", "b2"])
    }

    @Test("leaves buckets of the present alone although there are chunks from the future")
    func future() async throws {
        let file = try HistoryFile(folder: folder.path)
        try file.put([.steady(["n": "f"], from: noon + .seconds(86_400 * 3_000))])
        try file.beginGeneration(vantage: "v")
        let writer = fixture.writer(folder, file: file)
        for (isTrusted, chunks) in [(false, 2), (true, 1)] {
            writer.put([.steady(["n": "a"], from: noon)], epoch: 0, trustsClock: isTrusted)
            await writer.settle()
            #expect(try file.number("SELECT count(*) FROM chunk") == chunks)
            #expect(try file.number("SELECT count(*) FROM block") == 0)
            fixture.pass(.seconds(61))
        }
    }

    @Test("begins a new file if somebody deletes the one in use")
    func deleted() async throws {
        let writer = fixture.writer(folder)
        writer.put([.steady(["n": "a"], from: noon)], epoch: 0, trustsClock: true)
        await writer.settle()
        for name in try folder.names() {
            try FileManager.default.removeItem(at: folder.url.appending(path: name))
        }
        fixture.pass(.seconds(61))
        writer.put([.steady(["n": "b"], from: noon)], epoch: 0, trustsClock: true)
        await writer.settle()
        writer.put([.steady(["n": "c"], from: noon)], epoch: 0, trustsClock: true)
        await fixture.end(writer)
        #expect(try written().names.contains("c"))
        #expect(writer.counts.failures == 0)
    }

    @Test("writes what comes in while it deletes a lot")
    func tidyingIsNoHindrance() async throws {
        let file = try HistoryFile(folder: folder.path)
        try file.beginGeneration(vantage: "v")
        for day in 2..<30 {
            try file.put([.steady(["n": "old"], from: noon - .seconds(day * 86_400))])
        }
        let writer = fixture.writer(folder, file: file)
        let looks = Mutex<[Int]>([])
        fixture.look.withLock {
            $0 = {
                let count = looks.withLock { looks in
                    looks.append(writer.counts.writtenSamples)
                    return looks.count
                }
                guard count == 3 else { return }
                writer.put([.steady(["n": "b"], from: noon)], epoch: 0, trustsClock: true)
            }
        }
        writer.put([.steady(["n": "a"], from: noon)], epoch: 0, trustsClock: true)
        await writer.settle()
        fixture.look.withLock { $0 = {} }
        let seen = looks.withLock { $0 }
        #expect(seen.count > 20 && seen[2] == 64 && seen[4] == 128, "\(seen)")
        #expect(try written().names == ["a", "b"])
    }

    @Test("says that the disk hangs, although there is no error, and that it goes on")
    func hang() async throws {
        let writer = fixture.writer(folder)
        writer.put([.steady(["n": "a"], from: noon)], epoch: 0, trustsClock: true)
        await writer.settle()
        // Writing waits two seconds for the lock.
        let other = try DatabaseQueue(path: folder.file.path)
        try other.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
        try await eventually("the thread is missed", every: .milliseconds(20)) {
            fixture.pass(.seconds(130))
            writer.put([.steady(["n": "b"], from: noon)], epoch: 0, trustsClock: true)
            return writer.counts.failure != nil
        }
        #expect(writer.counts.failure?.contains("has taken nothing for") == true)
        try other.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
        await fixture.end(writer)
        #expect(writer.counts.failure == nil)
        #expect(fixture.notices.withLock { $0 }.last == .resumed)
    }

    @Test("says what it could not write at its end")
    func lost() async throws {
        let writer = fixture.writer(folder)
        await withCheckedContinuation { continuation in
            let chunks = [SeriesChunk.steady(["n": "a"], from: noon)]
            writer.finish(chunks, epoch: 0, within: .zero) { continuation.resume() }
        }
        #expect(writer.counts.droppedSamples == 64)
        #expect(fixture.notices.withLock { $0 } == [.lost(64)])
    }
}
