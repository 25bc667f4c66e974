import Time

/// How the samples of a chunk are written.
///
/// Successive times and values differ by nearly the same amounts, so of each difference only the
/// excess over the smallest is kept, in as many bits as the largest excess takes. Every sample of a
/// chunk takes the same number of bits; a steady series takes none.
struct ChunkForm {
    enum Values {
        /// Values are whole numbers of 10 to the power of -`exponent`, as measured values mostly
        /// are; kept are the differences of these numbers, less the smallest.
        case decimal(exponent: Int, smallestStep: Int64)
        /// Any others: the bits in which they differ from the first value, without the `shift`
        /// lowest.
        case bits(shift: Int)
    }

    let count: Int
    /// Between two successive times, in milliseconds.
    let smallestDistance: UInt64
    let distanceWidth: Int
    let values: Values
    let valueWidth: Int

    /// The form in which `samples`, of which there must be one at least, take the fewest bits.
    init(for samples: [Sample]) {
        count = samples.count
        let pairs = zip(samples, samples.dropFirst())
        let distances = Spread(pairs.lazy.map { $0.distance(to: $1) })
        smallestDistance = distances.smallest
        distanceWidth = distances.width
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

    /// The samples after the first, all times before all values.
    func packed(_ samples: [Sample]) -> PackedBits {
        var packed = PackedBits()
        let pairs = zip(samples, samples.dropFirst())
        for (before, after) in pairs {
            packed.append(before.distance(to: after) - smallestDistance, width: distanceWidth)
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
    /// The form in two words: `word` and `step`.
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

    /// How many words the samples after the first take.
    static func wordCount(ofForm word: UInt64) -> Int {
        let width = Int(word >> 16 & 0xff) + Int(word >> 24 & 0xff)
        return (width * (Int(word & 0xffff) - 1) + 63) / 64
    }
}

/// The smallest of some numbers, and how many bits it takes to tell them apart from it.
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
    /// In milliseconds. Wraps around: the ends of time are farther apart than an Int64 tells.
    fileprivate func distance(to next: Sample) -> UInt64 {
        UInt64(bitPattern: next.timestamp.milliseconds &- timestamp.milliseconds)
    }
}

/// Values as whole numbers of a power of ten.
enum Decimal {
    /// Each is exact. Measured values have no more digits than the last.
    static let powers: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12,
    ]
    /// Whole numbers beyond have no exact neighbours.
    private static let largest = 0x1p53
    static let largestStep: Int64 = 1 << 54

    /// The smallest power of ten of which all values are multiples, to the bit; nil if there is none.
    static func exponent(of samples: [Sample]) -> Int? {
        var exponent = 0
        for sample in samples {
            while !isMultiple(sample.value, exponent) {
                exponent += 1
                guard exponent < powers.count else { return nil }
            }
        }
        // A multiple of one power is one of the next, unless it becomes too large.
        return samples.allSatisfy { isMultiple($0.value, exponent) } ? exponent : nil
    }

    private static func isMultiple(_ value: Double, _ exponent: Int) -> Bool {
        let scaled = value * powers[exponent]
        guard scaled > -largest, scaled < largest else { return false }
        return (Double(number(value, exponent)) / powers[exponent]).bitPattern == value.bitPattern
    }

    /// The nearest whole number of the power.
    static func number(_ value: Double, _ exponent: Int) -> Int64 {
        let scaled = value * powers[exponent]
        return Int64(scaled < 0 ? scaled - 0.5 : scaled + 0.5)
    }

    static func step(_ before: Sample, _ after: Sample, _ exponent: Int) -> Int64 {
        number(after.value, exponent) - number(before.value, exponent)
    }
}
