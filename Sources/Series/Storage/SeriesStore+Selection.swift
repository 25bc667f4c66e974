extension SeriesStore: SampleSource {
    /// In ascending order of slots. Equality matchers are looked up in the index and intersected.
    /// Other matchers are evaluated once per label value if that is cheaper than once per series.
    package func select<Failure: Error>(
        _ matchers: [LabelMatcher],
        _ work: (Int) throws(Failure) -> Void
    ) throws(Failure) -> [SeriesReference] {
        var equalities: [[UInt32]] = []
        var others: [LabelMatcher] = []
        var steps = 0
        for matcher in matchers {
            if case .equal(let value) = matcher.condition, !value.isEmpty {
                equalities.append(index.slots(matcher.name, value))
            } else {
                others.append(matcher)
            }
        }
        var slots = try SeriesStore.intersection(of: equalities, work) ?? occupiedSlots
        for matcher in others where !slots.isEmpty {
            slots = try filter(slots, by: matcher, &steps, work)
        }
        try work(steps + slots.count)
        return slots.map {
            SeriesReference(slot: $0, generation: generations[Int($0)])
        }
    }

    private var occupiedSlots: [UInt32] {
        labels.indices.filter { labels[$0] != nil }.map(UInt32.init)
    }

    private static func intersection<Failure: Error>(
        of lists: [[UInt32]],
        _ work: (Int) throws(Failure) -> Void
    ) throws(Failure) -> [UInt32]? {
        let shortestFirst = lists.sorted { $0.count < $1.count }
        guard var common = shortestFirst.first else { return nil }
        for list in shortestFirst.dropFirst() where !common.isEmpty {
            try work(list.count)
            var position = 0
            common.removeAll { slot in
                while position < list.count, list[position] < slot { position += 1 }
                return position == list.count || list[position] != slot
            }
        }
        return common
    }

    private func filter<Failure: Error>(
        _ slots: [UInt32],
        by matcher: LabelMatcher,
        _ steps: inout Int,
        _ work: (Int) throws(Failure) -> Void
    ) throws(Failure) -> [UInt32] {
        steps += slots.count / 8
        if let values = matcher.requiredValues {
            var collected = SlotSet(capacity: labels.count)
            for value in values { collected.insert(index.slots(matcher.name, value)) }
            return slots.filter(collected.contains)
        }
        let postings = index.postings(matcher.name)
        guard postings.count <= slots.count else {
            var kept: [UInt32] = []
            for slot in slots {
                let value = labels[Int(slot)]?[matcher.name] ?? ""
                if try matcher.matches(value, &steps, work) { kept.append(slot) }
            }
            return kept
        }
        // A series without the label has no posting. If the matcher accepts the empty value, the
        // loop therefore collects the series to exclude.
        let acceptsMissing = matcher.matches("")
        var collected = SlotSet(capacity: labels.count)
        for posting in postings.values {
            let isMatch = try matcher.matches(posting.label.value, &steps, work)
            if isMatch != acceptsMissing { collected.insert(posting.slots) }
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
