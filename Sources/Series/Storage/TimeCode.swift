/// Timestamps as the change of their distance (delta of delta): one bit while samples come at
/// regular intervals.
///
/// A prefix of ones, ended by a zero except for the longest, says how many bits follow. The widths
/// suit milliseconds: jitter of a poll, of a busy machine, a missed cycle, an outage, anything.
struct TimeCode: Sendable {
    private static let widths = [0, 8, 12, 17, 32, 64]

    private var previous: Int64
    private var delta: Int64 = 0

    var latest: Timestamp { Timestamp(milliseconds: previous) }

    /// Between the latest and the one before.
    var distance: Int64 { delta }

    init(first: Timestamp) {
        previous = first.milliseconds
    }

    // Wrapping arithmetic: the decoder wraps back, so even the extremes of the range round-trip.
    mutating func encode(_ time: Timestamp, into bits: inout BitBuffer) {
        let newDelta = time.milliseconds &- previous
        let change = newDelta &- delta
        (previous, delta) = (time.milliseconds, newDelta)
        switch change {
        case 0: bits.append(0b0, width: 1)
        case -0x80...0x7f: TimeCode.append(change, prefix: 0b10, prefixWidth: 2, width: 8, &bits)
        case -0x800...0x7ff:
            TimeCode.append(change, prefix: 0b110, prefixWidth: 3, width: 12, &bits)
        case -0x1_0000...0xffff:
            TimeCode.append(change, prefix: 0b1110, prefixWidth: 4, width: 17, &bits)
        case Int64(Int32.min)...Int64(Int32.max):
            TimeCode.append(change, prefix: 0b11110, prefixWidth: 5, width: 32, &bits)
        default: TimeCode.append(change, prefix: 0b11111, prefixWidth: 5, width: 64, &bits)
        }
    }

    private static func append(
        _ change: Int64,
        prefix: UInt64,
        prefixWidth: Int,
        width: Int,
        _ bits: inout BitBuffer
    ) {
        bits.append(prefix, width: prefixWidth)
        let shift = UInt64(64 - width)
        bits.append((UInt64(bitPattern: change) << shift) >> shift, width: width)
    }

    mutating func decode(from bits: inout BitReader) -> Timestamp {
        if bits.readBit() {
            var kind = 1
            while kind < TimeCode.widths.count - 1, bits.readBit() { kind += 1 }
            delta &+= bits.readSigned(width: TimeCode.widths[kind])
        }
        previous &+= delta
        return Timestamp(milliseconds: previous)
    }

    /// Takes `count` steps of the latest distance. Returns the first of the times passed.
    mutating func advance(by count: Int) -> Timestamp {
        let first = previous &+ delta
        previous &+= delta &* Int64(count)
        return Timestamp(milliseconds: first)
    }
}
