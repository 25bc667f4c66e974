import Foundation
import SQLite
import Series
import Testing
import Time

@testable import History

@Suite("A file of samples that is read as a whole")
struct RecordedHistoryTests {
    private let folder: HistoryFolder

    init() throws { folder = try HistoryFolder() }

    private struct Line: Hashable {
        let labels: Labels
        let generation: Int
        let start: Timestamp
    }

    private func lines(
        from start: Timestamp = .distantPast,
        through end: Timestamp = .distantFuture,
        _ during: () throws -> Void = {}
    ) throws -> [Line] {
        let history = try RecordedHistory(folder.file.path)
        var series: [Int: RecordedHistory.Series] = [:]
        var lines: [Line] = []
        let unreadable = try history.read(
            from: start,
            through: end,
            where: {
                series[$0] = $1
                return !$1.labels["n"].isEmpty
            },
            { number, chunk in
                try during()
                let found = try #require(series[number])
                lines.append(
                    Line(
                        labels: found.labels,
                        generation: found.generation,
                        start: chunk.start
                    )
                )
            }
        )
        #expect(unreadable == 0)
        return lines
    }

    @Test("comes in the order of time, with the generation of each series, blocks and chunks alike")
    func order() throws {
        let file = try HistoryFile(folder: folder.path)
        let hours = [0, 2, 4, 6]
        for name in ["b", "a"] {
            try file.put(hours.map { .steady(["n": name], from: noon + .seconds($0 * 3_600)) })
        }
        while try file.compact(writtenThrough: HistoryPlace.bucket(of: noon) + 3) {}
        #expect(try file.number("SELECT count(*) FROM block") == 4)
        let generation = try file.beginGeneration(vantage: "w")
        try file.put([.steady(["n": "a"], from: noon + .seconds(1_800)), .steady([:], from: noon)])
        let all = try lines()
        let buckets = all.map { HistoryPlace.bucket(of: $0.start) }
        #expect(buckets == buckets.sorted() && all.count == 9)
        #expect(all.count { $0.labels == ["n": "a"] && $0.generation == generation } == 1)
        #expect(all.count { $0.labels == ["n": "a"] && $0.generation != generation } == 4)
        let part = try lines(from: noon + .seconds(7_200), through: noon + .seconds(14_400))
        #expect(Set(part.map(\.start)) == [noon + .seconds(7_200), noon + .seconds(14_400)])
        let interval = try RecordedHistory(folder.file.path).interval()
        #expect(interval == noon...(noon + .seconds(8 * 3_600)))
    }

    @Test("comes in parts that together are the whole", arguments: [1, 2, 3, 4, 7, 100])
    func parts(count: Int) throws {
        let file = try HistoryFile(folder: folder.path)
        let hours = [0, 1, 2, 6, 7, 9, 20]
        for name in ["a", "b"] {
            try file.put(hours.map { .steady(["n": name], from: noon + .seconds($0 * 3_600)) })
        }
        let history = try RecordedHistory(folder.file.path)
        let bounds = [
            (Timestamp.distantPast, Timestamp.distantFuture),
            (noon + .seconds(1_000), noon + .seconds(33_000)),
            (noon + .seconds(25_200), noon + .seconds(25_200)),
        ]
        for (start, end) in bounds {
            let parts = try history.parts(count, from: start, through: end)
            #expect(parts.count <= count && !parts.isEmpty)
            let read = try parts.flatMap { part in
                try lines(from: part.lowerBound, through: part.upperBound)
            }
            #expect(read == (try lines(from: start, through: end)))
        }
        #expect(try history.parts(count, from: .distantPast, through: noon - .seconds(1)).isEmpty)
        let late = noon + .seconds(86_400)
        #expect(try history.parts(count, from: late, through: .distantFuture).isEmpty)
        #expect(try history.parts(count, from: noon, through: noon - .seconds(9_000)).isEmpty)
        var series: Set<Labels> = []
        try history.forEachSeries(from: .distantPast) { series.insert($1.labels) }
        #expect(series == [["n": "a"], ["n": "b"]])
        try history.forEachSeries(from: late) { Issue.record("\($1) has ended") }
    }

