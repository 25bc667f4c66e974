import GoText
import Series

/// The elements of a vector, assigned to numbered groups.
struct Grouping {
    /// The group of each element of the vector.
    var groups: [Int] = []
    var count = 0
    /// Nil if there is one group at most, without labels.
    fileprivate var labelGroups: LabelGroups?
    /// The groups with a member that drops its name, if names are kept.
    fileprivate var dropsName: Set<Int> = []

    /// An element with the labels of a group.
    func element(
        of group: Int,
        _ value: Double,
        _ selections: SharedSelections?
    ) -> VectorElement {
        let labels = labelGroups.map { groups in
            selections?.labels(of: group, in: groups) ?? groups.labels(of: group)
        }
        return VectorElement(
            labels: labels ?? [:],
            value: value,
            dropsName: !dropsName.isEmpty && dropsName.contains(group)
        )
    }
}

extension Evaluator {
    func evaluate(
        _ aggregation: Aggregation,
        at time: Int64,
        keeping filter: ValueFilter? = nil
    ) throws(EvaluationError) -> InstantVector {
        let vector = try vector(aggregation.expression, at: time)
        switch aggregation.operation {
        case .sum: return reduce(vector, aggregation, filter, CompensatedSum.self)
        case .avg: return reduce(vector, aggregation, filter, CompensatedMean.self)
        case .count: return reduce(vector, aggregation, filter, Counting.self)
        case .group: return reduce(vector, aggregation, filter, Presence.self)
        case .min: return reduce(vector, aggregation, filter, Minimum.self)
        case .max: return reduce(vector, aggregation, filter, Maximum.self)
        case .stddev: return reduce(vector, aggregation, filter, Deviation.self)
        case .stdvar: return reduce(vector, aggregation, filter, Variance.self)
        default:
            var result = try special(vector, aggregation, at: time)
            if let filter { result.elements = result.elements.filter { filter.keeps($0.value) } }
            return result
        }
    }

    private func special(
        _ vector: InstantVector,
        _ aggregation: Aggregation,
        at time: Int64
    ) throws(EvaluationError) -> InstantVector {
        switch aggregation.operation {
        case .quantile: try quantile(vector, aggregation, at: time)
        case .countValues: try countValues(vector, aggregation)
        case .topk, .bottomk: try extremes(vector, aggregation, at: time)
        case .limitk: try limit(vector, aggregation, at: time)
        default: try limitRatio(vector, aggregation, at: time)
        }
    }

    // MARK: Groups

    /// Assigns the elements to groups. `by (__name__)` is the difficult case: elements that have
    /// dropped their name must be grouped without it, or, if removal is delayed, keep it for now
    /// and drop it at the end.
    func grouping(_ vector: InstantVector, _ aggregation: Aggregation) -> Grouping {
        var grouping = Grouping()
        guard aggregation.isWithout || !aggregation.grouping.isEmpty else {
            grouping.groups = Array(repeating: 0, count: vector.elements.count)
            grouping.count = vector.elements.isEmpty ? 0 : 1
            return grouping
        }
        let keepsName =
            !aggregation.isWithout && aggregation.grouping.contains(Labels.metricNameLabel)
        let hidesNames = keepsName && !options.delaysNameRemoval
        var groups = LabelGroups(by: aggregation.projection, capacity: vector.elements.count)
        grouping.groups.reserveCapacity(vector.elements.count)
        let elements = vector.elements.span
        for index in elements.indices {
            guard keepsName, elements[index].dropsName else {
                grouping.groups.append(groups.insert(elements[index].labels))
                continue
            }
            let labels = elements[index].labels
            let group = groups.insert(hidesNames ? labels.removingMetricName() : labels)
            grouping.groups.append(group)
            // One member that drops its name is enough.
            if !hidesNames { grouping.dropsName.insert(group) }
        }
        grouping.count = groups.count
        grouping.labelGroups = groups
        return grouping
    }

    private func reduce<Reduction: Accumulator>(
        _ vector: InstantVector,
        _ aggregation: Aggregation,
        _ filter: ValueFilter?,
        _: Reduction.Type
    ) -> InstantVector {
        let grouping = grouping(vector, aggregation)
        var reductions = Array(repeating: Reduction(), count: grouping.count)
        let elements = vector.elements.span
        for index in elements.indices {
            reductions[grouping.groups[index]].add(elements[index].value)
        }
        return result(of: grouping, aggregation, filter) { reductions[$0].value }
    }

    /// The elements of the groups with their values. Only grouping by `__name__` can produce groups
    /// that differ just in their names.
    private func result(
        of grouping: Grouping,
        _ aggregation: Aggregation,
        _ filter: ValueFilter? = nil,
        _ value: (Int) -> Double
    ) -> InstantVector {
        var elements: [VectorElement] = []
        if filter == nil { elements.reserveCapacity(grouping.count) }
        for group in 0..<grouping.count {
            let value = value(group)
            guard filter?.keeps(value) ?? true else { continue }
            elements.append(grouping.element(of: group, value, selections))
        }
        return InstantVector(
            elements: elements,
            mixesNames: !aggregation.isWithout
                && aggregation.grouping.contains(Labels.metricNameLabel)
        )
    }

    // MARK: Quantile and count_values

    func parameter(
        of aggregation: Aggregation,
        at time: Int64
    ) throws(EvaluationError) -> (value: Double, position: SourcePosition) {
        guard let parameter = aggregation.parameter else {
            return (.nan, aggregation.origin.position)
        }
        return (try scalar(parameter, at: time), parameter.position)
    }

    private func quantile(
        _ vector: InstantVector,
        _ aggregation: Aggregation,
        at time: Int64
    ) throws(EvaluationError) -> InstantVector {
        let (quantile, position) = try parameter(of: aggregation, at: time)
        checkQuantile(quantile, at: position)
        let grouping = grouping(vector, aggregation)
        var values = Array(repeating: [Double](), count: grouping.count)
        for (element, group) in zip(vector.elements, grouping.groups) {
            values[group].append(element.value)
        }
        return result(of: grouping, aggregation) { Quantile.of(values[$0], at: quantile) }
    }

    func checkQuantile(_ quantile: Double, at position: SourcePosition) {
        guard !Quantile.isValid(quantile) else { return }
        annotations.warn(
            "quantile value should be between 0 and 1, got \(GoFloat.format(quantile))",
            at: position
        )
    }

    /// The value becomes a label, so that grouping counts equal values.
    private func countValues(
        _ vector: InstantVector,
        _ aggregation: Aggregation
    ) throws(EvaluationError) -> InstantVector {
        guard let parameter = aggregation.parameter else { return InstantVector() }
        let label = try string(parameter)
        guard label.isWellFormed, !label.value.isEmpty else {
            throw .invalidArgument("invalid label name \(label)")
        }
        var labelled = vector
        for index in labelled.elements.indices {
            let text = GoFloat.format(labelled.elements[index].value, .fixed)
            labelled.elements[index].labels = labelled.elements[index].labels.setting(
                label.value,
                to: text
            )
            try hold(labelled.elements[index].labels.ownBytes + text.utf8.count)
        }
        let grouping =
            aggregation.isWithout
            ? aggregation.grouping.filter { $0 != label.value }
            : aggregation.grouping + [label.value]
        let counting = aggregation.grouped(by: grouping)
        return reduce(labelled, counting, nil, Counting.self)
    }
}
