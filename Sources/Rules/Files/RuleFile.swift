// Rules owns Prometheus rule files: it reads them strictly (Files), evaluates them over the agent's
// series with Prometheus' semantics (Evaluation), and runs rule unit tests in promtool's format
// (UnitTests). Start with `RuleFile.read`, then `RuleEngine.evaluate`.
//
// Rules reports which alerts are pending or firing. It must not decide what to do about them: that
// is the job of Remediation. It opens no file, reads no clock and sends nothing; text, time and
// series are arguments.

import GoTemplate
package import PromQL
package import Series

/// A rule file that was read without errors.
package struct RuleFile: Sendable, Hashable {
    /// The path as given. Together with the group's name it identifies a group.
    package let path: String
    package let groups: [RuleGroup]
}

/// Rules that are evaluated in order at the same timestamps.
package struct RuleGroup: Sendable, Hashable {
    package let name: String
    package let file: String
    /// `nil` uses the engine's default.
    package let interval: Duration?
    /// The maximum number of alerts or series that one rule may produce; 0 means no limit.
    package let limit: Int
    /// How far before the slot expressions are evaluated; `nil` uses the engine's default.
    package let queryOffset: Duration?
    package let rules: [Rule]
}

/// Indirect, so that passing a rule on copies one reference.
package indirect enum Rule: Sendable, Hashable {
    case alerting(AlertingRule)
    case recording(RecordingRule)

    package var name: String {
        switch self {
        case .alerting(let rule): rule.name
        case .recording(let rule): rule.name
        }
    }

    package var expression: Expression {
        switch self {
        case .alerting(let rule): rule.expression
        case .recording(let rule): rule.expression
        }
    }
}

package struct AlertingRule: Sendable, Hashable {
    package let name: String
    package let expression: Expression
    /// `for`: how long the expression must hold before the alert fires.
    package let holdDuration: Duration
    /// How long the alert keeps firing after the expression stops holding.
    package let keepFiringFor: Duration
    /// Including the group's labels; sorted by name.
    package let labels: [TemplatedText]
    /// Sorted by name.
    package let annotations: [TemplatedText]
}

extension AlertingRule {
    /// Whether the label is written in the file with this value.
    package func isLabelled(_ name: String, _ value: String) -> Bool {
        labels.contains { $0.name == name && $0.text == value }
    }

    /// Whether its alerts may ask for a restart; a label with a template may turn out so.
    package var mayAskForRestart: Bool {
        labels.contains { label in
            label.name == "remediate" && (label.text == "restart" || label.text.contains("{{"))
        }
    }
}

package struct RecordingRule: Sendable, Hashable {
    /// The metric name of the recorded series.
    package let name: String
    package let expression: Expression
    /// Including the group's labels; sorted by name. An empty value removes the label.
    package let labels: [Label]
}

/// A label or annotation of an alerting rule.
package struct TemplatedText: Sendable, Hashable {
    package let name: String
    let template: Template

    /// As written in the rule file.
    package var text: String { template.text }
}
