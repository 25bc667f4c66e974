package import Series
import SQLite
package import Time

/// What is read of a file at most.
package struct HistoryLimits: Hashable, Sendable {
    package var maximumSamples = 100_000_000
    /// Of chunks and labels in memory.
    package var maximumBytes = 256 << 20

    package init() {}
}

/// The samples of a stretch of time.
package struct LoadedHistory: Sendable {
    package struct Series: Sendable {
        package let labels: Labels
        /// Oldest first.
        package internal(set) var chunks: [SealedChunk]
    }

    package var series: [Series] = []
    package var sampleCount = 0
    /// Rows that are no chunk.
    package var unreadable = 0
    /// If a limit left out the oldest samples: from when on they are complete, about.
    package var completeSince: Timestamp?
    /// Whether there are samples from after the end, and so a clock must have been set back. Nothing
    /// else is loaded then.
    package var isOfFuture = false
}

extension HistoryFile {
    /// The chunks of the present generation with a sample at or after `start`, and none after
    /// `end`. If there are more than the limits allow, the newest. Chunks from the future say that
    /// those before them are of another clock.
    ///
    /// - Parameters:
    ///   - isWanted: whether a series is read at all.
    ///   - mayContinue: asked now and then; what was read by then is returned.
    package func load(
        from start: Timestamp,
        through end: Timestamp,
        limits: HistoryLimits = HistoryLimits(),
        where isWanted: (Labels) -> Bool = { _ in true },
        mayContinue: () -> Bool = { true }
    ) throws(HistoryError) -> LoadedHistory {
        try read { db in
            var load = HistoryLoad(window: start...max(start, end), limits: limits)
            let generation = try db.fetchValue(Int.self, sql: "SELECT generation FROM meta") ?? 1
            let first = HistoryPlace.bucket(of: start)
            try Self.forEachSeries(of: generation, newestFrom: first, db) { id, _, labels in
                guard load.isGoingOn(mayContinue) else { return false }
                guard let labels, isWanted(labels) else { return true }
                return load.add(id, labels)
            }
            // From the newest on, because limits cost the oldest.
            var last = HistoryPlace.newestBucket
            while let bucket = try Self.newestBucket(through: last, db), bucket >= first {
                for part in load.parts(of: bucket) {
                    load.beginPart()
                    let isWhole = try Self.forEachChunk(
                        in: bucket,
                        of: HistoryPlace.allSeries,
                        startingIn: part,
                        db,
                        where: { load.isGoingOn(mayContinue) ? load.isWanted($0) : nil },
                        { load.add($1, to: $0) }
                    )
                    guard isWhole else { return load.result }
                    load.endPart(part)
                }
                last = bucket - 1
            }
            return load.result
        }
    }
}

/// Collects chunks, the newest first.
private struct HistoryLoad {
    private let window: ClosedRange<Timestamp>
    private let limits: HistoryLimits
    private var labels: [Int: Labels] = [:]
    /// Of each series the parts of buckets, newest first.
    private var parts: [Int: [[SealedChunk]]] = [:]
    private var current: [Int: [SealedChunk]] = [:]
    private var currentSamples = 0
    private var bytes = 0
    private var steps = 0
    private var isCut = false
    private var oldestPart: Timestamp?
    private var loaded = LoadedHistory()

    /// Between two calls of `mayContinue`.
    private static let stepsPerLook = 256
    /// About what an entry takes beside its content.
    private static let overhead = 96
    /// How much later a sample may be than the end: as much as clocks are corrected by.
    private static let tolerance = Duration.seconds(5)
    /// Of a bucket, if it may be more than the limits allow.
    private static let partsOfLargeBucket = 4
    /// One every 30 seconds.
    private static let usualSamplesPerBucket = 240

    init(window: ClosedRange<Timestamp>, limits: HistoryLimits) {
        self.window = window
        self.limits = limits
    }

    var result: LoadedHistory {
        var result = loaded
        if result.isOfFuture { return result }
        result.series = parts.sorted { $0.key < $1.key }.compactMap { id, newestFirst in
            labels[id].map { labels in
                LoadedHistory.Series(
                    labels: labels,
                    chunks: newestFirst.reversed().flatMap(\.self)
                )
            }
        }
        if isCut { result.completeSince = oldestPart ?? window.upperBound }
        return result
    }

    /// The newest first: what is begun and cannot be ended is lost.
    func parts(of bucket: Int) -> [ClosedRange<Timestamp>] {
        let start = HistoryPlace.start(of: bucket)
        let isSmall = labels.count <= limits.maximumSamples / Self.usualSamplesPerBucket / 4
        let count = isSmall ? 1 : Self.partsOfLargeBucket
        let length = HistoryPlace.bucketLength / count
        return (0..<count).reversed().map { part in
            let first = start + length * part
            return first...first + length - .milliseconds(1)
        }
    }

    mutating func isGoingOn(_ mayContinue: () -> Bool) -> Bool {
        steps += 1
        if steps % Self.stepsPerLook == 1, !mayContinue() { isCut = true }
        return !isCut
    }

    /// - Returns: whether the limits allow more.
    mutating func add(_ id: Int, _ new: Labels) -> Bool {
        bytes += new.byteCount + Self.overhead
        guard bytes <= limits.maximumBytes else {
            isCut = true
            return false
        }
        labels[id] = new
        return true
    }

    func isWanted(_ series: Int) -> Bool { labels[series] != nil }

    mutating func beginPart() {
        (current, currentSamples) = ([:], 0)
    }

    mutating func endPart(_ part: ClosedRange<Timestamp>) {
        for (id, chunks) in current { parts[id, default: []].append(chunks) }
        loaded.sampleCount += currentSamples
        oldestPart = part.lowerBound
    }

    /// - Returns: whether the limits allow it.
    mutating func add(_ chunk: SealedChunk?, to series: Int) -> Bool {
        guard let chunk else {
            loaded.unreadable += 1
            return true
        }
        guard chunk.last <= window.upperBound + Self.tolerance else {
            loaded.isOfFuture = true
            return false
        }
        guard window ~= chunk.last else { return true }
        currentSamples += chunk.sampleCount
        bytes += chunk.byteCount + Self.overhead
        guard loaded.sampleCount + currentSamples <= limits.maximumSamples,
            bytes <= limits.maximumBytes
        else {
            isCut = true
            return false
        }
        current[series, default: []].append(chunk)
        return true
    }
}

extension Labels {
    fileprivate var byteCount: Int {
        reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count }
    }
}
