/// Reduces the values of one group to a single value. `value` is undefined before the first `add`:
/// a group has at least one member.
protocol Accumulator {
    init()
    mutating func add(_ value: Double)
    var value: Double { get }
}

extension CompensatedSum: Accumulator {}
extension CompensatedMean: Accumulator {}

struct Counting: Accumulator {
    private(set) var value = 0.0
    mutating func add(_: Double) { value += 1 }
}

/// The result of `group`, which is always 1.
struct Presence: Accumulator {
    var value: Double { 1 }
    mutating func add(_: Double) {}
}

/// NaN only if there is nothing else.
struct Maximum: Accumulator {
    private(set) var value = Double.nan
    mutating func add(_ candidate: Double) {
        if candidate > value || value.isNaN { value = candidate }
    }
}

/// NaN only if there is nothing else.
struct Minimum: Accumulator {
    private(set) var value = Double.nan
    mutating func add(_ candidate: Double) {
        if candidate < value || value.isNaN { value = candidate }
    }
}

/// The population variance, by Welford's algorithm. It avoids the cancellation of the textbook
/// formula, which subtracts two large sums.
struct Variance: Accumulator {
    private var count = 0.0
    private var mean = 0.0
    private var squares = 0.0

    mutating func add(_ value: Double) {
        count += 1
        let deviation = value - mean
        mean += deviation / count
        squares += deviation * (value - mean)
    }

    var value: Double { squares / count }
}

struct Deviation: Accumulator {
    private var variance = Variance()
    mutating func add(_ value: Double) { variance.add(value) }
    var value: Double { variance.value.squareRoot() }
}
