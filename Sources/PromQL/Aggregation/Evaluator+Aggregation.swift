import GoText
import Series

/// The elements of a vector, assigned to numbered groups.
struct Grouping {
    /// The group of each element of the vector.
    var groups: [Int] = []
    /// An element without value for each group, with the labels of the group.
    var heads: [VectorElement] = []
}

extension Evaluator {
    func evaluate(
        _ aggregation: Aggregation,
        at time: Int64
    ) throws(EvaluationError) -> InstantVector {
        let vector = try vector(aggregation.expression, at: time)
        switch aggregation.operation {
        case .sum: return try reduce(vector, aggregation, CompensatedSum.self)
        case .avg: return try reduce(vector, aggregation, CompensatedMean.self)
        case .count: return try reduce(vector, aggregation, Counting.self)
        case .group: return try reduce(vector, aggregation, Presence.self)
        case .min: return try reduce(vector, aggregation, Minimum.self)
        case .max: return try reduce(vector, aggregation, Maximum.self)
        case .stddev: return try reduce(vector, aggregation, Deviation.self)
        case .stdvar: return try reduce(vector, aggregation, Variance.self)
        case .quantile: return try quantile(vector, aggregation, at: time)
        case .countValues: return try countValues(vector, aggregation)
        case .topk, .bottomk: return try extremes(vector, aggregation, at: time)
        case .limitk: return try limit(vector, aggregation, at: time)
        case .limitRatio: return try limitRatio(vector, aggregation, at: time)
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
            if !vector.elements.isEmpty { grouping.heads = [VectorElement(labels: [:], value: 0)] }
            return grouping
        }
        let keepsName =
            !aggregation.isWithout && aggregation.grouping.contains(Labels.metricNameLabel)
        let hidesNames = keepsName && !options.delaysNameRemoval
        var groups = LabelGroups(by: aggregation.projection)
        grouping.groups.reserveCapacity(vector.elements.count)
        for element in vector.elements {
            let isHidden = hidesNames && element.dropsName
            let labels = isHidden ? element.labels.removingMetricName() : element.labels
            let group = groups.insert(labels)
            grouping.groups.append(group)
            if group == grouping.heads.count {
                grouping.heads.append(VectorElement(labels: groups.labels(of: group), value: 0))
            }
            // One member that drops its name is enough.
            if keepsName, element.dropsName, !isHidden { grouping.heads[group].dropsName = true }
        }
        return grouping
    }

    private func reduce<Reduction: Accumulator>(
        _ vector: InstantVector,
        _ aggregation: Aggregation,
        _: Reduction.Type
    ) throws(EvaluationError) -> InstantVector {
        let grouping = grouping(vector, aggregation)
        var reductions = Array(repeating: Reduction(), count: grouping.heads.count)
        for (element, group) in zip(vector.elements, grouping.groups) {
            reductions[group].add(element.value)
        }
        return result(of: grouping, reductions.map(\.value), aggregation)
    }

    /// The elements of the groups with their values. Only grouping by `__name__` can produce groups
    /// that differ just in their names.
    private func result(
        of grouping: Grouping,
        _ values: [Double],
        _ aggregation: Aggregation
    ) -> InstantVector {
        var heads = grouping.heads
        for index in heads.indices { heads[index].value = values[index] }
        return InstantVector(
            elements: heads,
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
        var values = Array(repeating: [Double](), count: grouping.heads.count)
        for (element, group) in zip(vector.elements, grouping.groups) {
            values[group].append(element.value)
        }
        return result(of: grouping, values.map { Quantile.of($0, at: quantile) }, aggregation)
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
        return try reduce(labelled, counting, Counting.self)
    }
}
