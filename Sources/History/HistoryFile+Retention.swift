import Glibc
import SQLite
import Time

extension HistoryFile {
    /// How many chunks, or blocks, are deleted at once. So few need little space in the log, which
    /// there is even on a full disk.
    private static let rowsPerStep = 1_000

    /// Deletes some of the oldest chunks if they are from before `time`, or if the file holds more
    /// than `maximumBytes`, and gives some space back to the file system. Chunks from the future go
    /// first: nothing else would ever make them the oldest.
    ///
    /// - Parameter now: the present if it is known.
    /// - Returns: whether there may be more to delete.
    func tidy(
        before time: Timestamp,
        now: Timestamp = .distantFuture,
        maximumBytes: Int
    ) throws(HistoryError) -> Bool {
        let limit = HistoryPlace.bucket(of: time)
        let isDone = try write { db in
            guard try !Self.deleteSome(after: HistoryPlace.bucket(of: now), db) else {
                return false
            }
            guard let oldest = try Self.oldestBucket(db) else { return true }
            guard try oldest < limit || Self.usedBytes(db) > maximumBytes else { return true }
            try Self.deleteSome(of: oldest, db)
            return false
        }
        guard !isDone else { return false }
        try executeAlone("PRAGMA incremental_vacuum(1000)")
        return true
    }

    /// Deletes rows of buckets that are not over within two hours from now, and of buckets that do not
    /// exist.
    ///
    /// - Returns: whether there were any.
    private static func deleteSome(after present: Int, _ db: Database) throws -> Bool {
        let newest = min(present + 1, HistoryPlace.newestBucket)
        try db.execute(
            sql: """
                DELETE FROM chunk WHERE (bucket, series, start) IN (
                    SELECT bucket, series, start FROM chunk WHERE bucket < 0 OR bucket > ? LIMIT ?)
                """,
            arguments: [newest, rowsPerStep]
        )
        var deleted = db.changesCount
        try db.execute(
            sql: """
                DELETE FROM block WHERE id IN (
                    SELECT id FROM block WHERE id < 0 OR id > ? LIMIT ?)
                """,
            arguments: [
                HistoryPlace.block(newest, HistoryPlace.greatestNumber), rowsPerStep,
            ]
        )
        deleted += db.changesCount
        guard deleted > 0 else { return false }
        try db.execute(
            sql: "UPDATE series SET newest = ? WHERE newest > ?",
            arguments: [newest, newest]
        )
        return true
    }

    private static func deleteSome(of bucket: Int, _ db: Database) throws {
        try db.execute(
            sql: """
                DELETE FROM chunk WHERE (bucket, series, start) IN (
                    SELECT bucket, series, start FROM chunk WHERE bucket = ?
                    ORDER BY bucket, series, start LIMIT ?)
                """,
            arguments: [bucket, rowsPerStep]
        )
        let deleted = db.changesCount
        let blocks = HistoryPlace.blocks(bucket, 0...HistoryPlace.greatestNumber)
        try db.execute(
            sql: """
                DELETE FROM block WHERE id IN (
                    SELECT id FROM block WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?)
                """,
            arguments: [blocks.lowerBound, blocks.upperBound, rowsPerStep]
        )
        guard deleted + db.changesCount < 2 * rowsPerStep else { return }
        // The bucket may be empty now, and what ended before the next one has no chunks.
        let next = try oldestBucket(db)
        guard next != bucket else { return }
        try db.execute(sql: "DELETE FROM series WHERE newest < ?", arguments: [next ?? .max])
    }

    private static func usedBytes(_ db: Database) throws -> Int {
        let pages = try db.fetchValue(Int.self, sql: "PRAGMA page_count") ?? 0
        let free = try db.fetchValue(Int.self, sql: "PRAGMA freelist_count") ?? 0
        return max(pages - free, 0).multipliedReportingOverflow(by: pageBytes).partialValue
    }

    package func isEmpty() throws(HistoryError) -> Bool { try oldest() == nil }

    /// The start of the oldest bucket; nil if there is none.
    func oldest() throws(HistoryError) -> Timestamp? {
        let bucket = try read { db in try Self.oldestBucket(db) }
        return bucket.map(HistoryPlace.start(of:))
    }

    /// How much the file occupies, its write-ahead log included.
    package func sizeBytes() -> Int {
        ["", "-wal", "-shm"].reduce(0) { sum, suffix in
            var status = stat()
            guard unsafe stat(path + suffix, &status) == 0 else { return sum }
            return sum + Int(status.st_size)
        }
    }

    /// What is left on the file system for the ledger, which must never fail for the history; of a
    /// small one a quarter.
    private static let reserveBytes = 64 << 20

    /// Throws if the reserve of the ledger is all that is free.
    func refuseReserve() throws(HistoryError) {
        var system = statvfs()
        guard unsafe statvfs(path, &system) == 0 else { return }
        let block = UInt64(max(system.f_frsize, 1))
        let reserve = min(UInt64(Self.reserveBytes) / block, UInt64(system.f_blocks) / 4)
        guard UInt64(system.f_bavail) < reserve else { return }
        let free = UInt64(system.f_bavail).multipliedReportingOverflow(by: block).partialValue
        throw HistoryError(.reserved(freeBytes: Int(clamping: free)), path)
    }
}
