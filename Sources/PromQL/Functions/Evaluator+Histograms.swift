import GoText
import Series

extension Evaluator {
    func histogramQuantile(
        _ call: FunctionCall,
        at time: Int64
    ) throws(EvaluationError) -> InstantVector {
        let quantile = try scalar(call.arguments[0], at: time)
        checkQuantile(quantile, at: call.arguments[0].position)
        return try forEachHistogram(call.arguments[1], at: time) { histogram, head in
            [head.with(self.value(of: quantile, in: histogram, at: call.arguments[1].position))]
        }
    }

    /// Several quantiles at once, each with a label of its own.
    func histogramQuantiles(
        _ call: FunctionCall,
        at time: Int64
    ) throws(EvaluationError) -> InstantVector {
        let label = try string(call.arguments[1]).value
        var quantiles: [Double] = []
        for argument in call.arguments.dropFirst(2) {
            quantiles.append(try scalar(argument, at: time))
            checkQuantile(quantiles[quantiles.count - 1], at: argument.position)
        }
        return try forEachHistogram(call.arguments[0], at: time) { histogram, head in
            quantiles.map { quantile in
                var element = head
                element.labels = head.labels.setting(
                    label,
                    to: NumberText.withPoint(quantile)
                )
                return element.with(
                    self.value(of: quantile, in: histogram, at: call.arguments[0].position)
                )
            }
        }
    }

    func histogramFraction(
        _ call: FunctionCall,
        at time: Int64
    ) throws(EvaluationError) -> InstantVector {
        let lower = try scalar(call.arguments[0], at: time)
        let upper = try scalar(call.arguments[1], at: time)
        return try forEachHistogram(call.arguments[2], at: time) { histogram, head in
            [head.with(histogram?.fraction(from: lower, to: upper) ?? .nan)]
        }
    }

    private func value(
        of quantile: Double,
        in histogram: ClassicHistogram?,
        at position: SourcePosition
    ) -> Double {
        guard var histogram else {
            // Quantiles outside [0, 1] do not depend on the buckets.
            return quantile < 0 ? -.infinity : quantile > 1 ? .infinity : .nan
        }
        let (value, wasForced) = histogram.quantile(quantile)
        if wasForced {
            annotations.inform(
                "input to histogram_quantile needed to be fixed for monotonicity (see "
                    + "https://prometheus.io/docs/prometheus/latest/querying/functions/"
                    + "#histogram_quantile)",
                at: position
            )
        }
        return value
    }

    // MARK: Buckets

    /// Groups the elements of a vector into histograms. The histogram is nil if its buckets do not
    /// form a valid one.
    private func forEachHistogram(
        _ expression: Expression,
        at time: Int64,
        _ body: (ClassicHistogram?, VectorElement) -> [VectorElement]
    ) throws(EvaluationError) -> InstantVector {
        let vector = try vector(expression, at: time)
        var groups = LabelGroups(by: .droppingOnly(["le"]))
        var heads: [VectorElement] = []
        var buckets: [[ClassicHistogram.Bucket]] = []
        for element in vector.elements {
            let text = element.labels["le"]
            guard let bound = Double(text) else {
                noteBadBound(text, of: element, at: expression.position)
                continue
            }
            let group = groups.insert(element.labels)
            if group == heads.count {
                var head = element
                head.labels = element.labels.removing("le")
                heads.append(head)
                buckets.append([])
            }
            buckets[group].append(ClassicHistogram.Bucket(bound: bound, count: element.value))
        }
        var result = InstantVector(mixesNames: vector.mixesNames)
        for (head, buckets) in zip(heads, buckets) {
            result.elements += body(ClassicHistogram(buckets), head)
        }
        try result.dropNames(delayed: options.delaysNameRemoval)
        return result
    }

    private func noteBadBound(
        _ text: String,
        of element: VectorElement,
        at position: SourcePosition
    ) {
        let name = visibleLabels(of: element).metricName
        annotations.warn(
            "bucket label \"le\" is missing or has a malformed value of \(text.goQuoted)"
                + (name.isEmpty ? "" : " for metric name \(name.goQuoted)"),
            at: position
        )
    }
}

extension VectorElement {
    fileprivate func with(_ value: Double) -> VectorElement {
        var element = self
        element.value = value
        return element
    }
}
