/// A classic histogram: cumulative buckets, each of them a series with an upper bound (Prometheus
/// promql/quantile.go).
struct ClassicHistogram {
    struct Bucket {
        let bound: Double
        var count: Double
    }

    /// The buckets in ascending order with distinct bounds. The last bound is infinite.
    private var buckets: [Bucket]

    /// nil if there is no infinite bucket and thus no total count. Buckets with equal bounds that
    /// were written differently are merged.
    init?(_ unsorted: [Bucket]) {
        buckets = []
        for bucket in unsorted.sorted(by: { $0.bound < $1.bound }) {
            if buckets.last?.bound == bucket.bound {
                buckets[buckets.count - 1].count += bucket.count
            } else {
                buckets.append(bucket)
            }
        }
        guard buckets.last?.bound == .infinity else { return nil }
    }

    /// The quantile, by linear interpolation within buckets. `wasForced` says that counts decreased
    /// with rising bounds and had to be corrected.
    mutating func quantile(_ quantile: Double) -> (value: Double, wasForced: Bool) {
        if quantile.isNaN { return (.nan, false) }
        if quantile < 0 { return (-.infinity, false) }
        if quantile > 1 { return (.infinity, false) }
        removeRoundingErrors()
        let wasForced = forceMonotonicity()
        let total = buckets[buckets.count - 1].count
        guard buckets.count > 1, total != 0, !total.isNaN else { return (.nan, false) }

        let rank = quantile * total
        let index = buckets.dropLast().firstIndex { $0.count >= rank } ?? buckets.count - 1
        // The infinite bucket has no width to interpolate in: return its lower bound, as Prometheus
        // does.
        if index == buckets.count - 1 { return (buckets[index - 1].bound, wasForced) }
        let bucket = buckets[index]
        guard index > 0 else {
            // Observations are assumed to start at zero, unless the bucket is at or below zero.
            let value = bucket.bound <= 0 ? bucket.bound : bucket.bound * (rank / bucket.count)
            return (value, wasForced)
        }
        let below = buckets[index - 1]
        let part = (rank - below.count) / (bucket.count - below.count)
        return (below.bound + (bucket.bound - below.bound) * part, wasForced)
    }

    /// Equalizes counts that differ by no more than rounding errors.
    private mutating func removeRoundingErrors() {
        var previous = buckets[0].count
        for index in buckets.indices.dropFirst() {
            let count = buckets[index].count
            let difference = (count - previous).magnitude
            if difference == 0 { continue }
            if difference / count <= 1e-12 {
                buckets[index].count = previous
            } else {
                previous = count
            }
        }
    }

    /// Raises counts that are lower than that of a smaller bound, which happens when buckets are
    /// scraped or aggregated at different times. Returns whether any count changed.
    private mutating func forceMonotonicity() -> Bool {
        var highest = buckets[0].count
        var wasForced = false
        for index in buckets.indices.dropFirst() {
            if buckets[index].count < highest {
                buckets[index].count = highest
                wasForced = true
            } else if buckets[index].count > highest {
                highest = buckets[index].count
            }
        }
        return wasForced
    }

    /// The fraction of observations between two values.
    func fraction(from lower: Double, to upper: Double) -> Double {
        let total = buckets[buckets.count - 1].count
        if total == 0 || lower.isNaN || upper.isNaN { return .nan }
        if lower >= upper { return 0 }
        return (min(rank(of: upper), total) - min(rank(of: lower), total)) / total
    }

    /// The number of observations below a value, by linear interpolation within finite buckets.
    private func rank(of value: Double) -> Double {
        var rank = 0.0
        // As for quantiles, observations start at zero unless the first bucket is at or below zero.
        var start = buckets[0].bound > 0 ? 0 : -Double.infinity
        for bucket in buckets {
            if value <= start { return rank }
            if value < bucket.bound {
                if start == -.infinity { return bucket.count }
                if bucket.bound == .infinity { return rank }
                let part = (value - start) / (bucket.bound - start)
                return rank + (bucket.count - rank) * part
            }
            rank = bucket.count
            start = bucket.bound
        }
        return rank
    }
}
