/// Finds a smaller input that fails alike: removes parts, halves of the input first and single
/// bytes last, for as long as something can be removed.
struct Reduction {
    /// How many inputs may be tried.
    var attempts = 3000

    mutating func reduce(
        _ input: [UInt8],
        while fails: ([UInt8]) async -> Bool
    ) async -> [UInt8] {
        var input = input
        var size = max(1, input.count / 2)
        while attempts > 0 {
            let before = input.count
            await removeParts(of: size, from: &input, while: fails)
            if size > 1 {
                size /= 2
            } else if input.count == before {
                break
            }
        }
        return input
    }

    private mutating func removeParts(
        of size: Int,
        from input: inout [UInt8],
        while fails: ([UInt8]) async -> Bool
    ) async {
        var place = 0
        while place < input.count, attempts > 0 {
            var shorter = input
            shorter.removeSubrange(place..<min(input.count, place + size))
            attempts -= 1
            if await fails(shorter) {
                input = shorter
            } else {
                place += size
            }
        }
    }
}
