import Glibc
import SQLite
package import Series
package import Time

/// Reads the file of a folder while an agent may be writing it, on a connection of its own for each
/// call. Every call blocks.
package struct HistoryFileReader: Sendable {
    private let path: String
    /// Whether an error is thrown if there is no file.
    private let isRequired: Bool
    /// When the process started. What is older is only in the file, or at least not all in memory.
    package let memoryStart: Timestamp

    private static let busyTimeoutMilliseconds = 2_000
    /// Of more series than these, whole buckets are read.
    private static let soughtMaximum = 100

    package init(folder: String, memoryStart: Timestamp) {
        path = folder + "/" + HistoryFile.fileName
        self.memoryStart = memoryStart
        isRequired = false
    }

    /// Reads a file of which nothing is in memory.
    package init(_ history: RecordedHistory) {
        path = history.path
        memoryStart = .distantFuture
        isRequired = true
    }

    /// When processes started after `start`, in order: what was read before does not count as current
    /// after that. Includes the start of this one.
    package func starts(after start: Timestamp) throws -> [Timestamp] {
        var starts: Set<Timestamp> = [memoryStart]
        try open { db in
            try db.forEachRow(
                sql: "SELECT start FROM run WHERE start > ? ORDER BY start LIMIT 10000",
                arguments: [start.milliseconds]
            ) { row in
                row.number(0).map { _ = starts.insert(Timestamp(milliseconds: Int64($0))) }
                return true
            }
        }
        return starts.sorted()
    }

    /// Passes the chunks with a sample from `start` through `end` to `take`: of each series the
    /// oldest first, those of all generations. There are none if there is no file. One row is in
    /// memory at a time, beside the label sets of the series that are wanted.
    ///
    /// - Parameters:
    ///   - isWanted: whether a series is selected.
    ///   - step: called for each row. What it throws, as what the others throw, ends the reading.
    package func read(
        from start: Timestamp,
        through end: Timestamp,
        where isWanted: (Labels) throws -> Bool,
        _ step: () throws -> Void,
        _ take: (Labels, SealedChunk) throws -> Void
    ) throws {
        guard start <= end else { return }
        try open { db in
            let first = HistoryPlace.bucket(of: start)
            let labels = try Self.labels(newestFrom: first, db, where: isWanted)
            guard !labels.isEmpty else { return }
            let last = HistoryPlace.bucket(of: end)
            try Self.read(first, last, labels, db, step) { labels, chunk in
                guard chunk.last >= start, chunk.start <= end else { return }
                try take(labels, chunk)
            }
        }
    }

    /// Does nothing if there is no file, or one in which nothing was created yet.
    private func open(_ body: (Database) throws -> Void) throws {
        if !isRequired, unsafe access(path, F_OK) != 0 { return }
        do {
            let database = try HistoryFile.openReadOnly(
                path,
                busyTimeoutMilliseconds: Self.busyTimeoutMilliseconds
            )
            defer { database?.close() }
            try database?.read(body)
        } catch let error as DatabaseError {
            throw HistoryError(error, path)
        } catch let error as HistoryError {
            throw HistoryError(error, path)
        }
    }

    private static func labels(
        newestFrom bucket: Int,
        _ db: Database,
        where isWanted: (Labels) throws -> Bool
    ) throws -> [Int: Labels] {
        var labels: [Int: Labels] = [:]
        var failure: (any Error)?
        try HistoryFile.forEachSeries(of: nil, newestFrom: bucket, db) { id, _, found in
            do {
                if let found, try isWanted(found) { labels[id] = found }
                return true
            } catch {
                failure = error
                return false
            }
        }
        if let failure { throw failure }
        return labels
    }

    private static func read(
        _ first: Int,
        _ last: Int,
        _ labels: [Int: Labels],
        _ db: Database,
        _ step: () throws -> Void,
        _ take: (Labels, SealedChunk) throws -> Void
    ) throws {
        let sought = labels.keys.sorted().map { $0...$0 }
        let ranges = sought.count > soughtMaximum ? [HistoryPlace.allSeries] : sought
        var failure: (any Error)?
        var start = first
        while let bucket = try HistoryFile.oldestBucket(from: start, db), bucket <= last {
            start = bucket + 1
            for range in ranges {
                try step()
                _ = try HistoryFile.forEachChunk(
                    in: bucket,
                    of: range,
                    db,
                    where: { id in
                        do {
                            try step()
                            return labels[id] != nil
                        } catch {
                            failure = error
                            return nil
                        }
                    }
                ) { id, chunk in
                    guard let labels = labels[id], let chunk else { return true }
                    do {
                        try take(labels, chunk)
                        return true
                    } catch {
                        failure = error
                        return false
                    }
                }
                if let failure { throw failure }
            }
        }
    }
}
