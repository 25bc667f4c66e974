import Glibc
import SQLite
package import Series
package import Time

/// Reads the file of a folder while an agent may be writing it, on a connection of its own for each
/// call. Every call blocks.
package struct HistoryFileReader: Sendable {
    private let folder: String

    private static let busyTimeoutMilliseconds = 2_000
    /// Of more series than these, whole buckets are read.
    private static let soughtMaximum = 100
    private static let rowsPerPage = 2_000

    package init(folder: String) {
        self.folder = folder
    }

    /// Passes the chunks with a sample from `start` through `end` to `take`: of each series the
    /// oldest first, those of all generations. There are none if there is no file.
    package func read(
        from start: Timestamp,
        through end: Timestamp,
        where isWanted: (Labels) throws -> Bool,
        _ take: (SeriesChunk) throws -> Void
    ) throws {
        let path = folder + "/" + HistoryFile.fileName
        guard start <= end, unsafe access(path, F_OK) == 0 else { return }
        do {
            let database = try DatabaseQueue(
                path: path,
                busyTimeoutMilliseconds: Self.busyTimeoutMilliseconds,
                mayCreate: false
            )
            defer { database.close() }
            try database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA query_only = ON") }
            try database.read { db in
                let first = HistoryFile.bucket(of: start - HistoryFile.bucketLength)
                let labels = try HistoryFile.labels(newestFrom: first, db).filter {
                    try isWanted($0.value)
                }
                guard !labels.isEmpty else { return }
                try Self.read(first...HistoryFile.bucket(of: end), labels, db) { chunk in
                    guard chunk.chunk.last >= start, chunk.chunk.start <= end else { return }
                    try take(chunk)
                }
            }
        } catch let error as DatabaseError {
            throw HistoryError(error, path)
        }
    }

    private static func read(
        _ buckets: ClosedRange<Int>,
        _ labels: [Int: Labels],
        _ db: Database,
        _ take: (SeriesChunk) throws -> Void
    ) throws {
        let sought = labels.count > soughtMaximum ? [] : labels.keys.sorted()
        var bucket = buckets.lowerBound
        while let next = try db.fetchValue(
            Int.self,
            sql: "SELECT min(bucket) FROM chunk WHERE bucket >= ?",
            arguments: [bucket]
        ), next <= buckets.upperBound {
            for series in sought {
                try read(next, fromSeries: series, throughSeries: series, labels, db, take)
            }
            if sought.isEmpty {
                try read(next, fromSeries: .min, throughSeries: .max, labels, db, take)
            }
            bucket = next + 1
        }
    }

    private static func read(
        _ bucket: Int,
        fromSeries first: Int,
        throughSeries last: Int,
        _ labels: [Int: Labels],
        _ db: Database,
        _ take: (SeriesChunk) throws -> Void
    ) throws {
        var place = (series: first, start: Int64.min)
        while true {
            let rows = try db.fetchAll(
                sql: """
                    SELECT series, start, content FROM chunk
                    WHERE bucket = ? AND (series, start) > (?, ?) AND series <= ?
                    ORDER BY series, start LIMIT ?
                    """,
                arguments: [bucket, place.series, place.start, last, rowsPerPage]
            )
            for row in rows {
                place = (try row.get("series"), try row.get("start"))
                guard let labels = labels[place.series],
                    let chunk = SealedChunk(bytes: try row.get("content"))
                else { continue }
                try take(SeriesChunk(labels: labels, chunk: chunk))
            }
            guard rows.count == rowsPerPage else { return }
        }
    }
}
