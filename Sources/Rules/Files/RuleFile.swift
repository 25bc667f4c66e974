// Rules owns Prometheus' rule files: reading them strictly, evaluating them over the agent's series
// in Prometheus' way, and running their unit tests. It says which alerts are pending or firing and
// nothing about what is to be done; it opens no file, holds no clock and sends nothing.

import GoTemplate
package import PromQL
package import Series

/// A rule file, read and found to be without errors.
package struct RuleFile: Sendable, Hashable {
    /// The path as it was given; with a group's name it identifies the group.
    package let path: String
    package let groups: [RuleGroup]
}

/// Rules that are evaluated together, one after the other, at the same timestamps.
package struct RuleGroup: Sendable, Hashable {
    package let name: String
    package let file: String
    /// `nil` takes the engine's default.
    package let interval: Duration?
    /// The most alerts or series that one rule may produce; 0 is no limit.
    package let limit: Int
    /// How far before its timestamp an evaluation looks; `nil` takes the engine's default.
    package let queryOffset: Duration?
    package let rules: [Rule]
}

package enum Rule: Sendable, Hashable {
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
    /// How long the alert keeps firing after the expression ceased to hold.
    package let keepFiringFor: Duration
    /// Labels of the group included; sorted by name.
    package let labels: [TemplatedText]
    /// Sorted by name.
    package let annotations: [TemplatedText]
}

package struct RecordingRule: Sendable, Hashable {
    /// The name of the series that the rule writes.
    package let name: String
    package let expression: Expression
    /// Labels of the group included; sorted by name. An empty value removes the label.
    package let labels: [Label]
}

/// A label or annotation of an alerting rule.
package struct TemplatedText: Sendable, Hashable {
    package let name: String
    let template: Template

    /// As written in the rule file.
    package var text: String { template.text }
}
