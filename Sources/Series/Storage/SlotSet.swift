/// A set of slots as one bit each.
struct SlotSet {
    private var words: [UInt64]

    init(capacity: Int) {
        words = Array(repeating: 0, count: (capacity + 63) / 64)
    }

    mutating func insert(_ slots: [UInt32]) {
        for slot in slots { words[Int(slot) >> 6] |= 1 << UInt64(slot & 63) }
    }

    func contains(_ slot: UInt32) -> Bool {
        words[Int(slot) >> 6] & (1 << UInt64(slot & 63)) != 0
    }
}
