import Time

/// The encoding of the samples of one chunk.
///
/// Successive times and values differ by nearly constant amounts. Of each difference only the
/// excess over the smallest one is stored, in the number of bits that the largest excess needs. All
/// samples of a chunk take the same number of bits; a series that grows steadily takes none.
///
/// Encoding is lossless to the bit, including the payload of a NaN: a staleness marker is one.
struct ChunkForm {
    enum Values {
        /// Values are integers scaled by 10^-`exponent`, as most measured values are. The stored
        /// numbers are the differences between successive integers minus `smallestStep`.
        case decimal(exponent: Int, smallestStep: Int64)
        /// For all other values: the bits in which a value differs from the first one, without the
        /// `shift` lowest bits.
        case bits(shift: Int)
    }

    let count: Int
    /// The smallest distance between two successive times, in milliseconds; zero if the times are
    /// not stored in the chunk.
    private(set) var smallestDistance: UInt64
    private(set) var distanceWidth: Int
    let values: Values
    let valueWidth: Int

    /// The same form of values for a chunk that has times of its own, in milliseconds.
    func withTimes(_ times: [Int64]) -> ChunkForm {
        let distances = Spread(
            zip(times, times.dropFirst()).lazy.map { UInt64(bitPattern: $1 &- $0) }
        )
        var form = self
        form.smallestDistance = distances.smallest
        form.distanceWidth = distances.width
        return form
    }

    /// Chooses the form that takes the fewest bits. `samples` must not be empty.
    init(for samples: [Sample], hasOwnTimes: Bool = true) {
        count = samples.count
        let pairs = zip(samples, samples.dropFirst())
        let distances = hasOwnTimes ? Spread(pairs.lazy.map { $0.distance(to: $1) }) : nil
        smallestDistance = distances?.smallest ?? 0
        distanceWidth = distances?.width ?? 0
        let differing = samples.reduce(0 as UInt64) { bits, sample in
            bits | (sample.value.bitPattern ^ samples[0].value.bitPattern)
        }
        let shift = differing == 0 ? 0 : differing.trailingZeroBitCount
        let bitWidth = 64 - shift - differing.leadingZeroBitCount
        if let exponent = Decimal.exponent(of: samples) {
            let steps = Spread(
                pairs.lazy.map { UInt64(Decimal.step($0, $1, exponent) + Decimal.largestStep) }
            )
            if steps.width <= bitWidth || differing == 0 {
                let smallest = Int64(steps.smallest) - Decimal.largestStep
                values = .decimal(exponent: exponent, smallestStep: count > 1 ? smallest : 0)
                valueWidth = steps.width
                return
            }
        }
        values = .bits(shift: shift)
        valueWidth = differing == 0 ? 0 : bitWidth
    }

    /// Whether nothing is stored of the samples after the first: each is what comes next.
    var foretellsSamples: Bool { distanceWidth == 0 && valueWidth == 0 }

    /// Encodes the samples after the first: all times, unless they take no bits, then all values.
    func packed(_ samples: [Sample]) -> PackedBits {
        var packed = PackedBits()
        let pairs = zip(samples, samples.dropFirst())
        if distanceWidth > 0 {
            for (before, after) in pairs {
                packed.append(before.distance(to: after) - smallestDistance, width: distanceWidth)
            }
        }
        switch values {
        case .decimal(let exponent, let smallestStep):
            for (before, after) in pairs {
                let excess = Decimal.step(before, after, exponent) - smallestStep
                packed.append(UInt64(excess), width: valueWidth)
            }
        case .bits(let shift):
            for sample in samples.dropFirst() {
                let differing = sample.value.bitPattern ^ samples[0].value.bitPattern
                packed.append(differing >> UInt64(shift), width: valueWidth)
            }
        }
        return packed
    }
}

extension ChunkForm {
    /// The form encoded in two header words, `word` and `step`.
    var word: UInt64 {
        let kind: UInt64 =
            switch values {
            case .decimal(let exponent, _): UInt64(exponent)
            case .bits(let shift): 0x80 | UInt64(shift)
            }
        return UInt64(count) | UInt64(distanceWidth) << 16 | UInt64(valueWidth) << 24 | kind << 32
    }

    var step: Int64 {
        if case .decimal(_, let smallestStep) = values { smallestStep } else { 0 }
    }

    @inline(always)
    init(word: UInt64, step: Int64, smallestDistance: UInt64) {
        count = Int(word & 0xffff)
        distanceWidth = Int(word >> 16 & 0xff)
        valueWidth = Int(word >> 24 & 0xff)
        self.smallestDistance = smallestDistance
        let kind = Int(word >> 32 & 0xff)
        values =
            kind & 0x80 == 0
            ? .decimal(exponent: kind, smallestStep: step) : .bits(shift: kind & 0x7f)
    }

    /// The number of words that the samples after the first take.
    static func wordCount(ofForm word: UInt64) -> Int {
        let width = Int(word >> 16 & 0xff) + Int(word >> 24 & 0xff)
        return (width * (Int(word & 0xffff) - 1) + 63) / 64
    }
}

/// The smallest of a sequence of numbers, and the number of bits needed for the largest excess over
/// it.
private struct Spread {
    let smallest: UInt64
    let width: Int

    init(_ numbers: some Sequence<UInt64>) {
        var (smallest, largest) = (UInt64.max, UInt64.min)
        for number in numbers {
            smallest = min(smallest, number)
            largest = max(largest, number)
        }
        self.smallest = smallest <= largest ? smallest : 0
        width = smallest <= largest ? 64 - (largest - smallest).leadingZeroBitCount : 0
    }
}

extension Sample {
    /// The distance in milliseconds. Wraps around on purpose: the full range of `Timestamp` does
    /// not fit into an `Int64`.
    fileprivate func distance(to next: Sample) -> UInt64 {
        UInt64(bitPattern: next.timestamp.milliseconds &- timestamp.milliseconds)
    }
}

/// Conversion between values and integers scaled by a power of ten.
enum Decimal {
    /// Every power is exact as a `Double`. Measured values rarely have more than 12 decimals.
    static let powers: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12,
    ]
    /// Above 2^53 not every integer has an exact `Double`.
    private static let largest = 0x1p53
    static let largestStep: Int64 = 1 << 54

    /// The smallest exponent that represents all values exactly, to the bit; nil if there is none.
    static func exponent(of samples: [Sample]) -> Int? {
        var exponent = 0
        for sample in samples {
            while !isMultiple(sample.value, exponent) {
                exponent += 1
                guard exponent < powers.count else { return nil }
            }
        }
        // The exponent only grew, and a value that fits a smaller exponent can exceed `largest`
        // under a greater one: check all values again.
        return samples.allSatisfy { isMultiple($0.value, exponent) } ? exponent : nil
    }

    static func isMultiple(_ value: Double, _ exponent: Int) -> Bool {
        let scaled = value * powers[exponent]
        guard scaled > -largest, scaled < largest else { return false }
        return (Double(number(value, exponent)) / powers[exponent]).bitPattern == value.bitPattern
    }

    /// The value scaled by 10^`exponent`, rounded to the nearest integer.
    static func number(_ value: Double, _ exponent: Int) -> Int64 {
        let scaled = value * powers[exponent]
        return Int64(scaled < 0 ? scaled - 0.5 : scaled + 0.5)
    }

    static func step(_ before: Sample, _ after: Sample, _ exponent: Int) -> Int64 {
        number(after.value, exponent) - number(before.value, exponent)
    }
}
