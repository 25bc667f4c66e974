extension SeriesStore: SampleSource {
    /// In ascending order of slots. Equality matchers are looked up in the index and intersected.
    /// Other matchers are evaluated once per label value if that is cheaper than once per series.
    package func select(_ matchers: [LabelMatcher]) -> [SeriesReference] {
        var equalities: [[UInt32]] = []
        var others: [LabelMatcher] = []
        for matcher in matchers {
            if case .equal(let value) = matcher.condition, !value.isEmpty {
                equalities.append(index.slots(matcher.name, value))
            } else {
                others.append(matcher)
            }
        }
        var slots = SeriesStore.intersection(of: equalities) ?? occupiedSlots
        for matcher in others where !slots.isEmpty {
            slots = filter(slots, by: matcher)
        }
        return slots.map {
            SeriesReference(slot: $0, generation: generations[Int($0)])
        }
    }

    private var occupiedSlots: [UInt32] {
        labels.indices.filter { labels[$0] != nil }.map(UInt32.init)
    }

    private static func intersection(of lists: [[UInt32]]) -> [UInt32]? {
        let shortestFirst = lists.sorted { $0.count < $1.count }
        guard var common = shortestFirst.first else { return nil }
        for list in shortestFirst.dropFirst() {
            var position = 0
            common.removeAll { slot in
                while position < list.count, list[position] < slot { position += 1 }
                return position == list.count || list[position] != slot
            }
        }
        return common
    }

    private func filter(_ slots: [UInt32], by matcher: LabelMatcher) -> [UInt32] {
        if let values = matcher.requiredValues {
            var collected = SlotSet(capacity: labels.count)
            for value in values { collected.insert(index.slots(matcher.name, value)) }
            return slots.filter(collected.contains)
        }
        let postings = index.postings(matcher.name)
        guard postings.count <= slots.count else {
            return slots.filter { matcher.matches(labels[Int($0)] ?? Labels()) }
        }
        // A series without the label has no posting. If the matcher accepts the empty value, the
        // loop therefore collects the series to exclude.
        let acceptsMissing = matcher.matches("")
        var collected = SlotSet(capacity: labels.count)
        for posting in postings.values
        where matcher.matches(posting.label.value) != acceptsMissing {
            collected.insert(posting.slots)
        }
        return slots.filter { collected.contains($0) != acceptsMissing }
    }
}

// MARK: - Metadata

extension SeriesStore {
    /// All label names in use, in ascending order.
    package var labelNames: [String] { index.labelNames }

    /// All values of one label, in ascending order.
    package func labelValues(of name: String) -> [String] {
        index.postings(name).keys.map(\.text).sorted { $0.precedesBytewise($1) }
    }
}

extension LabelMatcher {
    /// The values of which a series must have one, if the matcher can list them.
    fileprivate var requiredValues: [String]? {
        guard case .matches(let pattern) = condition, let literals = pattern.literals,
            !literals.contains(where: \.isEmpty)
        else { return nil }
        return literals
    }
}
