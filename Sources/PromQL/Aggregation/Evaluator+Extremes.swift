import GoText
import Series

extension Evaluator {
    /// `topk` and `bottomk`: the selected elements, unchanged, group by group and best first.
    func extremes(
        _ vector: InstantVector,
        _ aggregation: Aggregation,
        at time: Int64
    ) throws(EvaluationError) -> InstantVector {
        let limit = try limit(of: aggregation, at: time)
        guard limit > 0 else { return InstantVector() }
        let grouping = grouping(vector, aggregation)
        var best = Array(
            repeating: BestElements(
                limit: min(limit, vector.elements.count),
                largest: aggregation.operation == .topk
            ),
            count: grouping.count
        )
        for (index, group) in grouping.groups.enumerated() {
            best[group].offer(vector.elements[index].value, at: index)
        }
        return InstantVector(
            elements: best.flatMap(\.inOrder).map { vector.elements[$0] },
            mixesNames: vector.mixesNames
        )
    }

    /// `limitk`: the first elements of each group.
    func limit(
        _ vector: InstantVector,
        _ aggregation: Aggregation,
        at time: Int64
    ) throws(EvaluationError) -> InstantVector {
        let limit = try limit(of: aggregation, at: time)
        let grouping = grouping(vector, aggregation)
        var counts = Array(repeating: 0, count: grouping.count)
        var result = InstantVector(mixesNames: vector.mixesNames)
        for (element, group) in zip(vector.elements, grouping.groups) where counts[group] < limit {
            counts[group] += 1
            result.elements.append(element)
        }
        return result
    }

    /// `limit_ratio`: selects elements by a hash of their labels, so that the selection is the same
    /// at all times. A negative ratio r selects the complement of 1 + r.
    func limitRatio(
        _ vector: InstantVector,
        _ aggregation: Aggregation,
        at time: Int64
    ) throws(EvaluationError) -> InstantVector {
        let (ratio, position) = try parameter(of: aggregation, at: time)
        guard !ratio.isNaN else {
            throw .invalidArgument("Ratio value is NaN")
        }
        let capped = min(1, max(-1, ratio))
        if capped != ratio {
            annotations.warn(
                "ratio value should be between -1 and 1, got \(GoFloat.format(ratio)), "
                    + "capping to \(GoFloat.format(capped))",
                at: position
            )
        }
        return InstantVector(
            elements: vector.elements.filter { element in
                let position = element.labels.unitInterval
                return capped >= 0 ? position < capped : position >= 1 + capped
            },
            mixesNames: vector.mixesNames
        )
    }

    private func limit(
        of aggregation: Aggregation,
        at time: Int64
    ) throws(EvaluationError) -> Int {
        let (value, _) = try parameter(of: aggregation, at: time)
        guard !value.isNaN else { throw .invalidArgument("Parameter value is NaN") }
        guard value < 0x1p63 else {
            throw .invalidArgument("Scalar value \(GoFloat.format(value)) overflows int64")
        }
        guard value > -0x1p63 else {
            throw .invalidArgument("Scalar value \(GoFloat.format(value)) underflows int64")
        }
        return max(0, Int(value))
    }
}

/// The `limit` best of many values, where NaN is worst: a heap with the worst kept value at the
/// top.
///
/// Among equal values it keeps the same ones as Prometheus, because its heap sifts in the same way.
private struct BestElements {
    private let limit: Int
    private let largest: Bool
    private var heap: [(value: Double, index: Int)] = []

    init(limit: Int, largest: Bool) {
        self.limit = limit
        self.largest = largest
    }

    mutating func offer(_ value: Double, at index: Int) {
        if heap.count < limit {
            heap.append((value, index))
            siftUp(heap.count - 1)
        } else if let worst = heap.first?.value, isWorse(worst, than: value) {
            heap[0] = (value, index)
            siftDown(0)
        }
    }

    private func isWorse(_ value: Double, than other: Double) -> Bool {
        if value.isNaN || other.isNaN { return value.isNaN && !other.isNaN }
        return largest ? value < other : value > other
    }

    /// Among several NaN values, the later one moves up.
    private func goesUp(_ position: Int, over other: Int) -> Bool {
        heap[position].value.isNaN || isWorse(heap[position].value, than: heap[other].value)
    }

    private mutating func siftUp(_ start: Int) {
        var child = start
        while child > 0 {
            let parent = (child - 1) / 2
            guard goesUp(child, over: parent) else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func siftDown(_ start: Int) {
        var parent = start
        while true {
            var child = 2 * parent + 1
            guard child < heap.count else { return }
            if child + 1 < heap.count, goesUp(child + 1, over: child) { child += 1 }
            guard goesUp(child, over: parent) else { return }
            heap.swapAt(parent, child)
            parent = child
        }
    }

    /// The indices of the kept elements, best first.
    var inOrder: [Int] {
        heap.sorted { isWorse($1.value, than: $0.value) }.map(\.index)
    }
}

extension Labels {
    /// A number from 0 up to, but not including, 1 that depends only on the labels.
    fileprivate var unitInterval: Double {
        // FNV-1a, because the hash of the standard library differs between processes.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in description.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        return Double(hash >> 11) / 0x1p53
    }
}
