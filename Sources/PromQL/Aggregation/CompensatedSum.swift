/// A sum that also accumulates its rounding error (Kahan's algorithm in Neumaier's form).
/// Prometheus does the same, operation by operation, so results agree.
struct CompensatedSum {
    private(set) var total = 0.0
    private var lost = 0.0

    init() {}

    init(total: Double, lost: Double = 0) {
        self.total = total
        self.lost = lost
    }

    var value: Double { total + lost }

    mutating func add(_ value: Double) {
        let sum = total + value
        if sum.isInfinite {
            // Infinity minus infinity would make the compensation NaN and with it the sum.
            lost = 0
        } else if total.magnitude >= value.magnitude {
            lost += (total - sum) + value
        } else {
            lost += (value - sum) + total
        }
        total = sum
    }

    func adding(_ value: Double) -> CompensatedSum {
        var sum = self
        sum.add(value)
        return sum
    }

    func scaled(by factor: Double) -> CompensatedSum {
        CompensatedSum(total: total * factor, lost: lost * factor)
    }

    func divided(by divisor: Double) -> CompensatedSum {
        CompensatedSum(total: total / divisor, lost: lost / divisor)
    }
}

/// A mean computed from the sum. If the sum would overflow, it switches to updating the mean
/// incrementally.
struct CompensatedMean {
    private var sum = CompensatedSum()
    private var count = 0.0
    private var isIncremental = false

    mutating func add(_ value: Double) {
        count += 1
        if !isIncremental {
            let next = sum.adding(value)
            if count == 1 || !next.total.isInfinite {
                sum = next
                return
            }
            // The sum would overflow although the mean does not.
            isIncremental = true
            sum = sum.divided(by: count - 1)
        }
        sum = sum.scaled(by: (count - 1) / count).adding(value / count)
    }

    var value: Double {
        isIncremental ? sum.value : sum.divided(by: count).value
    }
}
