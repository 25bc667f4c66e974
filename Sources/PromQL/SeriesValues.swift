/// The values of a series in the notation of tests, as runs: `0+1x1000000000` is one run, however
/// many values it stands for.
package struct SeriesValues: Sequence, Sendable {
    enum Run: Sendable {
        case gap, histogram
        /// Each value is the one before plus the step: repeated addition, as in Prometheus, because
        /// multiplication would round differently.
        case numbers(from: Double, step: Double?)
    }

    private var runs: [(run: Run, count: Int)] = []
    /// At most `Int.max`, also if there are more.
    package private(set) var count = 0

    package init() {}

    mutating func append(_ run: Run, count added: Int) {
        runs.append((run, added))
        let (sum, isTooLarge) = count.addingReportingOverflow(added)
        count = isTooLarge ? .max : sum
    }

    package var containsHistogram: Bool {
        runs.contains { if case .histogram = $0.run { $0.count > 0 } else { false } }
    }

    package func makeIterator() -> Iterator { Iterator(runs: runs[...]) }

    package struct Iterator: IteratorProtocol, Sendable {
        fileprivate var runs: ArraySlice<(run: Run, count: Int)>

        package mutating func next() -> SeriesNotation.Value? {
            while let first = runs.first, first.count == 0 { runs.removeFirst() }
            guard let (run, count) = runs.first else { return nil }
            runs[runs.startIndex].count = count - 1
            switch run {
            case .gap: return .gap
            case .histogram: return .histogram
            case .numbers(let value, let step):
                if let step {
                    runs[runs.startIndex].run = .numbers(from: value + step, step: step)
                }
                return .number(value)
            }
        }
    }
}
