/// Partitions all scalars into equivalence classes: two scalars are in the same class if every set
/// of the pattern contains both or neither. Matchers then work on a handful of classes instead of
/// 1.1 million scalars.
struct ScalarAlphabet: Sendable {
    /// The class of each ASCII scalar: a shortcut, because most label values are ASCII.
    private let ascii: [UInt16]
    /// The starts of the ranges with one class each, ascending from 0. `classes` has the class of
    /// each range.
    private let starts: [UInt32]
    private let classes: [UInt16]
    let classCount: Int
    /// Indexed by set, then class.
    private let membership: [Bool]

    /// The maximum of sets times ranges, which determines the memory of the tables.
    private static let maximumCells = 1 << 22
    /// There are at most as many classes as ranges, and a class number must fit into 16 bits.
    private static let maximumRanges = 1 << 16

    /// nil if the tables would exceed the limits.
    init?(sets: [ScalarSet]) {
        var boundaries: Set<UInt32> = [0]
        for range in sets.lazy.flatMap(\.ranges) {
            boundaries.formUnion([range.lowerBound, range.upperBound + 1])
        }
        let starts = boundaries.filter { $0 <= ScalarSet.maximum }.sorted()
        guard starts.count <= Self.maximumRanges,
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
        ascii = (0..<0x80).map { classes[ScalarAlphabet.rangeIndex(of: $0, in: starts)] }
    }

    var byteCount: Int {
        membership.count + starts.count * 4 + (classes.count + ascii.count) * 2
    }

    private static func rangeIndex(of scalar: UInt32, in starts: [UInt32]) -> Int {
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
            : Int(classes[ScalarAlphabet.rangeIndex(of: scalar, in: starts)])
    }

    func contains(set: Int, class number: Int) -> Bool {
        membership[set * classCount + number]
    }
}
