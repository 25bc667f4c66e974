import Series
import Time

/// Where chunks stand in the file: in a bucket of time, and within it by series.
enum HistoryPlace {
    /// The length of a bucket.
    static let bucketLength = Duration.seconds(2 * 3600)

    /// The bits of the id of a block that hold the series; those above hold the bucket.
    private static let seriesBits = 36
    /// Of a series, and of a generation.
    static let greatestNumber = 1 << seriesBits - 1
    /// The bucket of the end of the year 9999.
    static let newestBucket = 35_194_763

    /// Clamped to the buckets that there are: no time, and no value of a file, leads out of them.
    static func bucket(of time: Timestamp) -> Int {
        let length = bucketLength.wholeMilliseconds
        let bucket = Int(time.milliseconds.flooredDivision(by: length).quotient)
        return min(max(bucket, 0), newestBucket)
    }

    /// Whether all of a chunk is in the bucket. One that is elsewhere was not written by an agent.
    static func holds(_ chunk: SealedChunk, _ bucket: Int) -> Bool {
        self.bucket(of: chunk.start) == bucket && self.bucket(of: chunk.last) == bucket
    }

    /// - Precondition: `bucket` is within its bounds.
    static func start(of bucket: Int) -> Timestamp {
        Timestamp(milliseconds: Int64(bucket) * bucketLength.wholeMilliseconds)
    }

    /// - Precondition: `bucket` and `series` are within their bounds.
    static func block(_ bucket: Int, _ series: Int) -> Int { bucket << seriesBits | series }

    /// The blocks of some series in one bucket.
    static func blocks(_ bucket: Int, _ series: ClosedRange<Int>) -> ClosedRange<Int> {
        block(bucket, series.lowerBound)...block(bucket, series.upperBound)
    }

    static func series(ofBlock id: Int) -> Int { id & greatestNumber }

    static func bucket(ofBlock id: Int) -> Int { id >> seriesBits }

    static let allSeries = 1...greatestNumber
}
