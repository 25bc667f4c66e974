import Series

/// The value of `a or b or c` so far (Prometheus promql/engine.go, VectorOr): each operand adds the
/// elements that match none of the operands before it. Values are never compared: only the labels
/// decide.
struct SetUnion {
    private(set) var vector: InstantVector
    let matching: VectorMatching
    private let projection: LabelProjection
    private let hidesDropped: Bool
    /// The match groups of the vector; nil until an operand that adds something needs them.
    private var groups: LabelGroups?

    init(_ vector: InstantVector, _ step: BinaryExpression.Step, delayed: Bool) {
        self.vector = vector
        matching = step.matching ?? VectorMatching()
        projection = step.projection
        hidesDropped = matching.hidesDroppedNames(delayed: delayed)
    }

    mutating func add(_ right: InstantVector) {
        if right.elements.isEmpty { return }
        guard !vector.elements.isEmpty else {
            (vector, groups) = (right, nil)
            return
        }
        var known = groups.take() ?? grouped(vector)
        // The sides may differ only in their names if each has one name and these are not the same.
        let sharesName = vector.commonName != nil && vector.commonName == right.commonName
        vector.mixesNames = vector.mixesNames || right.mixesNames || !sharesName
        var added: [VectorElement] = []
        for element in right.elements {
            let labels = element.matchedLabels(hidesDropped: hidesDropped)
            if known.group(of: labels) == nil { added.append(element) }
        }
        // Only now, because elements of one operand do not exclude each other.
        for element in added {
            _ = known.insert(element.matchedLabels(hidesDropped: hidesDropped))
        }
        vector.elements += added
        groups = known
    }

    private func grouped(_ vector: InstantVector) -> LabelGroups {
        var groups = LabelGroups(by: projection, capacity: vector.elements.count)
        for element in vector.elements {
            _ = groups.insert(element.matchedLabels(hidesDropped: hidesDropped))
        }
        return groups
    }
}
