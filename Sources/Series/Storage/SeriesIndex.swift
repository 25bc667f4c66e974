/// An inverted index: for each label name and value, the ascending slots of the series that have
/// it.
struct SeriesIndex: Sendable {
    struct Posting: Sendable {
        /// The one copy of the label's text, shared by all series.
        let label: Label
        var slots: [UInt32]
    }

    private var names: [TextKey: [TextKey: Posting]] = [:]

    /// The same label set, built from text that other series already hold.
    func sharingText(of labels: Labels) -> Labels {
        Labels(sorted: labels.elements.map(sharingText))
    }

    private func sharingText(of label: Label) -> Label {
        guard let values = names[TextKey(label.name)], let any = values.values.first else {
            return label
        }
        return values[TextKey(label.value)]?.label ?? Label(label, sharingNameOf: any.label)
    }

    mutating func insert(_ labels: Labels, slot: UInt32) {
        for label in labels.elements {
            names[TextKey(label.name), default: [:]][
                TextKey(label.value),
                default: Posting(label: label, slots: [])
            ].insert(slot)
        }
    }

    /// Removes `slots`, whose label sets are `labels`.
    mutating func remove(_ slots: Set<UInt32>, labels: some Sequence<Labels>) {
        for label in Set(labels.lazy.flatMap(\.elements)) {
            let (name, value) = (TextKey(label.name), TextKey(label.value))
            names[name]?[value]?.slots.removeAll(where: slots.contains)
            if names[name]?[value]?.slots.isEmpty == true { names[name]?[value] = nil }
            if names[name]?.isEmpty == true { names[name] = nil }
        }
    }

    /// The ascending slots of the series with this label; empty if there are none.
    func slots(_ name: String, _ value: String) -> [UInt32] {
        names[TextKey(name)]?[TextKey(value)]?.slots ?? []
    }

    func postings(_ name: String) -> [TextKey: Posting] {
        names[TextKey(name)] ?? [:]
    }

    var labelNames: [String] {
        names.keys.map(\.text).sorted { $0.precedesBytewise($1) }
    }
}

extension SeriesIndex.Posting {
    fileprivate mutating func insert(_ slot: UInt32) {
        // A slot is usually new and thus the highest; a reused one is inserted in order.
        guard let last = slots.last, last > slot else { return slots.append(slot) }
        var (low, high) = (0, slots.count)
        while low < high {
            let middle = (low + high) / 2
            if slots[middle] < slot { low = middle + 1 } else { high = middle }
        }
        slots.insert(slot, at: low)
    }
}
