import PromQL
import Series
import Time

/// The settings and the time of one group evaluation.
struct EvaluationContext {
    let engine: Engine
    /// For queries in templates.
    let parser: ParserOptions
    let externalLabels: [String: String]
    let externalURL: String
    let file: String
    let group: String
    /// 0 means no limit.
    let limit: Int
    let queryOffset: Duration
    /// The group's slot. Alert timestamps and `for` use it, without the query offset.
    let time: Timestamp
    let queryTimeout: Duration
    let clock: () -> Duration
    /// Shared by all rules of a cycle.
    let visits: FreshData.Visits
    /// Shared by all rules of a cycle.
    let selections: SharedSelections
    let recordedReach: RecordedReach
    /// Samples from before this time are not of this process, see `RuleEngine.restoredThrough`.
    let collectedSince: Timestamp

    /// The time at which expressions are evaluated, and the timestamp of the produced samples.
    var queryTime: Timestamp { time - queryOffset }

    /// When a query, or all templates of a rule, that begin now have to end, by the clock.
    var deadline: Duration { clock() + queryTimeout }

    /// The value of the expression of a rule, or of a part of it, at the time of the evaluation.
    func value(
        of expression: RuleExpression,
        in store: SeriesStore
    ) throws(EvaluationError) -> Value {
        let deadline = deadline
        return try engine.value(of: expression, at: queryTime, in: store, selections) {
            [clock] in clock() >= deadline ? .timeout : nil
        }
    }

    /// Runs an instant query of a template until a deadline.
    func instant(
        _ expression: Expression,
        at time: Timestamp,
        in store: SeriesStore,
        until deadline: Duration
    ) throws(EvaluationError) -> Value {
        try engine.evaluate(expression, at: time, in: store) { [clock] in
            clock() >= deadline ? .timeout : nil
        }.value
    }
}

/// The result of one rule evaluation.
struct RuleOutput {
    var samples: [ProducedSample]
    var transitions: [AlertTransition] = []
    var templates = TemplateCounts()
}

extension RuleState {
    /// Evaluates the rule once. A failure produces no samples and changes no alerts, except that
    /// exceeding the alert limit drops them all.
    mutating func evaluate(
        in store: SeriesStore,
        _ context: EvaluationContext
    ) throws(RuleFailure) -> RuleOutput {
        let vector = try Self.result(of: expression, in: store, context)
        // Nothing is the result of most rules at most times.
        if vector.isEmpty, book.alerts.isEmpty {
            recorded = []
            return RuleOutput(samples: [])
        }
        switch rule {
        case .recording(let recording):
            return RuleOutput(samples: try record(recording, vector, context))
        case .alerting(let alerting):
            var templates = TemplateCounts()
            let results = try Self.alerts(of: alerting, vector, in: store, context, &templates)
            var fresh: FreshData?
            let transitions = try book.update(
                with: results,
                holdDuration: alerting.holdDuration,
                keepFiringFor: alerting.keepFiringFor,
                limit: context.limit,
                isOver: { alert in
                    var data = fresh.take() ?? FreshData(of: alerting, store: store, context)
                    defer { fresh = data }
                    return data.showsEnd(of: alert)
                },
                at: context.time
            )
            return RuleOutput(
                samples: book.active.flatMap(Self.samples),
                transitions: transitions,
                templates: templates
            )
        }
    }

    /// The expression's value as a vector; a scalar becomes a single sample without labels.
    private static func result(
        of expression: RuleExpression,
        in store: SeriesStore,
        _ context: EvaluationContext
    ) throws(RuleFailure) -> [VectorSample] {
        let value: Value
        do throws(EvaluationError) {
            value = try context.value(of: expression, in: store)
        } catch {
            throw .query("\(error)")
        }
        switch value {
        case .vector(let samples): return samples
        case .scalar(let number, at: let time):
            return [VectorSample(labels: [:], timestamp: time, value: number)]
        case .matrix, .string: throw .query("rule result is not a vector or scalar")
        }
    }

    // MARK: Recording

    /// Results nearly always have the labels of the evaluation before, in the same order, and so
    /// have the series made of them.
    private mutating func record(
        _ rule: RecordingRule,
        _ vector: [VectorSample],
        _ context: EvaluationContext
    ) throws(RuleFailure) -> [ProducedSample] {
        guard context.limit == 0 || vector.count <= context.limit else {
            _ = try Self.series(of: vector, rule)
            throw .limitExceeded(limit: context.limit, count: vector.count, unit: "series")
        }
        let isUsual =
            vector.count == recorded.count
            && zip(vector, recorded).allSatisfy { $0.labels == $1.result }
        if !isUsual {
            recorded = []
            recorded = zip(vector, try Self.series(of: vector, rule)).map { ($0.labels, $1) }
        }
        return zip(vector, recorded).map { ProducedSample(labels: $1.series, value: $0.value) }
    }

    private static func series(
        of vector: [VectorSample],
        _ rule: RecordingRule
    ) throws(RuleFailure) -> [Labels] {
        var seen: Set<Labels> = []
        var series: [Labels] = []
        for sample in vector {
            var labels = sample.labels.setting(Labels.metricNameLabel, to: rule.name)
            for label in rule.labels { labels = labels.setting(label.name, to: label.value) }
            guard seen.insert(labels).inserted else { throw .duplicateSeries }
            series.append(labels)
        }
        return series
    }

    // MARK: Alerting

    private static func alerts(
        of rule: AlertingRule,
        _ vector: [VectorSample],
        in store: SeriesStore,
        _ context: EvaluationContext,
        _ templates: inout TemplateCounts
    ) throws(RuleFailure) -> [ActiveAlert] {
        var seen: Set<Labels> = []
        var alerts: [ActiveAlert] = []
        let deadline = context.deadline
        for sample in vector {
            var expansion = AlertExpansion(
                rule: rule,
                sample: sample,
                store: store,
                context,
                until: deadline
            )
            let labels = expansion.labels()
            let annotations = expansion.annotations()
            templates += expansion.counts
            guard seen.insert(labels).inserted else { throw .duplicateAlerts }
            alerts.append(
                ActiveAlert(
                    ruleName: rule.name,
                    group: context.group,
                    file: context.file,
                    labels: labels,
                    annotations: annotations,
                    state: .pending,
                    activeAt: context.time,
                    value: sample.value,
                    lastSeenAt: context.time
                )
            )
        }
        return alerts
    }

    /// The `ALERTS` and `ALERTS_FOR_STATE` samples of an active alert. The value of the latter is
    /// `activeAt` in Unix seconds.
    private static func samples(of alert: ActiveAlert) -> [ProducedSample] {
        let state = alert.labels
            .setting(Labels.metricNameLabel, to: "ALERTS")
            .setting("alertstate", to: alert.state.name)
        let since = alert.labels.setting(Labels.metricNameLabel, to: "ALERTS_FOR_STATE")
        let seconds = alert.activeAt.milliseconds.flooredDivision(by: 1000).quotient
        return [
            ProducedSample(labels: state, value: 1),
            ProducedSample(labels: since, value: Double(seconds)),
        ]
    }
}
