/// The lines that differ between two texts, with the lines around them.
struct LineDifference: Hashable {
    enum Line: Hashable {
        case kept(String)
        case added(String)
        case removed(String)
        /// So many equal lines are left out.
        case skipped(Int)
    }

    /// nil if the texts are too large to compare while somebody waits.
    let lines: [Line]?

    private static let maximumLines = 5_000
    /// The time to compare grows with the lines times the differences, the memory with the square
    /// of the differences.
    private static let maximumDifferences = 500
    /// Equal lines shown before and after a difference.
    private static let surrounding = 3

    init(from old: String, to new: String) {
        let before = old.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let after = new.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard before.count <= Self.maximumLines, after.count <= Self.maximumLines else {
            lines = nil
            return
        }
        lines = Self.merged(before, after).map(Self.shortened)
    }

    /// The shortest way from one text to the other, found as Myers does: for each number of
    /// differences, how far one gets on each diagonal. nil if it has too many differences.
    private static func merged(_ before: [String], _ after: [String]) -> [Line]? {
        var reached = [1: 0]
        var history: [[Int: Int]] = []
        for differences in 0...maximumDifferences {
            history.append(reached)
            for diagonal in stride(from: -differences, through: differences, by: 2) {
                var old = Self.start(on: diagonal, differences, reached)
                while old < before.count, old - diagonal < after.count,
                    before[old] == after[old - diagonal]
                {
                    old += 1
                }
                reached[diagonal] = old
                if old >= before.count, old - diagonal >= after.count {
                    return way(before, after, history)
                }
            }
        }
        return nil
    }

    /// How far one is in the old text after one more difference: a line removed, or one added.
    private static func start(on diagonal: Int, _ differences: Int, _ reached: [Int: Int]) -> Int {
        let added = reached[diagonal + 1] ?? -1
        let removed = (reached[diagonal - 1] ?? -1) + 1
        if diagonal == -differences { return added }
        return diagonal == differences ? removed : max(added, removed)
    }

    /// Follows the way from its end to its beginning.
    private static func way(
        _ before: [String],
        _ after: [String],
        _ history: [[Int: Int]]
    ) -> [Line] {
        var lines: [Line] = []
        var (old, new) = (before.count, after.count)
        for (differences, reached) in history.enumerated().reversed() {
            let diagonal = old - new
            let from = start(on: diagonal, differences, reached)
            while old > from, new > from - diagonal, old > 0, new > 0 {
                old -= 1
                new -= 1
                lines.append(.kept(before[old]))
            }
            guard differences > 0 else { break }
            let isAdded =
                diagonal == -differences
                || (diagonal != differences
                    && reached[diagonal + 1] ?? -1 >= (reached[diagonal - 1] ?? -1) + 1)
            if isAdded {
                new -= 1
                lines.append(.added(after[new]))
            } else {
                old -= 1
                lines.append(.removed(before[old]))
            }
        }
        return lines.reversed()
    }

    /// Leaves out equal lines that are far from every difference.
    private static func shortened(_ lines: [Line]) -> [Line] {
        let changes = lines.indices.filter { if case .kept = lines[$0] { false } else { true } }
        let near = Set(changes.flatMap { ($0 - surrounding)...($0 + surrounding) })
        return lines.indices.reduce(into: []) { shown, index in
            if near.contains(index) {
                shown.append(lines[index])
            } else if case .skipped(let count) = shown.last {
                shown[shown.count - 1] = .skipped(count + 1)
            } else {
                shown.append(.skipped(1))
            }
        }
    }
}
