import Series

/// The series of selectors that are evaluated again and again, for as long as the source has the
/// same series. As large as the results of the different selectors of the rules.
package struct Selections: Sendable {
    private struct Selection: Sendable {
        let matchers: [LabelMatcher]
        let series: [SeriesReference]
    }

    private var version: SeriesVersion?
    private var byDigest: [UInt64: Selection] = [:]

    package init() {}

    /// Forgets what was selected from a source with other series.
    mutating func follow(_ current: SeriesVersion) {
        guard current !== version else { return }
        version = current
        byDigest.removeAll(keepingCapacity: true)
    }

    func series(of selector: VectorSelector) -> [SeriesReference]? {
        guard let known = byDigest[selector.digest], known.matchers == selector.matchers else {
            return nil
        }
        return known.series
    }

    mutating func keep(_ series: [SeriesReference], of selector: VectorSelector) {
        byDigest[selector.digest] = Selection(matchers: selector.matchers, series: series)
    }
}

/// The selections while rules are evaluated one after the other.
package final class SharedSelections {
    package private(set) var selections: Selections

    package init(_ selections: Selections) {
        self.selections = selections
    }

    func follow(_ current: SeriesVersion) { selections.follow(current) }

    func series(of selector: VectorSelector) -> [SeriesReference]? {
        selections.series(of: selector)
    }

    func keep(_ series: [SeriesReference], of selector: VectorSelector) {
        selections.keep(series, of: selector)
    }
}
