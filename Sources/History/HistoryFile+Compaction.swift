import Series
import SQLite
import Time

extension HistoryFile {
    /// How many chunks are read at once, about.
    private static let chunksPerStep = 2_000
    /// How many buckets, the newest included, are left as they are: series may still add to them.
    private static let openBuckets = 2

    /// Puts the chunks of some series in one bucket that is over together to a block: it takes less
    /// space, and less time to read.
    ///
    /// - Parameter newest: the newest bucket of what this process has written. Chunks from the future
    ///   do not make a bucket one that is over.
    /// - Returns: whether there may be more to do.
    func compact(writtenThrough newest: Int) throws(HistoryError) -> Bool {
        try write { db in
            guard let bucket = try Self.oldestBucketOfChunks(db),
                bucket <= newest - Self.openBuckets
            else { return false }
            let last = try db.fetchValue(
                Int.self,
                sql: """
                    SELECT series FROM chunk WHERE bucket = ?
                    ORDER BY series, start LIMIT 1 OFFSET ?
                    """,
                arguments: [bucket, Self.chunksPerStep]
            )
            let end = last ?? Int.max
            try Self.compact(bucket, 1...min(max(end, 1), HistoryPlace.greatestNumber), db)
            try db.execute(
                sql: "DELETE FROM chunk WHERE bucket = ? AND series <= ?",
                arguments: [bucket, end]
            )
            return true
        }
    }

    private static func compact(
        _ bucket: Int,
        _ range: ClosedRange<Int>,
        _ db: Database
    ) throws {
        // In the order of their ids, so that pages are filled.
        var found: [Int] = []
        try db.forEachRow(
            sql: """
                SELECT DISTINCT series FROM chunk WHERE bucket = ? AND series BETWEEN ? AND ?
                ORDER BY series
                """,
            arguments: [bucket, range.lowerBound, range.upperBound]
        ) { row in
            if let id = row.number(0) { found.append(id) }
            return true
        }
        for series in found {
            let samples = try samples(of: series, in: bucket, db)
            guard !samples.isEmpty else { continue }
            _ = try db.runOften(
                sql: "INSERT OR REPLACE INTO block VALUES (?, ?)",
                arguments: [
                    HistoryPlace.block(bucket, series),
                    SealedChunk.packed(samples).flatMap(\.bytes),
                ]
            )
        }
    }

    /// Of two samples with the same time the one that was written later. There are not more than a
    /// block may have, which is more than any agent reads in two hours.
    private static func samples(
        of series: Int,
        in bucket: Int,
        _ db: Database
    ) throws -> [Sample] {
        var samples: [Timestamp: Sample] = [:]
        _ = try forEachChunk(in: bucket, of: series...series, db) { _, chunk in
            for sample in chunk?.samples ?? [] { samples[sample.timestamp] = sample }
            return samples.count <= SealedChunk.maximumSamplesOfBytes
        }
        let sorted = samples.values.sorted { $0.timestamp < $1.timestamp }
        return Array(sorted.suffix(SealedChunk.maximumSamplesOfBytes))
    }

    private static func oldestBucketOfChunks(_ db: Database) throws -> Int? {
        try db.fetchValue(
            sql: "SELECT min(bucket) FROM chunk WHERE bucket BETWEEN 0 AND ?",
            arguments: [HistoryPlace.newestBucket]
        )
    }
}
