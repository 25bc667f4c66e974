/// Quantiles as PromQL defines them for `quantile`, `quantile_over_time` and `mad_over_time`.
enum Quantile {
    /// The quantile of unsorted values, interpolated linearly between neighbors. NaN sorts first.
    static func of(_ values: [Double], at quantile: Double) -> Double {
        guard !values.isEmpty, !quantile.isNaN else { return .nan }
        // PromQL defines quantiles outside [0, 1] as infinite; the caller adds a warning.
        if quantile < 0 { return -.infinity }
        if quantile > 1 { return .infinity }
        let first = values[0]
        // The usual case, by the same arithmetic as below.
        let isConstant = values.allSatisfy { $0.bitPattern == first.bitPattern }
        let sorted = isConstant ? values : values.sorted { $0 < $1 || ($0.isNaN && !$1.isNaN) }
        let rank = quantile * Double(sorted.count - 1)
        let lower = max(0, rank.rounded(.down))
        let upper = min(Double(sorted.count - 1), lower + 1)
        let weight = rank - rank.rounded(.down)
        return sorted[Int(lower)] * (1 - weight) + sorted[Int(upper)] * weight
    }

    static func isValid(_ quantile: Double) -> Bool {
        quantile >= 0 && quantile <= 1
    }
}
