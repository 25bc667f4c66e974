import Glibc
import SQLite
package import Series
package import Time

/// Reads a file of samples as a whole, in the order of time, for programs that replay it. An agent
/// may be writing it meanwhile: the file is never written, and no transaction lasts longer than a
/// bucket, so that the write-ahead log of the agent can shrink.
package struct RecordedHistory: Sendable {
    /// One series. The samples of different generations are of different clocks or clouds, see
    /// `HistoryFile.beginGeneration(vantage:)`, even if the label sets are the same.
    package struct Series: Sendable {
        package let labels: Labels
        package let generation: Int
    }

    package let path: String

    private static let busyTimeoutMilliseconds = 10_000
    private static let signature = Array("SQLite format 3\0".utf8)

    /// Throws if the file cannot be read, or is not one of samples.
    package init(_ path: String) throws(HistoryError) {
        self.path = path
        _ = try interval()
    }

    /// The file in the storage directory of an agent.
    package static func path(inFolder folder: String) -> String {
        folder + "/" + HistoryFile.fileName
    }

    /// Whether there is a database of SQLite at a path. A pipe is none, and nothing is read from it.
    package static func isDatabase(_ path: String) -> Bool {
        var status = stat()
        guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            return false
        }
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var head = [UInt8](repeating: 0, count: signature.count)
        let count = unsafe Glibc.read(descriptor, &head, head.count)
        return count == head.count && head == signature
    }

    /// From the begin of the oldest bucket to the end of the newest; nil without samples.
    package func interval() throws(HistoryError) -> ClosedRange<Timestamp>? {
        try with { database throws in
            try database.read { db in
                guard let first = try HistoryFile.oldestBucket(db),
                    let last = try HistoryFile.newestBucket(db)
                else { return nil }
                let end = HistoryPlace.start(of: last) + HistoryPlace.bucketLength
                return HistoryPlace.start(of: first)...end
            }
        }
    }

    /// Divides the time from `start` through `end` into parts that can be read side by side: no chunk
    /// is in two of them. There are fewer parts than `count` if there are not so many buckets.
    package func parts(
        _ count: Int,
        from start: Timestamp,
        through end: Timestamp
    ) throws(HistoryError) -> [ClosedRange<Timestamp>] {
        guard let interval = try interval(), start < interval.upperBound,
            end >= interval.lowerBound, start <= end
        else { return [] }
        let first = HistoryPlace.bucket(of: max(start, interval.lowerBound))
        let last = HistoryPlace.bucket(of: min(end, interval.upperBound))
        let buckets = last - first + 1
        let borders = (0...min(count, buckets)).map { part in
            HistoryPlace.start(of: first + buckets * part / min(count, buckets))
        }
        return zip(borders, borders.dropFirst()).map { begin, next in
            max(begin, start)...min(next - .milliseconds(1), end)
        }
    }

    /// Passes each series with a chunk from `start` on to `take`.
    package func forEachSeries(
        from start: Timestamp,
        _ take: (Int, Series) throws -> Void
    ) throws {
        var outcome = Outcome()
        try with { database throws in
            let bucket = HistoryPlace.bucket(of: start)
            _ = try Self.series(
                database,
                newestFrom: bucket,
                where: {
                    try take($0, $1)
                    return false
                },
                &outcome
            )
        }
        if let failure = outcome.failure { throw failure }
    }

    /// Passes the chunks with a sample from `start` through `end` to `take`, bucket by bucket, and
    /// within a bucket series by series, oldest first. One row is in memory at a time, beside the
    /// label sets of the series that are wanted. Series that begin during the reading are left out.
    ///
    /// - Parameters:
    ///   - isWanted: whether a series is read. What it throws, as what `take` throws, ends the
    ///     reading.
    ///   - take: gets the number of the series, which no other series of the file has.
    /// - Returns: how many rows are no chunk.
    package func read(
        from start: Timestamp,
        through end: Timestamp,
        where isWanted: (Int, Series) throws -> Bool,
        _ take: (Int, SealedChunk) throws -> Void
    ) throws -> Int {
        guard start <= end else { return 0 }
        var outcome = Outcome()
        try with { database throws in
            let wanted = try Self.series(
                database,
                newestFrom: HistoryPlace.bucket(of: start),
                where: isWanted,
                &outcome
            )
            var next = HistoryPlace.bucket(of: start)
            let last = HistoryPlace.bucket(of: end)
            while outcome.failure == nil, !wanted.isEmpty {
                let found = try database.read { db in
                    try Self.readBucket(from: next, through: last, db, wanted, &outcome) {
                        guard $1.last >= start, $1.start <= end else { return }
                        try take($0, $1)
                    }
                }
                guard let found else { return }
                next = found + 1
            }
        }
        if let failure = outcome.failure { throw failure }
        return outcome.unreadable
    }

    private struct Outcome {
        /// Of the closures of the caller.
        var failure: (any Error)?
        var unreadable = 0
    }

    private static func series(
        _ database: DatabaseQueue,
        newestFrom bucket: Int,
        where isWanted: (Int, Series) throws -> Bool,
        _ outcome: inout Outcome
    ) throws -> Set<Int> {
        var wanted: Set<Int> = []
        var failure: (any Error)?
        try database.read { db in
            try HistoryFile.forEachSeries(of: nil, newestFrom: bucket, db) {
                id,
                generation,
                labels in
                guard let labels else { return true }
                do {
                    if try isWanted(id, Series(labels: labels, generation: generation)) {
                        wanted.insert(id)
                    }
                    return true
                } catch {
                    failure = error
                    return false
                }
            }
        }
        outcome.failure = failure
        return wanted
    }

    /// - Returns: the bucket; nil if there is none any more.
    private static func readBucket(
        from first: Int,
        through last: Int,
        _ db: Database,
        _ wanted: Set<Int>,
        _ outcome: inout Outcome,
        _ take: (Int, SealedChunk) throws -> Void
    ) throws -> Int? {
        guard let bucket = try HistoryFile.oldestBucket(from: first, db), bucket <= last else {
            return nil
        }
        var (failure, unreadable): ((any Error)?, Int) = (nil, 0)
        _ = try HistoryFile.forEachChunk(
            in: bucket,
            of: HistoryPlace.allSeries,
            db,
            where: { wanted.contains($0) }
        ) { series, chunk in
            guard let chunk else {
                unreadable += 1
                return true
            }
            do {
                try take(series, chunk)
                return true
            } catch {
                failure = error
                return false
            }
        }
        outcome.failure = failure
        outcome.unreadable += unreadable
        return bucket
    }

    private func with<Value: Sendable>(
        _ body: (DatabaseQueue) throws -> Value
    ) throws(HistoryError) -> Value {
        do {
            let database = try HistoryFile.openReadOnly(
                path,
                busyTimeoutMilliseconds: Self.busyTimeoutMilliseconds
            )
            guard let database else { throw HistoryError(.foreign, path) }
            defer { database.close() }
            return try body(database)
        } catch {
            throw HistoryError(error, path)
        }
    }
}
