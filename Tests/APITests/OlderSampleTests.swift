import PromQL
import Series
import Synchronization
import TestSupport
import Testing
import Time

@testable import API

@Suite("Queries of samples that are not in memory")
struct OlderSampleTests {
    private static let start = Timestamp(milliseconds: 1_700_000_000_000)

    /// A file as a value.
    private final class Shelf: OlderSamples {
        let memoryStart: Timestamp
        let runs: [Timestamp]
        let series: [(labels: Labels, chunks: [SealedChunk])]
        let rows = Mutex(0)
        let isAll: Bool
        let failure: (any Error)?

        init(
            memoryStart: Timestamp,
            runs: [Timestamp] = [],
            series: [(labels: Labels, chunks: [SealedChunk])],
            isAll: Bool = false,
            failure: (any Error)? = nil
        ) {
            (self.isAll, self.failure) = (isAll, failure)
            self.memoryStart = memoryStart
            self.runs = runs
            self.series = series
        }

        func starts(after start: Timestamp) throws -> [Timestamp] {
            (runs + [memoryStart]).filter { $0 > start }.sorted()
        }

        func read(
            from start: Timestamp,
            through end: Timestamp,
            where isWanted: (Labels) throws -> Bool,
            _ step: () throws -> Void,
            _ take: (Labels, SealedChunk) throws -> Void
        ) throws {
            if let failure { throw failure }
            for (labels, chunks) in series where try isWanted(labels) {
                for chunk in chunks where chunk.last >= start && chunk.start <= end {
                    rows.withLock { $0 += 1 }
                    try step()
                    try take(labels, chunk)
                }
            }
        }
    }

    /// One sample a minute.
    private static func chunk(_ minutes: ClosedRange<Int>) -> SealedChunk {
        SealedChunk(
            minutes.map { Sample(timestamp: start + .seconds(60 * $0), value: Double($0)) }
        )
    }

    /// The series for a query at a minute, with a memory of five minutes.
    private func answer(
        _ query: String,
        at minute: Int,
        _ shelf: Shelf,
        remembered: ClosedRange<Int>,
        now: Int? = nil,
        as labels: Labels = ["__name__": "m", "n": "a"],
        completeSince: Timestamp = .distantPast,
        _ change: (inout QueryOptions) -> Void = { _ in }
    ) async throws -> (store: SeriesStore, warning: String?) {
        var memory = SeriesStore(retention: .seconds(300), maximumSeries: 100)
        for minute in remembered {
            memory.append(
                labels,
                Double(minute),
                at: Self.start + .seconds(60 * minute)
            )
        }
        let board = SeriesBoard()
        board.publish(
            SeriesSnapshot(
                series: memory,
                evaluationInterval: .seconds(30),
                completeSince: completeSince
            )
        )
        var options = QueryOptions()
        change(&options)
        let wall = Self.start + .seconds(60 * (now ?? minute))
        let clock = AgentClock(
            now: { wall },
            sleep: { _ in await AsyncEvent().wait() },
            elapsed: { .zero },
            bootID: "boot"
        )
        let runner = QueryRunner(options: options, board: board, clock: clock, older: shelf)
        let time = Self.start + .seconds(60 * minute)
        return try await runner.run { context throws(QueryFailure) in
            let expression: Expression
            do throws(ParseError) {
                expression = try Expression.parse(query)
            } catch {
                throw .badData("\(error)")
            }
            return try context.series(for: expression, from: time)
        }
    }

    private func series(
        _ query: String,
        at minute: Int,
        _ shelf: Shelf,
        remembered: ClosedRange<Int>,
        now: Int? = nil,
        as labels: Labels = ["__name__": "m", "n": "a"],
        _ change: (inout QueryOptions) -> Void = { _ in }
    ) async throws -> SeriesStore {
        try await answer(
            query,
            at: minute,
            shelf,
            remembered: remembered,
            now: now,
            as: labels,
            change
        ).store
    }

    private func values(_ store: SeriesStore) -> [Double] {
        var samples: [Sample] = []
        for series in store.select([]) {
            store.appendSamples(
                of: series,
                after: .distantPast,
                through: .distantFuture,
                to: &samples
            )
        }
        return samples.map(\.value)
    }

