extension SeriesStore: SampleSource {
    /// Ascending by slot. Equality conditions are looked up and intersected; the others are
    /// decided once per label value where that is less work than once per series.
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
        // A series without the label is in no posting. If the condition accepts it, what is
        // collected are therefore the series to leave out.
        let acceptsMissing = matcher.matches("")
        var collected = SlotSet(capacity: labels.count)
        for posting in postings.values
        where matcher.matches(posting.label.value) != acceptsMissing {
            collected.insert(posting.slots)
        }
        return slots.filter { collected.contains($0) != acceptsMissing }
    }
}

// MARK: - What there is to ask for

extension SeriesStore {
    /// All names in use, ascending.
    package var labelNames: [String] { index.labelNames }

    /// All values of one label, ascending.
    package func labelValues(of name: String) -> [String] {
        index.postings(name).keys.map(\.text).sorted { $0.precedesBytewise($1) }
    }
}

extension LabelMatcher {
    /// The values of which a series must have one, when they are few and known.
    fileprivate var requiredValues: [String]? {
        guard case .matches(let pattern) = condition, let literals = pattern.literals,
            !literals.contains(where: \.isEmpty)
        else { return nil }
        return literals
    }
}
