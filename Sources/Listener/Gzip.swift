import CZlib

/// Compression of whole bodies in memory (RFC 1952).
package enum Gzip {
    /// On metrics the levels 1 to 6 differ by 7 % in size and by more than twice in time.
    package static let fastest: Int32 = 1

    /// The bytes compressed; nil when zlib could not, for want of memory. Levels are 1 to 9. Takes
    /// about 10 ms per MB: keep away from the event loop.
    package static func compress(_ bytes: [UInt8], level: Int32 = fastest) -> [UInt8]? {
        var stream = unsafe z_stream()
        return unsafe withUnsafeMutablePointer(to: &stream) { stream in
            let windowBitsForGzip: Int32 = 15 + 16
            let memoryLevel: Int32 = 8
            let ready = unsafe CZlib_deflateInit2(
                stream,
                level,
                windowBitsForGzip,
                memoryLevel
            )
            guard ready == Z_OK else { return nil }
            defer { _ = unsafe deflateEnd(stream) }
            let bound = Int(unsafe deflateBound(stream, UInt(bytes.count)))
            return unsafe deflate(bytes, into: bound, stream)
        }
    }

    /// `bound` is so large that one call does all.
    private static func deflate(
        _ bytes: [UInt8],
        into bound: Int,
        _ stream: UnsafeMutablePointer<z_stream>
    ) -> [UInt8]? {
        // The counters of zlib have 32 bits.
        guard bytes.count <= UInt32.max, bound <= UInt32.max else { return nil }
        var isDone = false
        let compressed = unsafe [UInt8](unsafeUninitializedCapacity: bound) { output, count in
            unsafe bytes.withUnsafeBufferPointer { input in
                unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                unsafe stream.pointee.avail_in = UInt32(input.count)
                unsafe stream.pointee.next_out = output.baseAddress
                unsafe stream.pointee.avail_out = UInt32(output.count)
                isDone =
                    unsafe CZlib.deflate(stream, Z_FINISH)
                    == Z_STREAM_END
                unsafe count = output.count - Int(stream.pointee.avail_out)
            }
        }
        return isDone ? compressed : nil
    }
}
