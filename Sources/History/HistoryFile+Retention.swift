import Glibc
import SQLite
import Time

extension HistoryFile {
    /// How many chunks are deleted at once.
    private static let chunksPerStep = 2_000

    /// Deletes some of the oldest chunks if they are from before `time`, or if the file holds more
    /// than `maximumBytes`, and gives some space back to the file system.
    ///
    /// - Returns: whether there is more to delete.
    func tidy(before time: Timestamp, maximumBytes: Int) throws(HistoryError) -> Bool {
        let limit = Self.bucket(of: time)
        let isDone = try write { db in
            guard let oldest = try db.fetchValue(Int.self, sql: "SELECT min(bucket) FROM chunk")
            else { return true }
            guard try oldest < limit || Self.usedBytes(db) > maximumBytes else { return true }
            try Self.deleteSome(of: oldest, db)
            return false
        }
        guard !isDone else { return false }
        do {
            try database.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA incremental_vacuum(1000)")
            }
        } catch {
            throw HistoryError(error, path)
        }
        return true
    }

    private static func deleteSome(of bucket: Int, _ db: Database) throws {
        let end = try db.fetchValue(
            Int.self,
            sql: """
                SELECT series FROM chunk WHERE bucket = ? ORDER BY series, start LIMIT 1 OFFSET ?
                """,
            arguments: [bucket, chunksPerStep]
        )
        if let end {
            try db.execute(
                sql: "DELETE FROM chunk WHERE bucket = ? AND series <= ?",
                arguments: [bucket, end]
            )
        } else {
            try db.execute(sql: "DELETE FROM chunk WHERE bucket = ?", arguments: [bucket])
            try db.execute(sql: "DELETE FROM series WHERE newest <= ?", arguments: [bucket])
        }
    }

    private static func usedBytes(_ db: Database) throws -> Int {
        let pages = try db.fetchValue(Int.self, sql: "PRAGMA page_count") ?? 0
        let free = try db.fetchValue(Int.self, sql: "PRAGMA freelist_count") ?? 0
        return (pages - free) * pageBytes
    }

    package func isEmpty() throws(HistoryError) -> Bool { try oldest() == nil }

    /// The start of the oldest bucket; nil if there is none.
    func oldest() throws(HistoryError) -> Timestamp? {
        let bucket = try read { db in
            try db.fetchValue(Int.self, sql: "SELECT min(bucket) FROM chunk")
        }
        guard let bucket else { return nil }
        let length = Self.bucketLength.wholeMilliseconds
        return Timestamp(milliseconds: Int64(bucket) * length)
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
    /// small one a twentieth.
    private static let reserveBytes = 64 << 20

    /// Throws if the reserve of the ledger is all that is free.
    func refuseReserve() throws(HistoryError) {
        var system = statvfs()
        guard unsafe statvfs(path, &system) == 0 else { return }
        let block = UInt64(max(system.f_frsize, 1))
        let reserve = min(UInt64(Self.reserveBytes) / block, UInt64(system.f_blocks) / 20)
        guard UInt64(system.f_bavail) < reserve else { return }
        throw HistoryError(.reserved(freeBytes: Int(clamping: system.f_bavail) * Int(block)), path)
    }
}
