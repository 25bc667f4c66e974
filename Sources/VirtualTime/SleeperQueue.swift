/// Sleeping tasks, ordered by deadline and, for equal deadlines, by when they started to sleep.
struct SleeperQueue {
    typealias Continuation = CheckedContinuation<Bool, Never>

    private struct Entry {
        let deadline: Duration
        let id: UInt64

        func precedes(_ other: Entry) -> Bool {
            deadline == other.deadline ? id < other.id : deadline < other.deadline
        }
    }

    /// A binary heap. Entries of cancelled sleepers stay until they reach the top or outnumber the
    /// others.
    private var heap: [Entry] = []
    private var continuations: [UInt64: Continuation] = [:]
    private var lastID: UInt64 = 0

    var count: Int { continuations.count }

    mutating func nextID() -> UInt64 {
        lastID += 1
        return lastID
    }

    mutating func insert(_ id: UInt64, until deadline: Duration, _ continuation: Continuation) {
        continuations[id] = continuation
        heap.append(Entry(deadline: deadline, id: id))
        siftUp(heap.count - 1)
    }

    mutating func remove(_ id: UInt64) -> Continuation? {
        guard let continuation = continuations.removeValue(forKey: id) else { return nil }
        if heap.count > 2 * continuations.count + 64 { dropCancelled() }
        return continuation
    }

    /// The earliest deadline; nil if no task sleeps.
    var first: Duration? {
        mutating get {
            while let entry = heap.first, continuations[entry.id] == nil { popEntry() }
            return heap.first?.deadline
        }
    }

    mutating func removeFirst() -> Continuation? {
        guard first != nil, let id = heap.first?.id else { return nil }
        popEntry()
        return continuations.removeValue(forKey: id)
    }

    private mutating func dropCancelled() {
        heap = heap.filter { continuations[$0.id] != nil }.sorted { $0.precedes($1) }
    }

    private mutating func popEntry() {
        guard let last = heap.popLast(), !heap.isEmpty else { return }
        heap[0] = last
        siftDown(0)
    }

    private mutating func siftUp(_ start: Int) {
        var index = start
        while index > 0 {
            let parent = (index - 1) / 2
            guard heap[index].precedes(heap[parent]) else { return }
            heap.swapAt(index, parent)
            index = parent
        }
    }

    private mutating func siftDown(_ start: Int) {
        var index = start
        while true {
            var least = index
            for child in [2 * index + 1, 2 * index + 2]
            where child < heap.count && heap[child].precedes(heap[least]) {
                least = child
            }
            guard least != index else { return }
            heap.swapAt(index, least)
            index = least
        }
    }
}
