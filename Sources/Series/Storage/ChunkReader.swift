import Time

/// The requested window of a chunk: (after, through], in milliseconds.
struct ChunkWindow {
    let after: Int64
    let through: Int64
    let withMarkers: Bool

    static let everything = ChunkWindow(after: .min, through: .max, withMarkers: true)

    func takes(_ value: Double) -> Bool {
        withMarkers || !Staleness.isMarker(value)
    }
}

/// Decodes the samples of one chunk.
struct ChunkReader {
    private let form: ChunkForm
    private let firstTime: Int64
    private let firstValue: Double
    /// Of the first of the shared times; nil if the chunk has its own.
    private let position: Int?
    /// The bit offsets of the times and of the values after the first sample.
    private let distanceBits: Int
    private let valueBits: Int

    @inline(always)
    init(
        _ form: ChunkForm,
        firstTime: Int64,
        firstValue: Double,
        position: Int?,
        bitsBeginAt bits: Int
    ) {
        self.form = form
        self.firstTime = firstTime
        self.firstValue = firstValue
        self.position = position
        distanceBits = bits
        valueBits = bits + form.distanceWidth * (form.count - 1)
    }

    @inline(always)
    func append(
        _ window: ChunkWindow,
        _ words: borrowing Span<UInt64>,
        _ times: borrowing SharedTimes,
        to buffer: inout [Sample]
    ) {
        var (index, time) = start(after: window.after, words, times)
        guard index < form.count, time <= window.through else { return }
        switch form.values {
        case .decimal(let exponent, let smallestStep):
            // No check for markers here: a NaN is never encoded as a decimal.
            let power = Decimal.powers[exponent]
            var number = Decimal.number(firstValue, exponent)
            number += sum(ofStepsBefore: index, smallestStep, words)
            while true {
                // Division by the power is correctly rounded and restores the original bits.
                // Multiplying by its inverse, such as 0.1, would not.
                let value = Double(number) / power
                buffer.append(Sample(timestamp: Timestamp(milliseconds: time), value: value))
                guard index + 1 < form.count else { return }
                time = self.time(after: index, time, words, times)
                guard time <= window.through else { return }
                number += smallestStep + step(after: index, words)
                index += 1
            }
        case .bits(let shift):
            while true {
                let value = Double(bitPattern: bits(at: index, shift, words))
                if window.takes(value) {
                    buffer.append(Sample(timestamp: Timestamp(milliseconds: time), value: value))
                }
                guard index + 1 < form.count else { return }
                time = self.time(after: index, time, words, times)
                guard time <= window.through else { return }
                index += 1
            }
        }
    }

    /// The newest sample at or before `end`, which must not be before the first sample.
    func newestSample(
        through end: Int64,
        _ words: borrowing Span<UInt64>,
        _ times: borrowing SharedTimes
    ) -> Sample {
        var (index, time) = (0, firstTime)
        if let position {
            index = times.count(through: end, from: position, of: form.count) - 1
            time = times[position + index]
        } else if form.distanceWidth == 0, form.smallestDistance > 0 {
            let passed = UInt64(bitPattern: end &- firstTime) / form.smallestDistance
            index = Int(min(passed, UInt64(form.count - 1)))
            time &+= Int64(bitPattern: form.smallestDistance &* UInt64(index))
        } else {
            while index + 1 < form.count {
                let next = time &+ distance(after: index, words)
                guard next <= end else { break }
                (index, time) = (index + 1, next)
            }
        }
        return Sample(timestamp: Timestamp(milliseconds: time), value: value(at: index, words))
    }

    private func value(at index: Int, _ words: borrowing Span<UInt64>) -> Double {
        switch form.values {
        case .decimal(let exponent, let smallestStep):
            let number = Decimal.number(firstValue, exponent)
            let steps = sum(ofStepsBefore: index, smallestStep, words)
            return Double(number + steps) / Decimal.powers[exponent]
        case .bits(let shift):
            return Double(bitPattern: bits(at: index, shift, words))
        }
    }

    /// The index and the time of the first sample after `after`.
    private func start(
        after: Int64,
        _ words: borrowing Span<UInt64>,
        _ times: borrowing SharedTimes
    ) -> (index: Int, time: Int64) {
        guard after >= firstTime else { return (0, firstTime) }
        var (index, time) = (0, firstTime)
        if let position {
            index = times.count(through: after, from: position, of: form.count)
            return (index, index < form.count ? times[position + index] : time)
        }
        if form.distanceWidth == 0, form.smallestDistance > 0 {
            let passed = UInt64(bitPattern: after &- firstTime) / form.smallestDistance + 1
            index = Int(min(passed, UInt64(form.count)))
            time &+= Int64(bitPattern: form.smallestDistance &* UInt64(index))
            return (index, time)
        }
        repeat {
            guard index + 1 < form.count else { return (form.count, time) }
            time &+= distance(after: index, words)
            index += 1
        } while time <= after
        return (index, time)
    }

    @inline(always)
    private func time(
        after index: Int,
        _ time: Int64,
        _ words: borrowing Span<UInt64>,
        _ times: borrowing SharedTimes
    ) -> Int64 {
        if let position { return times[position + index + 1] }
        return time &+ distance(after: index, words)
    }

    private func distance(after index: Int, _ words: borrowing Span<UInt64>) -> Int64 {
        let excess = PackedBits.bits(
            at: distanceBits + index * form.distanceWidth,
            width: form.distanceWidth,
            in: words
        )
        return Int64(bitPattern: form.smallestDistance &+ excess)
    }

    /// The excess of the step over the smallest step.
    private func step(after index: Int, _ words: borrowing Span<UInt64>) -> Int64 {
        Int64(
            PackedBits.bits(
                at: valueBits + index * form.valueWidth,
                width: form.valueWidth,
                in: words
            )
        )
    }

    private func sum(
        ofStepsBefore end: Int,
        _ smallestStep: Int64,
        _ words: borrowing Span<UInt64>
    ) -> Int64 {
        var sum = smallestStep * Int64(end)
        guard form.valueWidth > 0 else { return sum }
        for index in 0..<end { sum += step(after: index, words) }
        return sum
    }

    private func bits(at index: Int, _ shift: Int, _ words: borrowing Span<UInt64>) -> UInt64 {
        guard index > 0 else { return firstValue.bitPattern }
        let differing = PackedBits.bits(
            at: valueBits + (index - 1) * form.valueWidth,
            width: form.valueWidth,
            in: words
        )
        return firstValue.bitPattern ^ differing << UInt64(shift)
    }
}
