extension Inventory {
    /// The known graphs by id, in the order in which they were first listed.
    ///
    /// An array and not a dictionary, because a dictionary hands out copies: here an entry is read
    /// and changed at its place. Not `KeyedArray`: a generic type of another module is not
    /// specialized, and every access would cost as much as a copy.
    package struct Entries: Sendable {
        private var places: [String: Int] = [:]
        package private(set) var keys: [String] = []
        /// In the order of `keys`.
        package private(set) var values: [Entry] = []

        package init() {}

        package var count: Int { keys.count }
        package var isEmpty: Bool { keys.isEmpty }

        /// A copy of the entry. Code that runs in every step takes `values` at a `place` instead.
        package subscript(id: String) -> Entry? { places[id].map { values[$0] } }

        package func contains(_ id: String) -> Bool { places[id] != nil }

        /// Where the entry is in `values`, until one is removed.
        func place(of id: String) -> Int? { places[id] }

        /// - Precondition: there is no entry of the same graph.
        mutating func add(_ entry: Entry) {
            places[entry.graph.id] = keys.count
            keys.append(entry.graph.id)
            values.append(entry)
        }

        mutating func change<Result>(at place: Int, _ change: (inout Entry) -> Result) -> Result {
            change(&values[place])
        }

        mutating func change(_ id: String, _ change: (inout Entry) -> Void) {
            if let place = places[id] { change(&values[place]) }
        }

        mutating func changeEach(_ change: (inout Entry) -> Void) {
            for place in values.indices { change(&values[place]) }
        }

        /// Removes the graphs that do not satisfy the condition.
        mutating func keep(where isKept: (String) -> Bool) {
            let kept = keys.indices.filter { isKept(keys[$0]) }
            guard kept.count < keys.count else { return }
            keys = kept.map { keys[$0] }
            values = kept.map { values[$0] }
            places = Dictionary(uniqueKeysWithValues: zip(keys, keys.indices))
        }
    }
}
