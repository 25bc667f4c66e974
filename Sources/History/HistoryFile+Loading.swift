package import Series
import SQLite
package import Time

/// What is read of a file at most.
package struct HistoryLimits: Hashable, Sendable {
    package var maximumSamples = 50_000_000
    package var maximumBytes = 256 << 20

    package init() {}
}

/// The chunks of a stretch of time, oldest first.
package struct LoadedHistory: Sendable {
    package var chunks: [SeriesChunk] = []
    package var sampleCount = 0
    /// Rows that are no chunk of a known series.
    package var unreadable = 0
    /// Chunks that end in the future.
    package var future = 0
    /// Whether a limit left out the oldest chunks.
    package var isCut = false
}

extension HistoryFile {
    private static let rowsPerPage = 5_000

    /// The chunks of the present generation with a sample at or after `start`, and none after
    /// `end`. If there are more than the limits allow, the newest.
    ///
    /// - Parameter mayContinue: asked between two pages; what was read by then is returned.
    package func load(
        from start: Timestamp,
        through end: Timestamp,
        limits: HistoryLimits = HistoryLimits(),
        mayContinue: () -> Bool = { true }
    ) throws(HistoryError) -> LoadedHistory {
        try read { db in
            let first = Self.bucket(of: start - Self.bucketLength)
            var load = HistoryLoad(
                labels: try Self.labels(newestFrom: first, db),
                window: (start, end),
                limits: limits
            )
            let generation = try db.fetchValue(Int.self, sql: "SELECT generation FROM meta") ?? 1
            // From the newest on, because limits cost the oldest.
            var bucket = Self.bucket(of: end) + 1
            while let next = try Self.newestBucket(before: bucket, db), next >= first {
                bucket = next
                guard
                    try Self.read(bucket, generation, into: &load, db, mayContinue: mayContinue)
                else { break }
            }
            return load.result
        }
    }

    /// Whether chunks of the present generation end so much after `now` that a clock must have been
    /// set back.
    package func hasFuture(after now: Timestamp) throws(HistoryError) -> Bool {
        let limit = now + .seconds(60)
        return try read { db in
            try db.fetchOne(
                sql: """
                    SELECT 1 FROM chunk
                    WHERE bucket >= ? AND start > ?
                        AND generation = (SELECT generation FROM meta) LIMIT 1
                    """,
                arguments: [Self.bucket(of: limit), limit.milliseconds]
            ) != nil
        }
    }

    private static func newestBucket(before bucket: Int, _ db: Database) throws -> Int? {
        try db.fetchValue(
            sql: "SELECT max(bucket) FROM chunk WHERE bucket < ?",
            arguments: [bucket]
        )
    }

    static func labels(newestFrom bucket: Int, _ db: Database) throws -> [Int: Labels] {
        let rows = try db.fetchAll(
            sql: "SELECT id, labels FROM series WHERE newest >= ?",
            arguments: [bucket]
        )
        var labels: [Int: Labels] = [:]
        for row in rows { labels[try row.get("id")] = Labels(bytes: try row.get("labels")) }
        return labels
    }

    /// Adds a bucket to the load, all of it or nothing.
    private static func read(
        _ bucket: Int,
        _ generation: Int,
        into load: inout HistoryLoad,
        _ db: Database,
        mayContinue: () -> Bool
    ) throws -> Bool {
        var place = (series: Int.min, start: Int64.min)
        load.beginBucket()
        while true {
            guard mayContinue() else { return load.cutBucket() }
            let rows = try db.fetchAll(
                sql: """
                    SELECT series, start, content FROM chunk
                    WHERE bucket = ? AND (series, start) > (?, ?) AND generation = ?
                    ORDER BY series, start LIMIT ?
                    """,
                arguments: [bucket, place.series, place.start, generation, rowsPerPage]
            )
            for row in rows {
                place = (try row.get("series"), try row.get("start"))
                guard load.add(series: place.series, try row.get("content")) else {
                    return load.cutBucket()
                }
            }
            guard rows.count == rowsPerPage else { break }
        }
        load.endBucket()
        return true
    }
}

/// Collects chunks, the newest bucket first.
private struct HistoryLoad {
    let labels: [Int: Labels]
    let window: (start: Timestamp, end: Timestamp)
    let limits: HistoryLimits
    private var buckets: [[SeriesChunk]] = []
    private var current: [SeriesChunk] = []
    private var (currentSamples, bytes) = (0, 0)
    private var loaded = LoadedHistory()

    init(
        labels: [Int: Labels],
        window: (start: Timestamp, end: Timestamp),
        limits: HistoryLimits
    ) {
        self.labels = labels
        self.window = window
        self.limits = limits
    }

    var result: LoadedHistory {
        var result = loaded
        result.chunks = buckets.reversed().flatMap(\.self)
        return result
    }

    mutating func beginBucket() {
        (current, currentSamples) = ([], 0)
    }

    mutating func endBucket() {
        buckets.append(current)
        loaded.sampleCount += currentSamples
        current = []
    }

    mutating func cutBucket() -> Bool {
        loaded.isCut = true
        current = []
        return false
    }

    /// - Returns: whether the limits allow it.
    mutating func add(series: Int, _ content: [UInt8]) -> Bool {
        guard let labels = labels[series], let chunk = SealedChunk(bytes: content) else {
            loaded.unreadable += 1
            return true
        }
        guard chunk.last <= window.end else {
            loaded.future += 1
            return true
        }
        guard chunk.last >= window.start else { return true }
        currentSamples += chunk.sampleCount
        bytes += chunk.byteCount + 64
        guard loaded.sampleCount + currentSamples <= limits.maximumSamples,
            bytes <= limits.maximumBytes
        else { return false }
        current.append(SeriesChunk(labels: labels, chunk: chunk))
        return true
    }
}
