/// Finds the name that was probably meant by a mistyped one.
package enum Suggestion {
    /// The nearest candidate within the edit distance of a typo: one edit in a name of up to four
    /// characters, two in up to eight, three beyond. nil if there is none.
    package static func closest(to name: String, among candidates: some Sequence<String>) -> String?
    {
        let written = Array(name.lowercased().unicodeScalars.prefix(maximumLength))
        var best: (distance: Int, name: String)?
        for candidate in candidates {
            let expected = Array(candidate.lowercased().unicodeScalars.prefix(maximumLength))
            let limit = (max(written.count, expected.count) - 1) / 4 + 1
            let distance = editDistance(written, expected)
            guard distance <= min(limit, 3), distance < expected.count else { continue }
            if best.map({ (distance, candidate) < ($0.distance, $0.name) }) ?? true {
                best = (distance, candidate)
            }
        }
        return best?.name
    }

    /// `; did you mean "x"?`, or the empty string.
    static func hint(for name: String, among candidates: some Sequence<String>) -> String {
        closest(to: name, among: candidates).map { "; did you mean \(quoted($0))?" } ?? ""
    }

    /// Longer names are cut: the edit distance takes quadratic time.
    private static let maximumLength = 64

    /// Levenshtein distance in which swapping two adjacent characters counts as one edit.
    private static func editDistance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
        var beforeLast = [Int](repeating: 0, count: b.count + 1)
        var last = Array(0...b.count)
        for i in a.indices {
            var row = [i + 1]
            for j in b.indices {
                var cost = min(last[j + 1], row[j]) + 1
                cost = min(cost, last[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                    cost = min(cost, beforeLast[j - 1] + 1)
                }
                row.append(cost)
            }
            beforeLast = last
            last = row
        }
        return last[b.count]
    }
}
