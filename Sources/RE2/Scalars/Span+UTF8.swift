extension Span<UInt8> {
    /// The scalar whose UTF-8 begins at `position`, which then moves past it.
    ///
    /// The bytes must be valid UTF-8 and `position` the start of a scalar: every caller takes them
    /// from a `String`, so nothing is checked again in the innermost loop of all matchers.
    func decodeScalar(at position: inout Int) -> UInt32 {
        let first = UInt32(self[position])
        position += 1
        guard first >= 0x80 else { return first }
        // The number of leading ones is the length of the sequence.
        let continuationCount = first >= 0xf0 ? 3 : (first >= 0xe0 ? 2 : 1)
        var scalar = first & (0x3f >> UInt32(continuationCount))
        for _ in 0..<continuationCount {
            scalar = scalar << 6 | UInt32(self[position]) & 0x3f
            position += 1
        }
        return scalar
    }
}
