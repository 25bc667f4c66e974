import Foundation
import SQLite
import Series
import Synchronization
import Testing
import Time

@testable import History

@Suite("The upkeep of the file of samples")
struct UpkeepTests {
    private let folder: HistoryFolder
    private let fixture = WriterFixture()

    init() throws { folder = try HistoryFolder() }

    private func written() throws -> Set<String> {
        let file = try HistoryFile(folder: folder.path)
        defer { file.close() }
        return try file.load().names
    }

    @Test("that was moved aside is deleted once it is old, or if both take too much")
    func moved() throws {
        func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }
        for _ in 0..<2 {
            try Data(repeating: 0x53, count: 1 << 20).write(to: folder.file)
            let target = try HistoryFile.moveAside(inFolder: folder.path)
            let file = try HistoryFile(folder: folder.path)
            let now = Timestamp(seconds: Date().timeIntervalSince1970)
            file.discardMoved(before: now - .seconds(60), maximumBytes: .max)
            file.discardMoved(before: .distantPast, maximumBytes: 2 << 20)
            #expect(exists(target))
            file.discardMoved(before: .distantPast, maximumBytes: 1 << 20)
            #expect(!exists(target))
            file.discardMoved(before: .distantFuture, maximumBytes: .max)
            #expect(try file.isEmpty() && exists(folder.file.path))
            file.close()
            try Data(repeating: 0x53, count: 1 << 10).write(to: folder.file)
            _ = try HistoryFile.moveAside(inFolder: folder.path)
            let next = try HistoryFile(folder: folder.path)
            next.discardMoved(before: now + .seconds(60), maximumBytes: .max)
            #expect(!exists(target))
            next.close()
        }
    }

    @Test("says once that it cannot tidy, goes on writing, and gives no series a wrong number")
    func untidy() async throws {
        let file = try HistoryFile(folder: folder.path)
        try file.beginGeneration(vantage: "v")
        let writer = fixture.writer(folder, file: file)
        writer.put([.steady(["n": "1"], from: noon)], epoch: 0, trustsClock: true)
        await writer.settle()
        let old = (0..<900).map {
            SeriesChunk.steady(["n": "\($0)"], from: noon - .seconds(200_000))
        }
        writer.put(old, epoch: 0, trustsClock: true)
        await writer.settle()
        // As a disk does that has just become full, between two steps.
        try file.execute(
            "CREATE TEMP TRIGGER t BEFORE DELETE ON series BEGIN SELECT RAISE(FAIL, 'x'); END"
        )
        for round in 1...3 {
            fixture.pass(.seconds(61))
            writer.put([.steady(["n": "1"], from: noon)], epoch: 0, trustsClock: true)
            await writer.settle()
            #expect(writer.counts.failure == nil, "samples are written all the time")
            #expect(writer.counts.failures <= round)
        }
        let notices = fixture.notices.withLock { $0 }
        #expect(notices.count == 1, "\(notices)")
        guard case .untidy? = notices.first else {
            Issue.record("\(notices)")
            return
        }
        await fixture.end(writer)
        #expect(try written().contains("1"))
    }
}
