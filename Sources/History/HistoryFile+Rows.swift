import Series
import SQLite
import Time

/// Reading rows, one at a time. Whatever is in one: it is a chunk, or it is nil.
extension HistoryFile {
    /// A row that claims more is no chunk.
    static let maximumContentBytes = 1 << 18
    private static let maximumLabelBytes = 1 << 18

    /// Passes the series of a generation, or of all, that have chunks in this bucket or later, until
    /// `take` returns false. Without labels is what is no series.
    static func forEachSeries(
        of generation: Int?,
        newestFrom bucket: Int,
        _ db: Database,
        _ take: (_ id: Int, _ generation: Int, _ labels: Labels?) -> Bool
    ) throws {
        try db.forEachRow(
            sql: """
                SELECT id, CASE WHEN length(labels) <= ? THEN labels END, generation FROM series
                WHERE newest >= ? AND (generation = ? OR ?)
                """,
            arguments: [maximumLabelBytes, bucket, generation ?? 0, generation == nil ? 1 : 0]
        ) { row in
            guard let id = row.number(0), HistoryPlace.allSeries ~= id, let bytes = row.bytes(1),
                let labels = Labels(bytes: bytes), let generation = row.number(2)
            else { return take(0, 0, nil) }
            return take(id, generation, labels)
        }
    }

    /// Passes the chunks of some series in one bucket to `take`, series by series: first those of its
    /// block, then those that are not in it yet, oldest first. nil stands for what is no chunk.
    ///
    /// - Parameters:
    ///   - part: when the chunks that are passed begin; nil for all.
    ///   - isWanted: whether a series is taken; asked for each row, and nil ends the reading.
    /// - Returns: false if it was ended.
    static func forEachChunk(
        in bucket: Int,
        of series: ClosedRange<Int>,
        startingIn part: ClosedRange<Timestamp>? = nil,
        _ db: Database,
        where isWanted: (_ series: Int) -> Bool? = { _ in true },
        _ take: (_ series: Int, SealedChunk?) -> Bool
    ) throws -> Bool {
        var others: [SealedChunk] = []
        let blocks = HistoryPlace.blocks(bucket, series)
        let goesOn = try db.forEachBlob(
            sql: """
                SELECT id, CASE WHEN length(content) <= ? THEN content END FROM block
                WHERE id BETWEEN ? AND ? ORDER BY id
                """,
            arguments: [maximumContentBytes, blocks.lowerBound, blocks.upperBound],
            where: { isWanted(HistoryPlace.series(ofBlock: $0)) }
        ) { id, bytes in
            let series = HistoryPlace.series(ofBlock: id)
            let read = bytes.flatMap { SealedChunk.chunks(bytes: $0, like: others) }
            guard let read else { return take(series, nil) }
            others = read
            return read.allSatisfy { chunk in
                guard part?.contains(chunk.start) ?? true else { return true }
                return take(series, HistoryPlace.holds(chunk, bucket) ? chunk : nil)
            }
        }
        guard goesOn else { return false }
        return try db.forEachBlob(
            sql: """
                SELECT series, CASE WHEN length(content) <= ? THEN content END FROM chunk
                WHERE bucket = ? AND series BETWEEN ? AND ? AND start BETWEEN ? AND ?
                ORDER BY series, start
                """,
            arguments: [
                maximumContentBytes, bucket, series.lowerBound, series.upperBound,
                part?.lowerBound.milliseconds ?? .min, part?.upperBound.milliseconds ?? .max,
            ],
            where: isWanted
        ) { series, bytes in
            let chunk = bytes.flatMap { SealedChunk(bytes: $0) }
            return take(series, chunk.flatMap { HistoryPlace.holds($0, bucket) ? $0 : nil })
        }
    }

    /// The oldest bucket from this one on of which something is kept; nil if there is none.
    static func oldestBucket(from first: Int = 0, _ db: Database) throws -> Int? {
        try bucket("min", from: first, through: HistoryPlace.newestBucket, db)
    }

    /// The newest bucket up to this one of which something is kept; nil if there is none.
    static func newestBucket(
        through last: Int = HistoryPlace.newestBucket,
        _ db: Database
    ) throws -> Int? {
        try bucket("max", from: 0, through: last, db)
    }

    private static func bucket(
        _ end: String,
        from first: Int,
        through last: Int,
        _ db: Database
    ) throws -> Int? {
        guard 0...HistoryPlace.newestBucket ~= first, first <= last else { return nil }
        let chunk = try db.fetchValue(
            Int.self,
            sql: "SELECT \(end)(bucket) FROM chunk WHERE bucket BETWEEN ? AND ?",
            arguments: [first, last]
        )
        let block = try db.fetchValue(
            Int.self,
            sql: "SELECT \(end)(id) FROM block WHERE id BETWEEN ? AND ?",
            arguments: [
                HistoryPlace.block(first, 0),
                HistoryPlace.block(last, HistoryPlace.greatestNumber),
            ]
        )
        let buckets = [chunk, block.map(HistoryPlace.bucket(ofBlock:))].compactMap(\.self)
        return end == "min" ? buckets.min() : buckets.max()
    }
}

extension Row {
    func number(_ column: Int) -> Int? {
        guard values.indices ~= column, case .integer(let number) = values[column] else {
            return nil
        }
        return Int(number)
    }

    func bytes(_ column: Int) -> [UInt8]? {
        guard values.indices ~= column, case .blob(let bytes) = values[column] else { return nil }
        return bytes
    }
}
