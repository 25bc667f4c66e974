/// Values as the exclusive or with the value before (Gorilla, VLDB 2015): one bit while they do not
/// change, otherwise the run of bits between the first and the last difference.
///
/// `0` same value; `10` difference within the run used last; `11` a new run: 6 bits of
/// leading zeros, 6 bits of length less one.
struct ValueCode: Sendable {
    private var previous: UInt64
    private var leading: UInt8 = 0
    /// Length of the run used last; 0 when there was none.
    private var significant: UInt8 = 0

    /// What a new run costs beyond its bits. An old run is given up when it wastes more.
    private static let runHeader = 12

    var latest: Double { Double(bitPattern: previous) }

    init(first: Double) {
        previous = first.bitPattern
    }

    mutating func encode(_ value: Double, into bits: inout BitBuffer) {
        let difference = value.bitPattern ^ previous
        previous = value.bitPattern
        guard difference != 0 else { return bits.append(0b0, width: 1) }
        let newLeading = difference.leadingZeroBitCount
        let newSignificant = 64 - newLeading - difference.trailingZeroBitCount
        let trailing = 64 - Int(leading) - Int(significant)
        if newLeading >= leading, difference.trailingZeroBitCount >= trailing,
            Int(significant) - newSignificant <= ValueCode.runHeader
        {
            bits.append(0b10, width: 2)
        } else {
            (leading, significant) = (UInt8(newLeading), UInt8(newSignificant))
            bits.append(0b11, width: 2)
            bits.append(UInt64(newLeading), width: 6)
            bits.append(UInt64(newSignificant - 1), width: 6)
        }
        bits.append(difference >> UInt64(64 - leading - significant), width: Int(significant))
    }

    mutating func decode(from bits: inout BitReader) {
        guard bits.readBit() else { return }
        if bits.readBit() {
            leading = UInt8(bits.read(width: 6))
            significant = UInt8(bits.read(width: 6)) + 1
        }
        let run = bits.read(width: Int(significant))
        previous ^= run << UInt64(64 - leading - significant)
    }
}
