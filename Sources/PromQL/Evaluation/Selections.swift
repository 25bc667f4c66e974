import Series

/// The series of selectors that are evaluated again and again, for as long as the source has the
/// same series. As large as the results of the different selectors of the rules.
package struct Selections: Sendable {
    private struct Selection: Sendable {
        /// Kept so that no other filter gets its identity.
        let filter: SelectorMatchers
        let series: [SeriesReference]
    }

    private var version: SeriesVersion?
    private var byFilter: [ObjectIdentifier: Selection] = [:]
    /// Of filters that are equal, the first.
    private var byContent: [SelectorMatchers: [SeriesReference]] = [:]
    /// The labels of the groups of aggregations.
    fileprivate var projected = ProjectedLabels()

    package init() {}

    /// Forgets what was selected from a source with other series.
    mutating func follow(_ current: SeriesVersion) {
        guard current !== version else { return }
        version = current
        byFilter.removeAll(keepingCapacity: true)
        byContent.removeAll(keepingCapacity: true)
        projected.removeAll()
    }

    mutating func series(of filter: SelectorMatchers) -> [SeriesReference]? {
        if let known = byFilter[ObjectIdentifier(filter)] { return known.series }
        guard let equal = byContent[filter] else { return nil }
        byFilter[ObjectIdentifier(filter)] = Selection(filter: filter, series: equal)
        return equal
    }

    mutating func keep(_ series: [SeriesReference], of filter: SelectorMatchers) {
        byFilter[ObjectIdentifier(filter)] = Selection(filter: filter, series: series)
        byContent[filter] = series
    }
}

/// The selections while rules are evaluated one after the other.
package final class SharedSelections {
    package private(set) var selections: Selections

    package init(_ selections: Selections) {
        self.selections = selections
    }

    func labels(of group: Int, in groups: LabelGroups) -> Labels {
        groups.labels(of: group, &selections.projected)
    }

    func follow(_ current: SeriesVersion) { selections.follow(current) }

    func series(of filter: SelectorMatchers) -> [SeriesReference]? {
        selections.series(of: filter)
    }

    func keep(_ series: [SeriesReference], of filter: SelectorMatchers) {
        selections.keep(series, of: filter)
    }
}
