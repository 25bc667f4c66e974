/// Divides all scalars into classes such that no set of a pattern tells two members of a class
/// apart. Matching then works on a handful of classes instead of a million scalars.
struct ScalarAlphabet: Sendable {
    private let ascii: [UInt16]
    /// Where the stretches of one class begin, ascending from 0, and the class of each.
    private let starts: [UInt32]
    private let classes: [UInt16]
    let classCount: Int
    /// By set, then class.
    private let membership: [Bool]

    /// Sets times stretches: what the tables take. Also keeps the classes below 65,536.
    private static let maximumCells = 1 << 22
    private static let maximumStretches = 1 << 16

    /// Nil when the tables would be too large.
    init?(sets: [ScalarSet]) {
        var boundaries: Set<UInt32> = [0]
        for range in sets.lazy.flatMap(\.ranges) {
            boundaries.formUnion([range.lowerBound, range.upperBound + 1])
        }
        let starts = boundaries.filter { $0 <= ScalarSet.maximum }.sorted()
        guard starts.count <= Self.maximumStretches,
            starts.count * sets.count <= Self.maximumCells
        else { return nil }
        var numbers: [[Bool]: UInt16] = [:]
        var signatures: [[Bool]] = []
        let classes = starts.map { start in
            let signature = sets.map { $0.contains(start) }
            if let known = numbers[signature] { return known }
            let number = UInt16(signatures.count)
            numbers[signature] = number
            signatures.append(signature)
            return number
        }
        self.starts = starts
        self.classes = classes
        classCount = signatures.count
        membership = sets.indices.flatMap { set in signatures.map { $0[set] } }
        ascii = (0..<0x80).map { classes[ScalarAlphabet.stretch(of: $0, in: starts)] }
    }

    private static func stretch(of scalar: UInt32, in starts: [UInt32]) -> Int {
        var (low, high) = (0, starts.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= scalar { low = middle } else { high = middle }
        }
        return low
    }

    func classNumber(of scalar: UInt32) -> Int {
        scalar < 0x80
            ? Int(ascii[Int(scalar)])
            : Int(classes[ScalarAlphabet.stretch(of: scalar, in: starts)])
    }

    func contains(set: Int, class number: Int) -> Bool {
        membership[set * classCount + number]
    }
}

/// Reads the scalar that starts at `position` of valid UTF-8, and moves past it.
func decodeScalar(_ bytes: Span<UInt8>, at position: inout Int) -> UInt32 {
    let first = UInt32(bytes[position])
    position += 1
    guard first >= 0x80 else { return first }
    // The number of leading ones is that of all bytes.
    let continuationCount = first >= 0xf0 ? 3 : (first >= 0xe0 ? 2 : 1)
    var scalar = first & (0x3f >> UInt32(continuationCount))
    for _ in 0..<continuationCount {
        scalar = scalar << 6 | UInt32(bytes[position]) & 0x3f
        position += 1
    }
    return scalar
}
