/// A set of code points, stored as ascending ranges that neither overlap nor touch.
///
/// Code points are plain integers, because a pattern may name surrogates, which `Unicode.Scalar`
/// excludes and which no text contains.
struct ScalarSet: Hashable, Sendable {
    static let maximum: UInt32 = 0x10ffff

    private(set) var ranges: [ClosedRange<UInt32>]

    init(_ ranges: [ClosedRange<UInt32>] = []) {
        var merged: [ClosedRange<UInt32>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.last, range.lowerBound <= last.upperBound &+ 1 {
                merged[merged.count - 1] =
                    last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        self.ranges = merged
    }

    init(_ scalar: UInt32) {
        ranges = [scalar...scalar]
    }

    static let all = ScalarSet([0...maximum])
    static let newline = ScalarSet(0x0a)

    func union(_ other: ScalarSet) -> ScalarSet {
        ScalarSet(ranges + other.ranges)
    }

    var inverted: ScalarSet {
        var gaps: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges {
            if next < range.lowerBound { gaps.append(next...(range.lowerBound - 1)) }
            next = range.upperBound + 1
        }
        if next <= ScalarSet.maximum { gaps.append(next...ScalarSet.maximum) }
        return ScalarSet(gaps)
    }

    func contains(_ scalar: UInt32) -> Bool {
        var (low, high) = (0, ranges.count)
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < scalar { low = middle + 1 } else { high = middle }
        }
        return low < ranges.count && ranges[low].contains(scalar)
    }

    var count: Int { ranges.reduce(0) { $0 + $1.count } }

    /// The members in ascending order, or nil if there are more than `limit`.
    func members(limit: Int) -> [UInt32]? {
        count <= limit ? ranges.flatMap { Array($0) } : nil
    }
}
