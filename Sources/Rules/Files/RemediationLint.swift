import GoTemplate
import PromQL
import StrictYAML

/// Checks alerting rules that request a restart through the labels `remediate`, `hang` and
/// `graph_id`, or block restarts through `remediate: block`. An unknown value is an error, because
/// the rule would do nothing or the wrong thing; everything that merely looks risky is a warning.
struct RemediationLint {
    var vocabulary: SeriesVocabulary?

    struct Finding {
        let message: String
        let severity: YAMLIssue.Severity
        /// The label to point at. If the rule does not have it, the issue points at the rule.
        let label: String
    }

    /// The allowed values per label.
    private static let vocabulary = [
        "remediate": ["restart", "block"], "hang": ["unresponsive", "import", "export", "clear"],
    ]

    func findings(in rule: AlertingRule) -> [Finding] {
        let labels = Dictionary(
            uniqueKeysWithValues: rule.labels.map { ($0.name, $0.template) }
        )
        guard let remediate = labels["remediate"] else { return [] }
        if remediate.literal == "block" { return [] }
        return Self.wrongValues(labels) + missingLabels(rule, labels) + Self.risks(rule)
            + delays(rule)
    }

    private static func wrongValues(_ labels: [String: Template]) -> [Finding] {
        ["remediate", "hang"].compactMap { name in
            // The value of a template is only known once the alert fires.
            guard let template = labels[name], let value = template.literal,
                let allowed = vocabulary[name], !allowed.contains(value)
            else { return nil }
            let hint =
                Suggestion.closest(to: value, among: allowed)
                .map { "; did you mean \"\($0)\"?" } ?? ""
            return Finding(
                message: "label \"\(name)\": unknown value \"\(value)\"\(hint) "
                    + "(known: \(allowed.joined(separator: ", ")))",
                severity: .error,
                label: name
            )
        }
    }

    private func missingLabels(
        _ rule: AlertingRule,
        _ labels: [String: Template]
    ) -> [Finding] {
        var findings: [Finding] = []
        if labels["hang"] == nil {
            findings.append(
                Finding(
                    message: "requests a remediation without the label \"hang\"; "
                        + "assuming unresponsive (known: unresponsive, import, export, clear)",
                    severity: .warning,
                    label: "remediate"
                )
            )
        }
        let presence = LabelPresence(vocabulary: vocabulary)
        if labels["graph_id"] == nil, !presence.mayHave("graph_id", rule.expression) {
            findings.append(
                Finding(
                    message:
                        "requests a remediation, but its expression never returns the label "
                        + "\"graph_id\"; keep it (by (graph_id), on (graph_id)) or set it",
                    severity: .warning,
                    label: "remediate"
                )
            )
        }
        return findings
    }

    /// What the graph was minutes ago is no reason to restart it now.
    private func delays(_ rule: AlertingRule) -> [Finding] {
        guard let vocabulary else { return [] }
        let delayed = Set(rule.expression.selectors.compactMap(vocabulary.delayedName))
        return delayed.sorted().map { metric in
            Finding(
                message: "requests a remediation by \"\(metric)\", which rests on samples that are "
                    + "up to ten minutes old; use what the agent sees itself",
                severity: .warning,
                label: "remediate"
            )
        }
    }

    /// Settings that could restart a healthy graph.
    private static func risks(_ rule: AlertingRule) -> [Finding] {
        var messages: [String] = []
        if rule.holdDuration == .zero {
            messages.append(
                "requests a remediation without \"for\": a single bad sample triggers it"
            )
        }
        if rule.keepFiringFor > .zero {
            messages.append(
                "keep_firing_for keeps requesting the remediation after the graph has recovered"
            )
        }
        return messages.map { Finding(message: $0, severity: .warning, label: "remediate") }
    }
}
