/// Finds the slot of a label set: a hash table with linear probing that holds slots alone. A
/// dictionary would hold the label sets a second time, and take six times the memory.
///
/// Every function gets the label sets by slot. Those of the slots in the table must not change.
struct SlotTable: Sendable {
    /// The slot plus one; zero if the cell is empty. Their number is a power of two.
    private var cells: [UInt32] = []
    private(set) var count = 0

    func slot(of wanted: Labels, _ labels: [Labels?]) -> UInt32? {
        guard !cells.isEmpty else { return nil }
        var place = home(wanted)
        while cells[place] != 0 {
            if labels[Int(cells[place] - 1)] == wanted { return cells[place] - 1 }
            place = next(place)
        }
        return nil
    }

    /// Adds a slot whose label set is not in the table.
    mutating func insert(_ slot: UInt32, _ labels: [Labels?]) {
        // At most three quarters full.
        if (count + 1) * 4 > cells.count * 3 { grow(labels) }
        put(slot, labels)
        count += 1
    }

    mutating func remove(_ slot: UInt32, _ labels: [Labels?]) {
        guard !cells.isEmpty, let removed = labels[Int(slot)] else { return }
        var empty = home(removed)
        while cells[empty] != slot + 1 {
            guard cells[empty] != 0 else { return }
            empty = next(empty)
        }
        count -= 1
        // Whoever stands behind would not be found any more: move those up that may be moved.
        var place = next(empty)
        while cells[place] != 0 {
            if let moved = labels[Int(cells[place] - 1)],
                distance(from: home(moved), to: place) >= distance(from: empty, to: place)
            {
                cells[empty] = cells[place]
                empty = place
            }
            place = next(place)
        }
        cells[empty] = 0
    }

    private mutating func grow(_ labels: [Labels?]) {
        let slots = cells.filter { $0 != 0 }
        cells = Array(repeating: 0, count: max(16, cells.count * 2))
        for slot in slots { put(slot - 1, labels) }
    }

    private mutating func put(_ slot: UInt32, _ labels: [Labels?]) {
        guard let added = labels[Int(slot)] else { return }
        var place = home(added)
        while cells[place] != 0 { place = next(place) }
        cells[place] = slot + 1
    }

    private func home(_ labels: Labels) -> Int { labels.hashValue & (cells.count - 1) }

    private func next(_ place: Int) -> Int { (place + 1) & (cells.count - 1) }

    private func distance(from place: Int, to other: Int) -> Int {
        (other - place) & (cells.count - 1)
    }
}
