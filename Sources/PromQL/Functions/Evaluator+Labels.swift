import RE2
import Series

extension Evaluator {
    func replaceLabels(
        _ call: FunctionCall,
        at time: Int64
    ) throws(EvaluationError) -> InstantVector {
        let destination = try labelName(call.arguments[1], "destination", of: call)
        let replacement = ReplacementTemplate(try string(call.arguments[2]).value)
        let source = try string(call.arguments[3]).value
        let pattern = try pattern(try string(call.arguments[4]).value)
        var vector = try vector(call.arguments[0], at: time)
        // Caches expansions, because the series of one metric usually have few distinct values of a
        // label.
        var expansions: [String: String?] = [:]
        for index in vector.elements.indices {
            let text = visibleLabels(of: vector.elements[index])[source]
            let expansion: String?
            if let known = expansions[text] {
                expansion = known
            } else {
                expansion = try pattern.expand(
                    replacement,
                    matching: text,
                    maximumBytes: Self.maximumLabelBytes,
                    work
                )
                try checkLength(expansion?.utf8.count ?? 0, of: call)
                expansions[text] = .some(expansion)
            }
            guard let expansion else { continue }
            try set(destination, to: expansion, of: &vector.elements[index])
        }
        return try checked(vector, changing: destination)
    }

    func joinLabels(
        _ call: FunctionCall,
        at time: Int64
    ) throws(EvaluationError) -> InstantVector {
        let destination = try labelName(call.arguments[1], "destination", of: call)
        let separator = try string(call.arguments[2]).value
        var sources: [String] = []
        for argument in call.arguments.dropFirst(3) {
            sources.append(try labelName(argument, "source", of: call))
        }
        var vector = try vector(call.arguments[0], at: time)
        for index in vector.elements.indices {
            let labels = visibleLabels(of: vector.elements[index])
            try work(sources.count * (1 + labels.count))
            let separators = separator.utf8.count * max(0, sources.count - 1)
            let length = sources.reduce(separators) { $0 + labels[$1].utf8.count }
            try checkLength(length, of: call)
            let joined = sources.map { labels[$0] }.joined(separator: separator)
            try set(destination, to: joined, of: &vector.elements[index])
        }
        return try checked(vector, changing: destination)
    }

    // MARK: Arguments and limits

    /// The maximum length of a computed label. Without it, labels built from labels could double in
    /// length with every nested call.
    private static let maximumLabelBytes = 1 << 16

    private func checkLength(_ count: Int, of call: FunctionCall) throws(EvaluationError) {
        guard count <= Self.maximumLabelBytes else {
            throw .invalidArgument(
                "\(call.function.rawValue)() makes a label of more than"
                    + " \(Self.maximumLabelBytes) bytes"
            )
        }
        try work(count)
    }

    private func labelName(
        _ argument: Expression,
        _ role: String,
        of call: FunctionCall
    ) throws(EvaluationError) -> String {
        let literal = try string(argument)
        guard literal.isWellFormed, !literal.value.isEmpty else {
            throw .invalidArgument(
                "invalid \(role) label name in \(call.function.rawValue)(): \(literal.value)"
            )
        }
        return literal.value
    }

    private func pattern(_ text: String) throws(EvaluationError) -> RegularExpression {
        if let known = patterns[text] { return known }
        do throws(RegularExpressionError) {
            let pattern = try RegularExpression(matchingWhole: text, within: &patternBudget)
            patterns[text] = pattern
            return pattern
        } catch  where error.reason == .tooLargeTogether {
            throw .invalidArgument("label_replace(): \(error)")
        } catch {
            throw .invalidArgument("invalid regular expression in label_replace(): \(text)")
        }
    }

    /// The labels as the user sees them at this point of the evaluation.
    func visibleLabels(of element: VectorElement) -> Labels {
        element.dropsName && !options.delaysNameRemoval
            ? element.labels.removingMetricName() : element.labels
    }

    /// Sets a label. A new metric name must survive, even if an earlier operation dropped the old
    /// one.
    private func set(
        _ name: String,
        to value: String,
        of element: inout VectorElement
    ) throws(EvaluationError) {
        if name == Labels.metricNameLabel {
            element.labels = element.labels.setting(name, to: value)
            element.dropsName = false
        } else {
            element.labels = element.labels.setting(name, to: value)
        }
        try hold(element.labels.ownBytes + value.utf8.count)
    }

    /// Throws if two elements have the same labels after the change.
    private func checked(
        _ vector: InstantVector,
        changing destination: String
    ) throws(EvaluationError) -> InstantVector {
        var vector = vector
        if destination == Labels.metricNameLabel { vector.mixesNames = true }
        var seen: Set<Labels> = []
        for element in vector.elements {
            let labels = vector.mixesNames ? visibleLabels(of: element) : element.labels
            guard seen.insert(labels).inserted else { throw .duplicateLabelSet }
        }
        return vector
    }
}
