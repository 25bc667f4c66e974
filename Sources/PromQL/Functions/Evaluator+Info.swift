import Series
import Time

extension Evaluator {
    /// `info`: adds to each series the labels of the info series (by default `target_info`) with
    /// the same `instance` and `job` (Prometheus promql/info.go; experimental).
    func info(_ call: FunctionCall, at time: Int64) throws(EvaluationError) -> InstantVector {
        let vector = try vector(call.arguments[0], at: time)
        var request = InfoRequest(matchers: nil)
        if call.arguments.count > 1, case .vectorSelector(let selector) = call.arguments[1] {
            request = InfoRequest(matchers: selector.matchers)
        }
        let sources = try infoSeries(request, at: time)
        var result = InstantVector(mixesNames: vector.mixesNames)
        for element in vector.elements {
            let labels = visibleLabels(of: element)
            if request.names(labels.metricName) {
                result.elements.append(element)
            } else if let added = try sources.labels(for: labels, request) {
                var enriched = element
                enriched.labels = element.labels.merging(added)
                result.elements.append(enriched)
            }
        }
        return result
    }

    /// The newest info series for each name and identity.
    private func infoSeries(
        _ request: InfoRequest,
        at time: Int64
    ) throws(EvaluationError) -> InfoSources {
        var found: [(labels: Labels, time: Timestamp)] = []
        let selector = VectorSelector(
            name: "",
            matchers: request.selection,
            modifiers: TimeModifiers(),
            rangeExtension: nil,
            origin: SourceOrigin()
        )
        try forEachCurrentSample(of: selector, at: time) { labels, sample in
            found.append((labels, sample.timestamp))
        }
        var sources = InfoSources()
        for series in found { try sources.add(series.labels, series.time) }
        return sources
    }
}

/// The request expressed by the second argument of `info`.
private struct InfoRequest {
    private let nameMatchers: [LabelMatcher]
    let labelMatchers: [LabelMatcher]

    init(matchers: [LabelMatcher]?) {
        let target = LabelMatcher(name: Labels.metricNameLabel, .equal("target_info"))
        let all = matchers ?? [target]
        nameMatchers = all.filter { $0.name == Labels.metricNameLabel }
        labelMatchers = all.filter { $0.name != Labels.metricNameLabel }
    }

    /// The matchers that select info series.
    var selection: [LabelMatcher] {
        let target = LabelMatcher(name: Labels.metricNameLabel, .equal("target_info"))
        return (nameMatchers.isEmpty ? [target] : nameMatchers) + labelMatchers
    }

    /// Whether the name is that of a requested info series, to which nothing is added.
    func names(_ name: String) -> Bool {
        !nameMatchers.isEmpty && nameMatchers.allSatisfy { $0.matches(name) }
    }

    func wants(_ label: String) -> Bool {
        labelMatchers.isEmpty || labelMatchers.contains { $0.name == label }
    }

    /// Whether series without an info series are kept unchanged.
    var isOptional: Bool { labelMatchers.allSatisfy { $0.matches("") } }
}

/// Info series by their identity.
private struct InfoSources {
    private static let identity = ["instance", "job"]
    private var groups = LabelGroups(by: .keeping(identity + [Labels.metricNameLabel]))
    private var series: [(labels: Labels, time: Timestamp)] = []
    private var names: Set<String> = []

    mutating func add(_ labels: Labels, _ time: Timestamp) throws(EvaluationError) {
        names.insert(labels.metricName)
        let group = groups.insert(labels)
        guard group < series.count else { return series.append((labels, time)) }
        let known = series[group]
        guard known.time != time else {
            throw .invalidArgument(
                "found duplicate series for info metric: existing \(known.labels) @ "
                    + "\(known.time.milliseconds), new \(labels) @ \(time.milliseconds)"
            )
        }
        if known.time < time { series[group] = (labels, time) }
    }

    /// The labels to add to a series; nil if the series is dropped.
    func labels(
        for base: Labels,
        _ request: InfoRequest
    ) throws(EvaluationError) -> Labels? {
        var added: [String: String] = [:]
        var isMatched = false
        for name in names {
            let key = base.setting(Labels.metricNameLabel, to: name)
            guard let group = groups.group(of: key) else { continue }
            isMatched = true
            for (label, value) in series[group].labels
            where label != Labels.metricNameLabel && request.wants(label) {
                // Two info series, for instance of different names, disagree about the label.
                if let other = added[label], other != value {
                    throw .invalidArgument("conflicting label: \(label)")
                }
                // Labels of the series itself take precedence.
                if base[label].isEmpty { added[label] = value }
            }
        }
        return isMatched || request.isOptional ? Labels(added) : nil
    }
}
