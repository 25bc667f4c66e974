/// Values that are found by their keys, in the order in which they were added: for what is known of
/// each graph, which is large, and read and changed in every step.
///
/// A dictionary hands out copies, and copying a value with twenty strings and arrays costs forty
/// atomic operations. Here values lie in an array: at its place, a value is read and changed
/// without a copy.
struct KeyedArray<Key: Hashable, Value> {
    private var places: [Key: Int] = [:]
    private(set) var keys: [Key] = []
    /// In the order of `keys`.
    private(set) var values: [Value] = []

    init() {}

    /// Where the value of a key is, until a key is removed.
    func place(of key: Key) -> Int? { places[key] }

    /// A copy of the value.
    subscript(key: Key) -> Value? { places[key].map { values[$0] } }

    /// Adds a value or replaces the one of the key. Returns its place.
    @discardableResult
    mutating func set(_ key: Key, to value: Value) -> Int {
        if let place = places[key] {
            values[place] = value
            return place
        }
        places[key] = keys.count
        keys.append(key)
        values.append(value)
        return keys.count - 1
    }

    /// Changes the value at a place.
    mutating func change<Result>(
        at place: Int,
        _ change: (inout Value) -> Result
    ) -> Result {
        change(&values[place])
    }

    /// Changes all values.
    mutating func changeEach(_ change: (inout Value) -> Void) {
        for place in values.indices { change(&values[place]) }
    }

    /// Removes what does not satisfy the condition. The others keep their order.
    mutating func keep(where isKept: (Key) -> Bool) {
        let kept = keys.indices.filter { isKept(keys[$0]) }
        guard kept.count < keys.count else { return }
        keys = kept.map { keys[$0] }
        values = kept.map { values[$0] }
        places = Dictionary(uniqueKeysWithValues: zip(keys, keys.indices))
    }
}

extension KeyedArray: Sendable where Key: Sendable, Value: Sendable {}
