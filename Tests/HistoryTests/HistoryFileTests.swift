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

    @Test("gives back what was written, series by series, oldest first", arguments: [false, true])
    func roundTrip(isCompact: Bool) throws {
        let file = try HistoryFile(folder: folder.path)
        let chunks = [0, 1_920, 3_840, 20_000, 86_400].flatMap { offset in
            ["a", "b"].map { name in
                SeriesChunk.steady(["__name__": name], from: noon + .seconds(offset))
            }
        }
        try file.put(chunks.reversed())
        if isCompact { try file.compactAll() }
        file.close()
        let again = try HistoryFile(folder: folder.path)
        let loaded = try again.load(through: noon + .seconds(200_000))
        for name in ["a", "b"] {
            let expected = chunks.filter { $0.labels.metricName == name }.flatMap(\.chunk.samples)
            #expect(loaded.samples[name] == expected)
        }
        #expect(loaded.sampleCount == 64 * 10)
        #expect(loaded.completeSince == nil && loaded.unreadable == 0)
        #expect(try again.number("SELECT count(*) FROM block") == (isCompact ? 6 : 0))
        // Of the newest bucket nothing is put together, because more may come.
        #expect(try again.number("SELECT count(*) FROM chunk") == (isCompact ? 2 : 12))
    }

    @Test("keeps label sets whatever bytes they have")
    func hostileLabels() throws {
        let texts = [
            "", "'; DROP TABLE chunk; --", "\u{0}", "a\u{0}b", "ÿ", "\u{10FFFF}", "e\u{301}",
            "\u{e9}", "\n\"\\", String(repeating: "x", count: 80_000), "\u{feff}",
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
        #expect(Set(loaded.series.map(\.labels)) == Set(sets))
        #expect(loaded.series.allSatisfy { $0.chunks.count == 2 })
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

    @Test("replaces chunks that have grown, or that were not sealed, and keeps no sample twice")
    func growth() throws {
        let file = try HistoryFile(folder: folder.path)
        var known = KnownSeries()
        let labels: Labels = ["n": "a"]
        let all = SeriesChunk.steady(labels, from: noon, count: 64).chunk.samples
        func chunk(_ range: Range<Int>, after: Int?) -> SeriesChunk {
            SeriesChunk(
                labels: labels,
                chunk: SealedChunk(Array(all[range])),
                after: after.map { all[$0].timestamp } ?? .distantPast
            )
        }
        // Sealed, open, open and grown, sealed with the one before, open, sealed.
        let steps: [(Range<Int>, Int?, Int)] = [
            (0..<16, nil, 16), (16..<20, 15, 4), (16..<30, 19, 10), (0..<32, 29, 2),
            (32..<40, 31, 8), (0..<64, 39, 24),
        ]
        for (range, after, new) in steps {
            let written = try file.write([chunk(range, after: after)], generation: 1, known: &known)
            #expect(written == new)
            #expect(try file.load().samples["a"] == Array(all[..<range.upperBound]))
        }
        #expect(try file.number("SELECT count(*) FROM chunk") == 1)
        #expect(try file.number("SELECT count(*) FROM series") == 1)
    }

    @Test("divides chunks at the ends of buckets, and puts them together to the same samples")
    func longChunk() throws {
        let file = try HistoryFile(folder: folder.path)
        let samples = (0..<16).map { Sample(timestamp: noon + .seconds($0 * 40_000), value: 1) }
        try file.put([SeriesChunk(labels: ["n": "a"], chunk: SealedChunk(samples))])
        for _ in 0..<2 {
            let start = noon + .seconds(10 * 40_000)
            let loaded = try file.load(from: start, through: noon + .seconds(600_000))
            #expect(loaded.samples["a"] == Array(samples[10...]))
            try file.compactAll()
        }
        // What was put together is written once more, and more with it.
        let more = samples + [Sample(timestamp: noon + .seconds(700_000), value: 2)]
        try file.put([
            SeriesChunk(
                labels: ["n": "a"],
                chunk: SealedChunk(more),
                after: samples[15].timestamp
            )
        ])
        try file.compactAll()
        let whole = try file.load(through: noon + .seconds(900_000))
        #expect(whole.samples["a"] == more)
    }

    @Test("does not load chunks from the future, nor those of another generation")
    func otherTimes() throws {
        let file = try HistoryFile(folder: folder.path)
        let labels: Labels = ["n": "a"]
        try file.put([.steady(labels, from: noon)])
        // The last sample is at 1,890 s. As much as clocks are corrected by does not count.
        #expect(try !file.isOfFuture(at: noon + .seconds(1_885)))
        #expect(try file.isOfFuture(at: noon + .seconds(1_884)))
        try file.put([.steady(labels, from: noon + .seconds(3_000))])
        #expect(try file.load(through: noon + .seconds(5_000)).samples["a"]?.count == 128)
        // Of a clock that was set back nothing is known to be of this one.
        let loaded = try file.load(through: noon + .seconds(3_600))
        #expect(loaded.isOfFuture && loaded.series.isEmpty)
        try file.put([.steady(labels, from: noon + .seconds(50_000))])
        try file.compactAll()
        try file.execute("DELETE FROM chunk")
        #expect(try file.isOfFuture(at: noon - .seconds(7_200)), "in a block")
        try file.beginGeneration(vantage: "another")
        #expect(try file.load().series.isEmpty)
        #expect(try !file.isOfFuture(at: noon - .seconds(7_200)) && !file.isEmpty())
        try file.put([.steady(labels, from: noon)])
        #expect(try file.load().samples["a"]?.count == 64)
        #expect(try file.vantage() == "another")
    }

    @Test("loads the newest of each series if there is more than the limits allow, and says so")
    func limits() throws {
        let file = try HistoryFile(folder: folder.path)
        func start(_ index: Int) -> Timestamp { noon + .seconds(index * 7_200) }
        for name in ["a", "b"] {
            try file.put((0..<10).map { .steady(["n": name], from: start($0)) })
        }
        let end = noon + .seconds(86_400)
        func load(_ change: (inout HistoryLimits) -> Void) throws -> LoadedHistory {
            var limits = HistoryLimits()
            change(&limits)
            return try file.load(from: .distantPast, through: end, limits: limits)
        }
        for _ in 0..<2 {
            let few = try load { $0.maximumSamples = 450 }
            for name in ["a", "b"] {
                #expect(few.samples[name]?.count == 192)
                #expect(few.samples[name]?.first?.timestamp == start(7))
            }
            // A bucket is read in parts if it may not fit. The first of it did not.
            #expect(few.completeSince == start(6) + .seconds(1_800) && few.sampleCount == 384)
            let small = try load { $0.maximumBytes = 1_500 }
            #expect(small.completeSince.map { $0 > start(5) } == true)
            let nothing = try load { $0.maximumBytes = 10 }
            #expect(nothing.completeSince == end && nothing.series.isEmpty)
            try file.compactAll()
        }
        var looks = 0
        let late = try file.load(
            from: .distantPast,
            through: end,
            mayContinue: {
                looks += 1
                return looks < 2
            }
        )
        #expect(late.completeSince == nil, "so few rows need no second look")
        let none = try file.load(from: .distantPast, through: end, mayContinue: { false })
        #expect(none.series.isEmpty && none.completeSince == end)
        let wanted = try file.load(
            from: .distantPast,
            through: end,
            where: { $0["n"] == "b" }
        )
        #expect(wanted.names == ["b"] && wanted.sampleCount == 640)
    }

    @Test("loads the newer part of a bucket that does not fit")
    func largeBucket() throws {
        let file = try HistoryFile(folder: folder.path)
        let names = (0..<20).map { "\($0)" }
        for offset in [0, 1_920, 3_840, 5_760] {
            try file.put(names.map { .steady(["n": $0], from: noon + .seconds(offset), count: 48) })
        }
        var limits = HistoryLimits()
        limits.maximumSamples = 20 * 48 * 3
        let end = noon + .seconds(7_200)
        let loaded = try file.load(from: .distantPast, through: end, limits: limits)
        #expect(loaded.names == Set(names) && loaded.sampleCount == limits.maximumSamples)
        #expect(loaded.samples.values.allSatisfy { $0[0].timestamp == noon + .seconds(1_920) })
        #expect(loaded.completeSince == noon + .seconds(1_800))
    }

    @Test("asks whether to go on, whatever rows it is reading")
    func deadline() throws {
        let file = try HistoryFile(folder: folder.path)
        try file.put((0..<2_000).map { .steady(["n": "\($0)"], from: noon, count: 1) })
        func looks(_ isWanted: (Labels) -> Bool) throws -> Int {
            var looks = 0
            let loaded = try file.load(
                from: .distantPast,
                through: noon + .seconds(7_200),
                where: isWanted,
                mayContinue: {
                    looks += 1
                    return looks < 3
                }
            )
            #expect(loaded.completeSince != nil)
            return looks
        }
        #expect(try looks { _ in false } == 3, "of series that nobody wants")
        try file.execute("UPDATE series SET labels = CAST(id AS BLOB) WHERE id > 100")
        #expect(try looks { _ in false } == 3, "of rows that are no series")
        #expect(try looks { _ in true } == 3)
        try file.execute("DELETE FROM series WHERE id > 100")
        #expect(try looks { _ in true } == 3, "of chunks that nobody wants")
    }

    @Test("deletes what is from the future, once the present is known")
    func future() throws {
        let file = try HistoryFile(folder: folder.path)
        for days in [0, 1, 100, 3_000] {
            try file.put([.steady(["n": "\(days)"], from: noon + .seconds(days * 86_400))])
            if days == 100 { try file.compactAll() }
        }
        while try file.tidy(before: .distantPast, maximumBytes: .max) {}
        #expect(try file.load(through: .distantFuture).names.count == 4)
        let now = noon + .seconds(86_400)
        while try file.tidy(before: .distantPast, now: now, maximumBytes: .max) {}
        #expect(try file.load(through: .distantFuture).names == ["0", "1"])
        // Their series are forgotten with the chunks of the present.
        while try file.tidy(before: .distantFuture, now: now, maximumBytes: .max) {}
        #expect(try file.number("SELECT count(*) FROM series") == 0)
    }

    @Test("notices that it was deleted or replaced")
    func replaced() throws {
        let file = try HistoryFile(folder: folder.path)
        #expect(!file.isReplaced)
        try FileManager.default.removeItem(at: folder.file)
        #expect(file.isReplaced)
        try Data().write(to: folder.file)
        #expect(file.isReplaced)
    }

    @Test("deletes the oldest by age and by size, and the file shrinks", arguments: [false, true])
    func retention(isCompact: Bool) throws {
        let file = try HistoryFile(folder: folder.path)
        let series = (0..<3_000).map { Labels([("n", "\($0)")]) }
        for hour in 0..<4 {
            try file.put(series.map { .steady($0, from: noon + .seconds(hour * 7_200)) })
        }
        if isCompact { try file.compactAll() }
        func checkpoint() throws { try file.execute("PRAGMA wal_checkpoint(TRUNCATE)") }
        while try file.tidy(before: noon, maximumBytes: .max) {}
        try checkpoint()
        let full = file.sizeBytes()
        while try file.tidy(before: noon + .seconds(14_400), maximumBytes: .max) {}
        try checkpoint()
        let later = try file.load()
        #expect(later.series.count == 3_000 && later.sampleCount == 3_000 * 128)
        #expect(file.sizeBytes() < full * 4 / 5)
        let half = file.sizeBytes() / 2 + (32 << 10)
        while try file.tidy(before: .distantPast, maximumBytes: half) {}
        try checkpoint()
        #expect(file.sizeBytes() <= half + (64 << 10))
        let newest = try file.load()
        #expect(newest.samples.values.contains { $0.last?.value == 64 } && !newest.series.isEmpty)
        while try file.tidy(before: .distantFuture, maximumBytes: .max) {}
        #expect(try file.isEmpty())
        #expect(try file.number("SELECT count(*) FROM series") == 0)
        // The ids of those that are gone are given to no other.
        try file.put([.steady(["n": "new"], from: noon)])
        #expect(try file.number("SELECT max(id) FROM series").map { $0 > 3_000 } == true)
    }

    @Test("of another program, of an older version or without sense is moved aside")
    func foreign() throws {
        let contents: [(HistoryFolder) throws -> Void] = [
            { try Data("no database at all".utf8).write(to: $0.file) },
            { try Data(repeating: 0x53, count: 100_000).write(to: $0.file) },
            { folder in
                let database = try DatabaseQueue(path: folder.file.path)
                try database.write { try $0.execute(sql: "CREATE TABLE t (a)") }
                database.close()
            },
            { try Self.changed($0, "PRAGMA user_version = 1") },
            { try Self.changed($0, "DROP TABLE chunk") },
            { try Self.changed($0, "ALTER TABLE block RENAME COLUMN content TO other") },
            { try Self.changed($0, "DELETE FROM meta") },
            { try Self.changed($0, "UPDATE meta SET generation = 9223372036854775807") },
            {
                try Self.changed(
                    $0,
                    "INSERT INTO series VALUES (9223372036854775807, 1, x'', 1)"
                )
            },
        ]
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
        let moved = try folder.names().filter { $0.contains("corrupt-") && !$0.hasSuffix("-wal") }
        #expect(moved.filter { !$0.hasSuffix("-shm") }.count == 1)
        let file = try HistoryFile(folder: folder.path)
        #expect(try file.isEmpty())
        let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions]
        #expect(mode as? Int == 0o600)
    }

    private static func changed(_ folder: HistoryFolder, _ sql: String) throws {
        let file = try HistoryFile(folder: folder.path)
        try file.execute(sql)
        file.close()
    }

    @Test("of a newer version is left as it is")
    func newer() throws {
        try Self.changed(folder, "PRAGMA user_version = 99")
        let before = try Data(contentsOf: folder.file)
        let error = #expect(throws: HistoryError.self) { try HistoryFile(folder: folder.path) }
        #expect(error?.cause == .newer(version: 99) && error?.isLasting == false)
        #expect(try Data(contentsOf: folder.file) == before)
        let reader = HistoryFileReader(folder: folder.path, memoryStart: noon)
        let refusal = #expect(throws: HistoryError.self) {
            try reader.read(from: .distantPast, through: noon, where: { _ in true }, {}) { _, _ in }
        }
        #expect(refusal?.cause == .newer(version: 99) && refusal?.path == error?.path)
    }

    @Test("knows when processes started, the newest thousand of them")
    func starts() throws {
        let file = try HistoryFile(folder: folder.path)
        for index in 0..<1_002 { try file.noteStart(at: noon + .seconds(index)) }
        let reader = HistoryFileReader(folder: folder.path, memoryStart: noon + .seconds(2_000))
        let starts = try reader.starts(after: .distantPast)
        #expect(starts.count == 1_001 && starts.first == noon + .seconds(2))
        #expect(starts.last == noon + .seconds(2_000))
        #expect(try reader.starts(after: noon + .seconds(1_000)).count == 2)
    }

    @Test("is not moved aside for what may pass")
    func passing() throws {
        let errors: [(Int32, Bool)] = [
            (1, false), (5, false), (6, false), (10, false), (13, false), (14, false), (8, false),
            (7, false), (11, true), (26, true),
        ]
        for (code, isLasting) in errors {
            for extended in [code, code | 2 << 8] {
                let error = DatabaseError(extendedCode: extended, message: "text")
                #expect(HistoryError(error, "p").isLasting == isLasting, "\(extended)")
            }
        }
    }
}
