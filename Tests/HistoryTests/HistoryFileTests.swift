import Foundation
import SQLite
import Series
import Testing
import Time

@testable import History

@Suite("The file of samples")
struct HistoryFileTests {
    private let folder: HistoryFolder

    init() throws { folder = try HistoryFolder() }

    @Test("gives back what was written, series by series, oldest first")
    func roundTrip() throws {
        let file = try HistoryFile(folder: folder.path)
        let chunks = [0, 1_920, 3_840, 86_400].flatMap { offset in
            ["a", "b"].map { name in
                SeriesChunk.steady(["__name__": name], from: noon + .seconds(offset))
            }
        }
        try file.put(chunks.reversed())
        file.close()
        let again = try HistoryFile(folder: folder.path)
        let loaded = try again.load(through: noon + .seconds(200_000))
        for name in ["a", "b"] {
            let found = loaded.chunks.filter { $0.labels.metricName == name }.map(\.chunk)
            #expect(found == chunks.filter { $0.labels.metricName == name }.map(\.chunk))
        }
        #expect(loaded.sampleCount == 64 * 8 && !loaded.isCut && loaded.unreadable == 0)
    }

    @Test("keeps label sets whatever bytes they have")
    func hostileLabels() throws {
        let texts = [
            "", "'; DROP TABLE chunk; --", "\u{0}", "a\u{0}b", "ÿ", "\u{10FFFF}", "e\u{301}",
            "\u{e9}", "\n\"\\", String(repeating: "x", count: 100_000), "\u{feff}",
        ]
        var sets: [Labels] = [Labels()]
        for name in texts {
            for value in texts { sets.append(Labels([(name, value), ("k", name)])) }
        }
        sets = Array(Set(sets))
        let file = try HistoryFile(folder: folder.path)
        try file.put(sets.map { .steady($0, from: noon, count: 1) })
        try file.put(sets.map { .steady($0, from: noon + .seconds(30), count: 1) })
        let loaded = try file.load()
        #expect(Set(loaded.chunks.map(\.labels)) == Set(sets))
        #expect(loaded.chunks.count == 2 * sets.count)
    }

    @Test(
        "does not take bytes for a label set that are none",
        arguments: [
            [0x61], [0x61, 0xff], [0xff, 0xff, 0xff], [0xc3, 0xff, 0x61, 0xff],
            // Out of order, twice, and with an empty value.
            [0x62, 0xff, 0x62, 0xff, 0x61, 0xff, 0x61, 0xff], [0x61, 0xff, 0xff],
            [0x61, 0xff, 0x62, 0xff, 0x61, 0xff, 0x63, 0xff],
        ] as [[UInt8]]
    )
    func noLabels(bytes: [UInt8]) {
        #expect(Labels(bytes: bytes) == nil)
    }

    @Test("replaces a chunk that has grown")
    func growth() throws {
        let file = try HistoryFile(folder: folder.path)
        var known = KnownSeries()
        let labels: Labels = ["n": "a"]
        let first = SeriesChunk.steady(labels, from: noon, count: 16)
        let grown = SeriesChunk(
            labels: labels,
            chunk: SeriesChunk.steady(labels, from: noon, count: 48).chunk,
            after: first.chunk.last
        )
        #expect(try file.write([first], generation: 1, known: &known) == 16)
        #expect(try file.write([grown], generation: 1, known: &known) == 32)
        #expect(try file.load().chunks.map(\.chunk) == [grown.chunk])
    }

    @Test("finds a sample of a chunk that spans days")
    func longChunk() throws {
        let file = try HistoryFile(folder: folder.path)
        let samples = (0..<16).map { Sample(timestamp: noon + .seconds($0 * 40_000), value: 1) }
        try file.put([SeriesChunk(labels: ["n": "a"], chunk: SealedChunk(samples))])
        let start = noon + .seconds(10 * 40_000)
        let loaded = try file.load(from: start, through: noon + .seconds(600_000))
        #expect(loaded.chunks.flatMap(\.chunk.samples) == Array(samples[10...]))
    }

    @Test("does not load chunks from the future, nor those of another generation")
    func otherTimes() throws {
        let file = try HistoryFile(folder: folder.path)
        let labels: Labels = ["n": "a"]
        try file.put([.steady(labels, from: noon)])
        #expect(try !file.hasFuture(after: noon))
        try file.put([.steady(labels, from: noon + .seconds(3_000))])
        let loaded = try file.load(through: noon + .seconds(3_600))
        #expect(loaded.chunks.map(\.chunk.start) == [noon] && loaded.future == 1)
        #expect(try file.hasFuture(after: noon + .seconds(1_000)))
        try file.beginGeneration(vantage: "another")
        #expect(try file.load().chunks.isEmpty)
        #expect(try !file.hasFuture(after: noon) && !file.isEmpty())
        try file.put([.steady(labels, from: noon + .seconds(9_000))])
        #expect(try file.load().chunks.map(\.chunk.start) == [noon + .seconds(9_000)])
        #expect(try file.vantage() == "another")
    }