    @Test(
        "counts chunks that stand in a bucket of another time as damaged",
        arguments: [true, false]
    )
    func misplaced(isBlock: Bool) throws {
        let file = try HistoryFile(folder: folder.path)
        try file.put([.steady(["n": "a"], from: noon), .steady(["n": "b"], from: noon)])
        let bucket = HistoryPlace.bucket(of: noon)
        while isBlock, try file.compact(writtenThrough: bucket + 3) {}
        try file.execute(
            isBlock
                ? """
                UPDATE block SET id = \(HistoryPlace.block(bucket + 3, 1))
                WHERE id = \(HistoryPlace.block(bucket, 1))
                """ : "UPDATE chunk SET bucket = bucket + 3 WHERE series = 1"
        )
        var read: Set<Int> = []
        let unreadable = try RecordedHistory(folder.file.path).read(
            from: .distantPast,
            through: .distantFuture,
            where: { _, _ in true },
            { number, _ in read.insert(number) }
        )
        #expect(unreadable == 1 && read == [2])
    }

    @Test("is read while it is written, and neither waits for the other")
    func concurrent() throws {
        let file = try HistoryFile(folder: folder.path)
        for bucket in 0..<4 {
            try file.put([.steady(["n": "a"], from: noon + .seconds(bucket * 7_200))])
        }
        var written = 0
        let found = try lines {
            written += 1
            try file.put([.steady(["n": "new\(written)"], from: noon)])
            while try file.compact(writtenThrough: HistoryPlace.bucket(of: noon) + 2) {}
        }
        #expect(found.count { $0.labels == ["n": "a"] } == 4 && written >= 4)
        #expect(try file.load().names.count == written + 1)
    }

    @Test("is not written, and none is created")
    func untouched() throws {
        #expect(throws: HistoryError.self) { try RecordedHistory(folder.file.path) }
        #expect(try folder.names().isEmpty)
        let file = try HistoryFile(folder: folder.path)
        try file.put([.steady(["n": "a"], from: noon)])
        let before = try Data(contentsOf: folder.file)
        // The log of a process that was killed is read, and left for the agent.
        #expect(try lines().count == 1)
        #expect(try Data(contentsOf: folder.file) == before)
        file.close()
        let after = try Data(contentsOf: folder.file)
        #expect(try lines().count == 1)
        #expect(try Data(contentsOf: folder.file) == after)
        let next = try HistoryFile(folder: folder.path)
        #expect(try next.load().names == ["a"])
    }

    @Test("is told from other files without reading from a pipe")
    func detection() throws {
        #expect(!RecordedHistory.isDatabase(folder.file.path))
        try Data("ges_up 1 1\n".utf8).write(to: folder.file)
        #expect(!RecordedHistory.isDatabase(folder.file.path))
        #expect(!RecordedHistory.isDatabase(folder.path))
        try FileManager.default.removeItem(at: folder.file)
        // Opening it would wait for a writer.
        #expect(unsafe mkfifo(folder.file.path, 0o600) == 0)
        #expect(!RecordedHistory.isDatabase(folder.file.path))
        try FileManager.default.removeItem(at: folder.file)
        try HistoryFile(folder: folder.path).close()
        #expect(RecordedHistory.isDatabase(folder.file.path))
        #expect(try lines().isEmpty)
    }

    @Test(
        "is refused if it is of another program or version, or does more than hold samples",
        arguments: [
            "PRAGMA application_id = 1", "PRAGMA user_version = 1", "PRAGMA user_version = 99",
            "DROP TABLE block", "ALTER TABLE series ADD COLUMN other INTEGER",
            "CREATE TRIGGER t AFTER INSERT ON chunk BEGIN DELETE FROM run; END",
            "CREATE INDEX i ON series (newest)",
            """
            ALTER TABLE run RENAME TO other;
            CREATE VIEW run AS WITH RECURSIVE n(start) AS
            (SELECT 1 UNION ALL SELECT start + 1 FROM n) SELECT start FROM n
            """,
        ]
    )
    func refused(sql: String) throws {
        let file = try HistoryFile(folder: folder.path)
        try file.execute(sql)
        file.close()
        #expect(throws: HistoryError.self) { try RecordedHistory(folder.file.path) }
        let error = #expect(throws: HistoryError.self) { try HistoryFile(folder: folder.path) }
        #expect(error?.isLasting == !sql.contains("99"))
    }

    @Test("ends with the error of whoever takes the samples")
    func errors() throws {
        struct Stop: Error {}
        let file = try HistoryFile(folder: folder.path)
        try file.put([.steady(["n": "a"], from: noon), .steady(["n": "b"], from: noon)])
        let history = try RecordedHistory(folder.file.path)
        #expect(throws: Stop.self) {
            try history.read(
                from: .distantPast,
                through: .distantFuture,
                where: { _, _ in throw Stop() },
                { _, _ in }
            )
        }
        var taken = 0
        #expect(throws: Stop.self) {
            try history.read(from: .distantPast, through: .distantFuture, where: { _, _ in true }) {
                _,
                _ in
                taken += 1
                throw Stop()
            }
        }
        #expect(taken == 1)
    }
}
