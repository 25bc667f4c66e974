extension Span<UInt8> {
    /// Decodes the scalar at `position` and advances `position` past it.
    ///
    /// - Precondition: the bytes are valid UTF-8 and `position` is the start of a scalar. All
    ///   callers take the bytes from a `String`, so this innermost loop of all matchers does not
    ///   validate them again.
    func decodeScalar(at position: inout Int) -> UInt32 {
        let first = UInt32(self[position])
        position += 1
        guard first >= 0x80 else { return first }
        // In UTF-8 the number of leading ones in the first byte is the length of the sequence.
        let continuationCount = first >= 0xf0 ? 3 : (first >= 0xe0 ? 2 : 1)
        var scalar = first & (0x3f >> UInt32(continuationCount))
        for _ in 0..<continuationCount {
            scalar = scalar << 6 | UInt32(self[position]) & 0x3f
            position += 1
        }
        return scalar
    }
}
