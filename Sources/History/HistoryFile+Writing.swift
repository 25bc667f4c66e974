import Series
import SQLite
import Time

/// What the writer knows of the series in the file. It forgets all of it rather than grow.
struct KnownSeries: Sendable {
    /// In one word: there is one for each series of the fleet.
    struct Entry: Sendable {
        private let word: Int

        /// - Precondition: both are within the bounds of `HistoryPlace`.
        init(id: Int, newest: Int) {
            word = HistoryPlace.block(newest, id)
        }

        var id: Int { HistoryPlace.series(ofBlock: word) }
        /// The newest bucket with one of its chunks.
        var newest: Int { HistoryPlace.bucket(ofBlock: word) }
    }

    private(set) var entries: [Labels: Entry] = [:]

    private static let maximumCount = 500_000

    mutating func add(_ new: [Labels: Entry]) {
        if entries.count + new.count > Self.maximumCount { entries = [:] }
        entries.merge(new) { $1 }
    }
}

extension HistoryFile {
    /// Writes chunks in one transaction. A chunk replaces those of the same series that have no
    /// other samples.
    ///
    /// - Returns: the number of samples that were not written before.
    func write(
        _ chunks: [SeriesChunk],
        generation: Int,
        known: inout KnownSeries
    ) throws(HistoryError) -> Int {
        let before = known.entries
        let (samples, new) = try write { db in
            var batch = Batch(generation: generation, before: before, db: db)
            for chunk in chunks { try batch.write(chunk) }
            return (batch.samples, batch.new)
        }
        known.add(new)
        return samples
    }

    private struct Batch {
        let generation: Int
        let before: [Labels: KnownSeries.Entry]
        let db: Database
        private(set) var new: [Labels: KnownSeries.Entry] = [:]
        private(set) var samples = 0

        init(generation: Int, before: [Labels: KnownSeries.Entry], db: Database) {
            self.generation = generation
            self.before = before
            self.db = db
        }

        mutating func write(_ chunk: SeriesChunk) throws {
            for part in chunk.chunk.divided(by: HistoryPlace.bucketLength) {
                let bucket = HistoryPlace.bucket(of: part.start)
                let id = try id(of: chunk.labels, bucket)
                // Some of its samples were written before: those that were not sealed yet.
                if chunk.after >= part.start {
                    _ = try db.runOften(
                        sql: """
                            DELETE FROM chunk
                            WHERE bucket = ? AND series = ? AND start BETWEEN ? AND ?
                            """,
                        arguments: [bucket, id, part.start.milliseconds, part.last.milliseconds]
                    )
                }
                _ = try db.runOften(
                    sql: "INSERT OR REPLACE INTO chunk VALUES (?, ?, ?, ?)",
                    arguments: [bucket, id, part.start.milliseconds, part.bytes]
                )
            }
            samples +=
                chunk.after < chunk.chunk.start
                ? chunk.chunk.sampleCount
                : chunk.chunk.samples.count { $0.timestamp > chunk.after }
        }

        /// - Returns: false if the file does not have the series.
        private func note(_ bucket: Int, of series: Int) throws -> Bool {
            _ = try db.runOften(
                sql: "UPDATE series SET newest = ? WHERE id = ?",
                arguments: [bucket, series]
            )
            return db.changesCount > 0
        }

        private mutating func id(of labels: Labels, _ bucket: Int) throws -> Int {
            if let entry = new[labels] ?? before[labels] {
                if entry.newest >= bucket { return entry.id }
                if try note(bucket, of: entry.id) {
                    new[labels] = KnownSeries.Entry(id: entry.id, newest: bucket)
                    return entry.id
                }
            }
            let row = try db.runOften(
                sql: """
                    INSERT INTO series (generation, labels, newest) VALUES (?, ?, ?)
                    ON CONFLICT (generation, labels)
                    DO UPDATE SET newest = max(newest, excluded.newest)
                    RETURNING id, newest
                    """,
                arguments: [generation, labels.bytes, bucket]
            ).first
            guard let row else { throw RowError(column: "id") }
            let (id, newest): (Int, Int) = (try row.get("id"), try row.get("newest"))
            guard HistoryPlace.allSeries ~= id else { throw RowError(column: "id") }
            // A file that was tampered with may say anything. Then it is asked each time.
            if 0...HistoryPlace.newestBucket ~= newest {
                new[labels] = KnownSeries.Entry(id: id, newest: newest)
            }
            return id
        }
    }
}
