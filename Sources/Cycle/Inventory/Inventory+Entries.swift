import Diagnosis

extension Inventory {
    /// The known graphs by id.
    package struct Entries: Sendable {
        private var graphs = KeyedArray<String, Entry>()

        package init() {}

        package var count: Int { graphs.count }
        package var isEmpty: Bool { graphs.isEmpty }
        package var keys: [String] { graphs.keys }
        /// In the order of `keys`.
        package var values: [Entry] { graphs.values }

        /// A copy of the entry. Code that runs in every step takes `values` at a `place` instead.
        package subscript(id: String) -> Entry? { graphs[id] }

        package func contains(_ id: String) -> Bool { graphs.contains(id) }

        /// Where the entry is in `values`, until one is removed.
        func place(of id: String) -> Int? { graphs.place(of: id) }

        mutating func add(_ entry: Entry) { graphs.set(entry.graph.id, to: entry) }

        mutating func change<Result>(at place: Int, _ change: (inout Entry) -> Result) -> Result {
            graphs.change(at: place, change)
        }

        mutating func change(_ id: String, _ change: (inout Entry) -> Void) {
            if let place = graphs.place(of: id) { graphs.change(at: place, change) }
        }

        mutating func changeEach(_ change: (inout Entry) -> Void) { graphs.changeEach(change) }

        mutating func keep(where isKept: (String) -> Bool) { graphs.keep(where: isKept) }
    }
}
