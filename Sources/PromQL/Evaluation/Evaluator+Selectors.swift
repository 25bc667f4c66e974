import Series

/// The samples of one series over a range of time, all times in milliseconds.
struct SampleWindow {
    var samples: [Sample] = []
    /// The range is (start, end], or [start, end] in version 2.
    var start: Int64
    var end: Int64
    /// When the query looks, which is not `end` if there is an offset.
    var evaluationTime: Int64

    var rangeSeconds: Double { Double(end - start) / 1000 }
}

extension Evaluator {
    func references(_ matchers: [LabelMatcher]) -> [SeriesReference] {
        if let known = selections[matchers] { return known }
        let references = source.select(matchers)
        selections[matchers] = references
        return references
    }

    /// When a selector looks.
    func time(of modifiers: TimeModifiers, at time: Int64) throws(EvaluationError) -> Int64 {
        let base =
            switch modifiers.at {
            case nil: time
            case .start: span.start
            case .end: span.end
            case .timestamp(let timestamp): timestamp.milliseconds
            }
        let offset = try milliseconds(of: modifiers.offset, mustBePositive: false)
        return base.subtractingClamped(offset)
    }

    /// The last millisecond before a window that starts at `start`: windows of sources are open on
    /// the left.
    func openStart(_ start: Int64) -> Timestamp {
        switch options.compatibility {
        case .version3: Timestamp(milliseconds: start)
        case .version2: Timestamp(milliseconds: start.subtractingClamped(1))
        }
    }

    // MARK: Instant vectors

    func select(
        _ selector: VectorSelector,
        at time: Int64
    ) throws(EvaluationError) -> InstantVector {
        var vector = InstantVector(mixesNames: !selector.namesOneMetric)
        try forEachCurrentSample(of: selector, at: time) { labels, sample in
            vector.elements.append(VectorElement(labels: labels, value: sample.value))
        }
        return vector
    }

    func forEachCurrentSample(
        of selector: VectorSelector,
        at time: Int64,
        _ body: (Labels, Sample) -> Void
    ) throws(EvaluationError) {
        let through = try self.time(of: selector.modifiers, at: time)
        let after = openStart(through.subtractingClamped(options.lookback.wholeMilliseconds))
        let references = references(selector.matchers)
        var count = 0
        for reference in references {
            let sample = source.newestSample(
                of: reference,
                after: after,
                through: Timestamp(milliseconds: through)
            )
            guard let sample else { continue }
            body(source.labels(of: reference), sample)
            count += 1
        }
        try load(count)
        try work(references.count)
    }

    // MARK: Ranges

    /// Calls `body` for each series of a range vector that has samples there. Answers whether the
    /// series may differ in their metric names alone.
    @discardableResult
    func forEachWindow(
        of expression: Expression,
        at time: Int64,
        _ body: (VectorElement, SampleWindow) -> Void
    ) throws(EvaluationError) -> Bool {
        switch expression.unwrapped {
        case .matrixSelector(let selector): try forEachWindow(of: selector, at: time, body)
        case .subquery(let subquery): try forEachWindow(of: subquery, at: time, body)
        default: throw .invalidArgument("expected a range vector, got \(expression.valueType)")
        }
    }

    private func forEachWindow(
        of selector: MatrixSelector,
        at time: Int64,
        _ body: (VectorElement, SampleWindow) -> Void
    ) throws(EvaluationError) -> Bool {
        let end = try self.time(of: selector.vector.modifiers, at: time)
        let range = try milliseconds(of: selector.range, mustBePositive: true)
        var window = SampleWindow(
            start: end.subtractingClamped(range),
            end: end,
            evaluationTime: time
        )
        let after = openStart(window.start)
        for reference in references(selector.vector.matchers) {
            window.samples.removeAll(keepingCapacity: true)
            source.appendSamples(
                of: reference,
                after: after,
                through: Timestamp(milliseconds: end),
                to: &window.samples
            )
            try work(1)
            guard !window.samples.isEmpty else { continue }
            try load(window.samples.count)
            body(VectorElement(labels: source.labels(of: reference), value: 0), window)
        }
        return !selector.vector.namesOneMetric
    }

    private func forEachWindow(
        of subquery: Subquery,
        at time: Int64,
        _ body: (VectorElement, SampleWindow) -> Void
    ) throws(EvaluationError) -> Bool {
        let end = try self.time(of: subquery.modifiers, at: time)
        let range = try milliseconds(of: subquery.range, mustBePositive: true)
        let step =
            if let step = subquery.step {
                try milliseconds(of: step, mustBePositive: true)
            } else {
                max(1, options.defaultSubqueryStep.wholeMilliseconds)
            }
        let start = end.subtractingClamped(range)
        var series = MatrixBuilder()
        var mixesNames = false
        var name: String?
        var innerTime = firstMultiple(of: step, from: start)
        while innerTime <= end {
            let inner = try vector(subquery.expression, at: innerTime)
            series.append(inner.elements, at: innerTime)
            if !inner.elements.isEmpty {
                mixesNames =
                    mixesNames || inner.mixesNames || name.map { $0 != inner.commonName } == true
                name = inner.commonName
            }
            // A step costs something even if it finds nothing, or an endless subquery of an empty
            // vector would never reach a limit.
            try load(1)
            innerTime = innerTime.addingClamped(step)
            guard innerTime < .max else { break }
        }
        series.forEach { element, samples in
            let window = SampleWindow(
                samples: samples,
                start: start,
                end: end,
                evaluationTime: time
            )
            body(element, window)
        }
        return mixesNames
    }

    /// Subqueries are evaluated at absolute multiples of their step.
    private func firstMultiple(of step: Int64, from start: Int64) -> Int64 {
        let multiple = start / step * step
        let isOutside =
            switch options.compatibility {
            case .version3: multiple <= start
            case .version2: multiple < start
            }
        return isOutside ? multiple.addingClamped(step) : multiple
    }
}

extension VectorSelector {
    /// Whether a condition fixes the metric name.
    var namesOneMetric: Bool {
        matchers.contains { matcher in
            guard matcher.name == Labels.metricNameLabel, case .equal(let name) = matcher.condition
            else { return false }
            return !name.isEmpty
        }
    }
}

extension Int64 {
    func addingClamped(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other > 0 ? .max : .min) : sum
    }

    func subtractingClamped(_ other: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? (other > 0 ? .min : .max) : difference
    }
}
