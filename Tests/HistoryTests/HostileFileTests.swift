import Foundation
import SQLite
import Series
import TestSupport
import Testing
import Time

@testable import History

@Suite("A file of samples with any content")
struct HostileFileTests {
    private let folder: HistoryFolder

    init() throws { folder = try HistoryFolder() }

    private static let columns = [
        ("meta", ["id", "generation", "vantage"]),
        ("series", ["id", "generation", "labels", "newest"]),
        ("chunk", ["bucket", "series", "start", "content"]),
        ("block", ["id", "content"]),
        ("run", ["start"]),
        ("sqlite_sequence", ["seq"]),
    ]

    private static let numbers: [Int64] = [
        .min, .min + 1, -1, 0, 1, 2, 1 << 31, 1 << 36, 1 << 36 - 1, 1 << 53, 1 << 62, .max - 1,
        .max, 35_194_763, 35_194_764, 35_194_763 << 36, 35_194_764 << 36,
    ]

    /// Two series with chunks and blocks.
    private func fill() throws {
        let file = try HistoryFile(folder: folder.path)
        for name in ["a", "b"] {
            try file.put((0..<6).map { .steady(["n": name], from: noon + .seconds($0 * 7_200)) })
        }
        try file.compactAll()
        try file.noteStart(at: noon)
        file.close()
    }

    /// Everything that an agent does with a file. Nothing may trap; what is given back is in order.
    private func use() throws {
        do throws(HistoryError) {
            let file = try HistoryFile(folder: folder.path)
            defer { file.close() }
            _ = try file.vantage()
            let loaded = try file.load(from: .distantPast, through: .distantFuture)
            for series in loaded.series {
                var store = SeriesStore(retention: .seconds(1 << 40), maximumSeries: 10)
                store.restore(series.chunks, of: series.labels, before: .distantFuture)
                for reference in store.select([]) {
                    let samples = store.rawSamples(
                        of: reference,
                        after: .distantPast,
                        through: .distantFuture
                    )
                    let times = samples.map(\.timestamp)
                    #expect(zip(times, times.dropFirst()).allSatisfy { $0 < $1 })
                }
            }
            var known = KnownSeries()
            let generation = try file.generation()
            _ = try file.write(
                [.steady(["n": "a"], from: noon + .seconds(90_000))],
                generation: generation,
                known: &known
            )
            var steps = 0
            while try file.compact(writtenThrough: HistoryPlace.newestBucket), steps < 100 {
                steps += 1
            }
            #expect(steps < 100, "putting together never ends")
            _ = try file.oldest()
            steps = 0
            while try file.tidy(before: .distantFuture, maximumBytes: 0), steps < 100 {
                steps += 1
            }
            #expect(steps < 100, "deleting never ends")
            steps = 0
            while try file.tidy(before: .distantPast, now: noon, maximumBytes: .max), steps < 100 {
                steps += 1
            }
            #expect(steps < 100, "deleting the future never ends")
            #expect(try file.isEmpty())
            try file.beginGeneration(vantage: "w")
        } catch {
            // It says so. Whether it is moved aside is another question.
            #expect(!error.description.isEmpty)
        }
    }

    private func readAsQuery() throws {
        let reader = HistoryFileReader(folder: folder.path, memoryStart: noon)
        do {
            let starts = try reader.starts(after: .distantPast)
            #expect(starts.contains(noon) && starts == starts.sorted())
            try reader.read(
                from: .distantPast,
                through: noon + .seconds(100_000),
                where: { _ in true },
                {}
            ) { _, chunk in #expect(chunk.samples.count == chunk.sampleCount) }
        } catch let error as HistoryError {
            #expect(!error.description.isEmpty)
        }
    }

    @Test("is read or refused, whatever value stands in any column", arguments: 0..<30)
    func values(seed: Int) throws {
        var generator = SeededRandom(seed: seed)
        try fill()
        let file = try HistoryFile(folder: folder.path)
        try file.execute("PRAGMA ignore_check_constraints = ON")
        for _ in 0..<(1 + generator.number(below: 4)) {
            let (table, columns) = generator.pick(Self.columns)
            let column = generator.pick(columns)
            let isBytes = ["labels", "content"].contains(column)
            let value =
                if isBytes {
                    Self.bytes(&generator)
                } else if column == "vantage" {
                    "'\\n'"
                } else {
                    "\(generator.pick(Self.numbers))"
                }
            // All rows, which may break a constraint, or one of them.
            let key = table == "chunk" ? "series" : "rowid"
            let rest = generator.number(below: 2)
            let range = generator.chance(0.5) ? "" : "WHERE \(key) % 2 = \(rest)"
            try? file.execute("UPDATE OR REPLACE \(table) SET \(column) = \(value) \(range)")
        }
        file.close()
        try readAsQuery()
        try use()
    }

    private static func bytes(_ generator: inout SeededRandom) -> String {
        switch generator.number(below: 4) {
        case 0: return "x''"
        case 1: return "zeroblob(\(1 << generator.number(below: 22)))"
        default:
            let count = generator.number(below: 60)
            return "randomblob(\(count))"
        }
    }

    @Test("is read or refused, whatever bytes are in it", arguments: 0..<40)
    func bytes(seed: Int) throws {
        var generator = SeededRandom(seed: seed)
        try fill()
        var data = [UInt8](try Data(contentsOf: folder.file))
        switch seed % 4 {
        case 0: data = Array(data.prefix(generator.number(below: data.count)))
        case 1: for index in 0..<100 { data[index] = UInt8(truncatingIfNeeded: generator.next()) }
        default:
            for _ in 0..<(1 + generator.number(below: 400)) {
                let place = 100 + generator.number(below: data.count - 100)
                data[place] = UInt8(truncatingIfNeeded: generator.next())
            }
        }
        try Data(data).write(to: folder.file)
        try readAsQuery()
        try use()
    }

    @Test("that has rows larger than any chunk is read without them")
    func large() throws {
        try fill()
        let file = try HistoryFile(folder: folder.path)
        try file.execute(
            """
            UPDATE block SET content = zeroblob(20000000) WHERE id = (SELECT min(id) FROM block);
            UPDATE series SET labels = zeroblob(20000000)
            WHERE id = (SELECT max(id) FROM series);
            """
        )
        let loaded = try file.load()
        #expect(loaded.unreadable == 1 && loaded.sampleCount == 5 * 64)
        #expect(loaded.names == ["a"])
    }
}
