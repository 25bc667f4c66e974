import GoTemplate
import PromQL
import StrictYAML

/// Checks the labels by which an alerting rule asks for a graph to be restarted.
struct RemediationLint {
    var vocabulary: SeriesVocabulary?

    struct Finding {
        let message: String
        let severity: YAMLIssue.Severity
        /// The label to point at; the whole rule if the rule has no such label.
        let label: String
    }

    /// What a label may say.
    private static let vocabulary = [
        "remediate": ["restart"], "hang": ["unresponsive", "import", "export", "clear"],
    ]

    func findings(in rule: AlertingRule) -> [Finding] {
        let labels = Dictionary(
            uniqueKeysWithValues: rule.labels.map { ($0.name, $0.template) }
        )
        guard labels["remediate"] != nil else { return [] }
        return Self.wrongValues(labels) + missingLabels(rule, labels) + Self.risks(rule)
    }

    private static func wrongValues(_ labels: [String: Template]) -> [Finding] {
        ["remediate", "hang"].compactMap { name in
            // What a template makes of it is known only when the alert fires.
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
                    message: "asks for a remediation without a label \"hang\"; "
                        + "unresponsive is assumed (known: unresponsive, import, export, clear)",
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
                        "asks for a remediation, but no result of its expression has the label "
                        + "\"graph_id\"; keep it (by (graph_id), on (graph_id)) or set it",
                    severity: .warning,
                    label: "remediate"
                )
            )
        }
        return findings
    }

    private static func risks(_ rule: AlertingRule) -> [Finding] {
        var messages: [String] = []
        if rule.holdDuration == .zero {
            messages.append(
                "asks for a remediation without \"for\": a single bad sample is enough"
            )
        }
        if rule.keepFiringFor > .zero {
            messages.append(
                "keep_firing_for goes on asking for a remediation after the graph has recovered"
            )
        }
        return messages.map { Finding(message: $0, severity: .warning, label: "remediate") }
    }
}
