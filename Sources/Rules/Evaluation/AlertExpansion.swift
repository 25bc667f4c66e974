import GoTemplate
import PromQL
import Series
import Time

/// Template expansions and how many of them failed, for the metrics of the template engine.
package struct TemplateCounts: Sendable, Hashable {
    package internal(set) var expansions = 0
    package internal(set) var failures = 0

    static func += (left: inout TemplateCounts, right: TemplateCounts) {
        left.expansions += right.expansions
        left.failures += right.failures
    }
}

/// Expands the labels and annotations of an alerting rule for one element of its result. Templates
/// may run queries, so expansion reads the store at the evaluation time.
struct AlertExpansion {
    private let rule: AlertingRule
    private let sample: VectorSample
    private let store: SeriesStore
    private let context: EvaluationContext
    /// Shared by all alerts of the rule: each template is cheap, but a rule can have thousands of
    /// alerts, and each may run queries.
    private let deadline: Duration
    private(set) var counts = TemplateCounts()

    init(
        rule: AlertingRule,
        sample: VectorSample,
        store: SeriesStore,
        _ context: EvaluationContext,
        until deadline: Duration
    ) {
        self.rule = rule
        self.sample = sample
        self.store = store
        self.context = context
        self.deadline = deadline
    }

    /// `alertname` is set last: a rule cannot override it.
    mutating func labels() -> Labels {
        var labels = sample.labels.removing(Labels.metricNameLabel)
        for label in rule.labels {
            labels = labels.setting(label.name, to: expand(label.template))
        }
        return labels.setting("alertname", to: rule.name)
    }

    mutating func annotations() -> [Label] {
        var annotations: [Label] = []
        for annotation in rule.annotations {
            annotations.append(Label(name: annotation.name, value: expand(annotation.template)))
        }
        return annotations
    }

    /// A failing template expands to its error message, in Prometheus' wording: a broken annotation
    /// must not cost the alert.
    private mutating func expand(_ template: Template) -> String {
        counts.expansions += 1
        if let literal = template.literal { return literal }
        do throws(TemplateError) {
            guard context.clock() <= deadline else {
                throw TemplateError(
                    "the templates of the rule took longer than"
                        + " \(PrometheusDuration.format(context.queryTimeout))"
                )
            }
            return try template.expand(data)
        } catch {
            counts.failures += 1
            return "<error expanding template: "
                + "error executing template __alert_\(rule.name): \(error)>"
        }
    }

    private var data: TemplateData {
        TemplateData(
            labels: Dictionary(
                sample.labels.map { ($0.name, $0.value) },
                uniquingKeysWith: { _, last in last }
            ),
            value: sample.value,
            externalLabels: context.externalLabels,
            externalURL: context.externalURL,
            query: query,
            now: context.time.seconds
        )
    }

    /// The template function `query`. A string result travels in the label `__value__`, where
    /// Prometheus' `strvalue` function expects it.
    private func query(_ text: String) throws(TemplateError) -> [TemplateSample] {
        switch try value(of: text) {
        case .vector(let samples):
            return samples.map { sample in
                TemplateSample(
                    labels: Dictionary(
                        sample.labels.map { ($0.name, $0.value) },
                        uniquingKeysWith: { _, last in last }
                    ),
                    value: sample.value
                )
            }
        case .scalar(let number, _): return [TemplateSample(labels: [:], value: number)]
        case .string(let text):
            return [TemplateSample(labels: ["__value__": text], value: 0)]
        case .matrix: throw TemplateError("rule result is not a vector or scalar")
        }
    }

    private func value(of text: String) throws(TemplateError) -> Value {
        do {
            let expression = try Expression.parse(text, options: context.parser)
            return try context.instant(expression, at: context.time, in: store, until: deadline)
        } catch {
            throw TemplateError("\(error)")
        }
    }
}
