import GoText
import Series
import Time

/// A function of the samples of one series over a range. It returns nil if it has no result.
struct WindowFunction {
    var keepsName = false
    let value: (SampleWindow) -> Double?
}

extension Evaluator {
    /// The window function of a call with a range argument; nil for other calls.
    func windowFunction(
        _ call: FunctionCall,
        at time: Int64
    ) throws(EvaluationError) -> WindowFunction? {
        switch call.function {
        case .rate: WindowFunction { $0.extrapolated(isCounter: true, perSecond: true) }
        case .increase: WindowFunction { $0.extrapolated(isCounter: true, perSecond: false) }
        case .delta: WindowFunction { $0.extrapolated(isCounter: false, perSecond: false) }
        case .irate: WindowFunction { $0.lastChange(isCounter: true) }
        case .idelta: WindowFunction { $0.lastChange(isCounter: false) }
        case .changes: WindowFunction { $0.changes }
        case .resets: WindowFunction { $0.resets }
        case .deriv: WindowFunction { $0.slope }
        case .predictLinear:
            predictLinear(after: try scalar(call.arguments[1], at: time))
        case .doubleExponentialSmoothing, .holtWinters:
            try smoothing(
                try scalar(call.arguments[1], at: time),
                try scalar(call.arguments[2], at: time)
            )
        case .quantileOverTime:
            quantileOverTime(try scalar(call.arguments[0], at: time))
        default: Self.overTime(call.function)
        }
    }

    private static func overTime(_ function: Function) -> WindowFunction? {
        switch function {
        case .avgOverTime: WindowFunction { $0.reduced(CompensatedMean.self) }
        case .sumOverTime: WindowFunction { $0.reduced(CompensatedSum.self) }
        case .minOverTime: WindowFunction { $0.reduced(Minimum.self) }
        case .maxOverTime: WindowFunction { $0.reduced(Maximum.self) }
        case .stdvarOverTime: WindowFunction { $0.variance }
        case .stddevOverTime: WindowFunction { $0.variance.squareRoot() }
        case .countOverTime: WindowFunction { Double($0.samples.count) }
        case .presentOverTime: WindowFunction { _ in 1 }
        case .firstOverTime: WindowFunction(keepsName: true) { $0.samples.first?.value }
        case .lastOverTime: WindowFunction(keepsName: true) { $0.samples.last?.value }
        case .madOverTime: WindowFunction { $0.medianDeviation }
        case .tsOfFirstOverTime: WindowFunction { $0.samples.first?.timestamp.seconds }
        case .tsOfLastOverTime: WindowFunction { $0.samples.last?.timestamp.seconds }
        case .tsOfMinOverTime: WindowFunction { $0.time { $0 <= $1 } }
        case .tsOfMaxOverTime: WindowFunction { $0.time { $0 >= $1 } }
        default: nil
        }
    }

    /// Applies a function to each series of the call's range argument.
    func apply(
        _ function: WindowFunction,
        to call: FunctionCall,
        at time: Int64
    ) throws(EvaluationError) -> InstantVector {
        guard let range = call.arguments.first(where: { $0.valueType == .rangeVector }) else {
            return InstantVector()
        }
        if case .matrixSelector(let selector) = range.unwrapped {
            if let kind = selector.vector.rangeExtension { try check(kind, in: call) }
            if call.function == .lastOverTime { return try newest(of: selector, at: time) }
        }
        var vector = InstantVector()
        vector.mixesNames = try forEachWindow(of: range, at: time) { element, window in
            guard let value = function.value(window) else { return }
            vector.elements.append(
                VectorElement(labels: element.labels, value: value, dropsName: element.dropsName)
            )
        }
        try annotate(of: call, vector, rangeAt: range.position, at: time)
        if !function.keepsName {
            try vector.dropNames(delayed: options.delaysNameRemoval)
        }
        return vector
    }

    /// Most functions have no meaning with values at the boundaries; Prometheus rejects them.
    private func check(
        _ kind: RangeExtension,
        in call: FunctionCall
    ) throws(EvaluationError) {
        let smoothed: [Function] = [.delta, .increase, .rate]
        let allowed = kind == .smoothed ? smoothed : [.changes] + smoothed + [.resets]
        guard !allowed.contains(call.function) else { return }
        let names = allowed.map(\.rawValue).joined(separator: ", ")
        throw .invalidArgument(
            "\(kind.rawValue) modifier can only be used with: \(names) - "
                + "not with \(call.function.rawValue)"
        )
    }

    private func annotate(
        of call: FunctionCall,
        _ vector: InstantVector,
        rangeAt position: SourcePosition,
        at time: Int64
    ) throws(EvaluationError) {
        guard !vector.elements.isEmpty else { return }
        switch call.function {
        case .quantileOverTime:
            let quantile = try scalar(call.arguments[0], at: time)
            checkQuantile(quantile, at: call.arguments[0].position)
        case .rate, .increase: annotateMissingSuffix(vector, at: position)
        default: return
        }
    }

    /// Adds an info about metrics whose names do not look like counters.
    private func annotateMissingSuffix(_ vector: InstantVector, at position: SourcePosition) {
        var known = ""
        // If names cannot differ, checking one element is enough.
        for element in vector.elements.prefix(vector.mixesNames ? .max : 1)
        where !element.dropsName {
            let name = element.labels.metricName
            guard !name.isEmpty, name != known else { continue }
            known = name
            guard !["_total", "_sum", "_count", "_bucket"].contains(where: name.hasSuffix) else {
                continue
            }
            annotations.inform(
                "metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "
                    + name.goQuoted,
                at: position
            )
        }
    }
}