    @Test("loads the newest if there is more than the limits allow")
    func limits() throws {
        let file = try HistoryFile(folder: folder.path)
        try file.put((0..<10).map { .steady(["n": "a"], from: noon + .seconds($0 * 7_200)) })
        var limits = HistoryLimits()
        limits.maximumSamples = 200
        let end = noon + .seconds(86_400)
        let few = try file.load(from: .distantPast, through: end, limits: limits)
        #expect(few.chunks.map(\.chunk.start) == (7..<10).map { noon + .seconds($0 * 7_200) })
        #expect(few.isCut && few.sampleCount == 192)
        limits = HistoryLimits()
        limits.maximumBytes = 500
        #expect(try file.load(from: .distantPast, through: end, limits: limits).isCut)
        let none = try file.load(from: .distantPast, through: end) { false }
        #expect(none.chunks.isEmpty && none.isCut)
    }

    @Test("skips rows that are no chunks")
    func unreadable() throws {
        let file = try HistoryFile(folder: folder.path)
        try file.put([.steady(["n": "a"], from: noon), .steady(["n": "b"], from: noon)])
        try file.database.write { db in
            try db.execute(sql: "UPDATE chunk SET content = x'00' WHERE series = 1")
        }
        let loaded = try file.load()
        #expect(loaded.chunks.map(\.labels) == [["n": "b"]] && loaded.unreadable == 1)
    }

    @Test("deletes the oldest by age and by size, and the file shrinks")
    func retention() throws {
        let file = try HistoryFile(folder: folder.path)
        let series = (0..<3_000).map { Labels([("n", "\($0)")]) }
        for hour in 0..<4 {
            try file.put(series.map { .steady($0, from: noon + .seconds(hour * 7_200)) })
        }
        func checkpoint() throws {
            try file.database.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
            }
        }
        try checkpoint()
        let full = file.sizeBytes()
        while try file.tidy(before: noon + .seconds(14_400), maximumBytes: .max) {}
        try checkpoint()
        #expect(try file.load().chunks.allSatisfy { $0.chunk.last >= noon + .seconds(7_200) })
        let later = try file.load().chunks.count
        #expect(later >= 6_000 && later < 12_000)
        #expect(file.sizeBytes() < full * 4 / 5)
        let half = file.sizeBytes() / 2
        while try file.tidy(before: .distantPast, maximumBytes: half) {}
        try checkpoint()
        #expect(file.sizeBytes() <= half + (64 << 10))
        #expect(try file.load().chunks.contains { $0.chunk.start == noon + .seconds(21_600) })
        while try file.tidy(before: .distantFuture, maximumBytes: .max) {}
        #expect(try file.isEmpty())
        let rest = try file.database.read { db in
            try db.fetchValue(Int.self, sql: "SELECT count(*) FROM series")
        }
        #expect(rest == 0)
    }

    @Test("of another program, of another version or without sense is moved aside")
    func foreign() throws {
        let contents: [(HistoryFolder) throws -> Void] = [
            { try Data("no database at all".utf8).write(to: $0.file) },
            { try Data(repeating: 0x53, count: 100_000).write(to: $0.file) },
            { folder in
                let database = try DatabaseQueue(path: folder.file.path)
                try database.write { try $0.execute(sql: "CREATE TABLE t (a)") }
                database.close()
            },
            { folder in
                let file = try HistoryFile(folder: folder.path)
                try file.database.writeWithoutTransaction { db in
                    try db.execute(sql: "PRAGMA user_version = 99")
                }
                file.close()
            },
        ]
        for _ in 0..<2 {
            for write in contents {
                try write(folder)
                let error = #expect(throws: HistoryError.self) {
                    try HistoryFile(folder: folder.path)
                }
                #expect(error?.isLasting == true, "\(error.map { "\($0)" } ?? "")")
                let target = try HistoryFile.moveAside(inFolder: folder.path)
                #expect(FileManager.default.fileExists(atPath: target))
                #expect(!FileManager.default.fileExists(atPath: folder.file.path))
            }
        }
        let moved = try folder.names().filter { $0.contains("corrupt-") && !$0.hasSuffix("-wal") }
        #expect(moved.filter { !$0.hasSuffix("-shm") }.count == 3)
        let file = try HistoryFile(folder: folder.path)
        #expect(try file.isEmpty())
        let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions]
        #expect(mode as? Int == 0o600)
    }
}