    @Test("that cannot be read leave those in memory, with a warning, unless there are none")
    func unreadable() async throws {
        struct Damage: Error {}
        func shelf(isAll: Bool) -> Shelf {
            Shelf(
                memoryStart: Self.start + .seconds(3300),
                series: [(["__name__": "m", "n": "a"], [Self.chunk(0...54)])],
                isAll: isAll,
                failure: Damage()
            )
        }
        let found = try await answer("m[30m]", at: 60, shelf(isAll: false), remembered: 55...60)
        #expect(values(found.store) == [55, 56, 57, 58, 59, 60])
        #expect(found.warning?.contains("cannot read older samples") == true)
        await #expect(throws: QueryFailure.self) {
            try await answer("m[30m]", at: 60, shelf(isAll: true), remembered: 55...60)
        }
        // What is in memory is enough.
        let recent = try await answer("m[1m]", at: 60, shelf(isAll: false), remembered: 55...60)
        #expect(recent.warning == nil && !values(recent.store).isEmpty)
    }

    @Test("of before the clock was set are read, although the process is older")
    func emptied() async throws {
        let shelf = Shelf(
            memoryStart: Self.start,
            series: [(["__name__": "m", "n": "a"], [Self.chunk(56...58)])]
        )
        let found = try await answer(
            "m[4m30s]",
            at: 60,
            shelf,
            remembered: 59...60,
            completeSince: Self.start + .seconds(59 * 60)
        )
        #expect(values(found.store) == [56, 57, 58, 59, 60])
    }

    @Test("that arrive late are older than the start of the process, and found all the same")
    func late() async throws {
        let labels: Labels = ["__name__": "ges_graph_memory_used_ratio", "graph_id": "a"]
        let shelf = Shelf(memoryStart: Self.start + .seconds(3540), series: [])
        let store = try await series(
            "ges_graph_memory_used_ratio",
            at: 60,
            shelf,
            remembered: 50...52,
            as: labels
        )
        let found = try #require(store.select([]).first)
        let now = Self.start + .seconds(3600)
        let current = store.currentSample(of: found, after: now - .seconds(300), through: now)
        #expect(current?.value == 52)
    }

    @Test("have each sample once, although it is in both")
    func union() async throws {
        let shelf = Shelf(
            memoryStart: Self.start,
            series: [(["__name__": "m", "n": "a"], [Self.chunk(0...40), Self.chunk(41...57)])]
        )
        let whole = try await series("m[1h]", at: 60, shelf, remembered: 50...60)
        #expect(values(whole) == (0...60).map(Double.init))
        let part = try await series("m[20m]", at: 60, shelf, remembered: 50...60)
        #expect(values(part) == (40...60).map(Double.init))
    }

    @Test("read the file only if they look further back than memory reaches")
    func memoryOnly() async throws {
        let shelf = Shelf(
            memoryStart: Self.start,
            series: [(["__name__": "m", "n": "a"], [Self.chunk(0...60)])]
        )
        _ = try await series("m[4m]", at: 60, shelf, remembered: 50...60)
        #expect(shelf.rows.withLock { $0 } == 0)
        // An `@`, an offset or a subquery reaches further than it seems.
        for query in ["m[4m] @ \(1_700_000_000)", "m[1m] offset 30m", "max_over_time(m[30m:1m])"] {
            let before = shelf.rows.withLock { $0 }
            _ = try await series(query, at: 60, shelf, remembered: 50...60)
            #expect(shelf.rows.withLock { $0 } > before, "\(query)")
        }
        // Since the start of the process it has less than its retention.
        let young = Shelf(
            memoryStart: Self.start + .seconds(3_570),
            series: [(["__name__": "m", "n": "a"], [Self.chunk(0...58)])]
        )
        let found = try await series("m[4m]", at: 60, young, remembered: 60...60)
        #expect(values(found) == [56, 57, 58, 60])
    }

    @Test("see a gap where no process ran")
    func gaps() async throws {
        let shelf = Shelf(
            memoryStart: Self.start + .seconds(3_570),
            runs: [Self.start + .seconds(1_190)],
            series: [
                (["__name__": "m", "n": "a"], [Self.chunk(0...17), Self.chunk(20...57)]),
                (["__name__": "m", "n": "b"], [Self.chunk(50...57)]),
            ]
        )
        let store = try await series("m[1h]", at: 60, shelf, remembered: 60...60)
        func current(_ minute: Double) -> Int {
            store.select([]).count { series in
                let time = Self.start + .milliseconds(Int64(minute * 60_000))
                let after = time - .seconds(300)
                return store.newestSample(of: series, after: after, through: time) != nil
            }
        }
        let expected: [(Double, Int)] = [
            (17, 1), (17.5, 0), (19.9, 0), (20, 1), (57, 2), (57.5, 0), (59.9, 0), (60, 1),
        ]
        for (minute, count) in expected { #expect(current(minute) == count, "minute \(minute)") }
    }

    @Test("end at the limit of samples, however many are on disk")
    func limits() async throws {
        let many = (0..<1_000).map { index in
            (labels: Labels([("__name__", "m"), ("n", "\(index)")]), chunks: [Self.chunk(0...59)])
        }
        let shelf = Shelf(memoryStart: Self.start, series: many)
        await #expect(throws: QueryFailure(.tooManySamples)) {
            _ = try await series("m[1h]", at: 60, shelf, remembered: 60...60) {
                $0.maximumSamples = 10_000
            }
        }
        #expect(shelf.rows.withLock { $0 } < 200)
        // Label sets count too: they take as much memory as samples.
        let empty = Shelf(memoryStart: Self.start, series: many.map { ($0.labels, []) })
        await #expect(throws: QueryFailure(.tooManySamples)) {
            _ = try await series("m[1h]", at: 60, empty, remembered: 60...60) {
                $0.maximumSamples = 5_000
            }
        }
        let one = try await series("m{n=\"7\"}[1h]", at: 60, shelf, remembered: 60...60) {
            $0.maximumSamples = 10_000
        }
        #expect(one.seriesCount == 1)
    }
}
