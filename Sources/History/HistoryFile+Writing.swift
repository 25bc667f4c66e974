import Series
import SQLite
import Time

/// What the writer knows of the series in the file. It forgets all of it rather than grow.
struct KnownSeries: Sendable {
    struct Entry: Sendable {
        let id: Int
        var newest: Int
    }

    private(set) var entries: [Labels: Entry] = [:]

    private static let maximumCount = 500_000

    subscript(labels: Labels) -> Entry? {
        get { entries[labels] }
        set {
            if entries.count >= Self.maximumCount, entries[labels] == nil { entries = [:] }
            entries[labels] = newValue
        }
    }
}

extension HistoryFile {
    /// Writes chunks in one transaction. A chunk replaces the one of the same series that began at
    /// the same time.
    ///
    /// - Returns: the number of samples that were not written before.
    func write(
        _ chunks: [SeriesChunk],
        generation: Int,
        known: inout KnownSeries
    ) throws(HistoryError) -> Int {
        let before = known
        do {
            let (samples, after) = try database.write { db in
                var (samples, known) = (0, before)
                for chunk in chunks {
                    samples += try Self.write(chunk, generation, &known, db)
                }
                return (samples, known)
            }
            known = after
            return samples
        } catch {
            throw HistoryError(error, path)
        }
    }

    private static func write(
        _ chunk: SeriesChunk,
        _ generation: Int,
        _ known: inout KnownSeries,
        _ db: Database
    ) throws -> Int {
        for part in chunk.chunk.divided(bySpan: bucketLength) {
            let bucket = bucket(of: part.start)
            let id = try id(of: chunk.labels, bucket, &known, db)
            try db.execute(
                sql: """
                    INSERT INTO chunk VALUES (?, ?, ?, ?, ?)
                    ON CONFLICT (bucket, series, start) DO UPDATE
                    SET generation = excluded.generation, content = excluded.content
                    """,
                arguments: [bucket, id, part.start.milliseconds, generation, part.bytes]
            )
        }
        if chunk.after < chunk.chunk.start { return chunk.chunk.sampleCount }
        return chunk.chunk.samples.count { $0.timestamp > chunk.after }
    }

    private static func id(
        of labels: Labels,
        _ bucket: Int,
        _ known: inout KnownSeries,
        _ db: Database
    ) throws -> Int {
        if let entry = known[labels], entry.newest >= bucket { return entry.id }
        let row = try db.fetchOne(
            sql: """
                INSERT INTO series (labels, newest) VALUES (?, ?)
                ON CONFLICT (labels) DO UPDATE SET newest = max(newest, excluded.newest)
                RETURNING id, newest
                """,
            arguments: [labels.bytes, bucket]
        )
        guard let row else { throw RowError(column: "id") }
        let entry = KnownSeries.Entry(id: try row.get("id"), newest: try row.get("newest"))
        known[labels] = entry
        return entry.id
    }
}
