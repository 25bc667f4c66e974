import GoTemplate
import PromQL
import Series
import StrictYAML

/// Validates a decoded rule file in the order and with the messages of Prometheus (model/rulefmt).
/// Validation continues after an error, so that one run reports all of them.
struct RuleValidation {
    let file: String
    let options: ParserOptions
    let vocabulary: SeriesVocabulary?
    private(set) var issues: [YAMLIssue] = []
    /// Warnings about duplicate rules.
    private(set) var duplicates: [YAMLIssue] = []

    init(file: String, options: ParserOptions, vocabulary: SeriesVocabulary?) {
        self.file = file
        self.options = options
        self.vocabulary = vocabulary
    }

    mutating func validate(_ source: RuleFileSource) -> [RuleGroup] {
        var names: Set<String> = []
        let groups = source.groups.map { group in
            if group.name.isEmpty { report("Groupname must not be empty", at: group.mark) }
            if !names.insert(group.name).inserted {
                report("groupname: \"\(group.name)\" is repeated in the same file", at: group.mark)
            }
            return validate(group)
        }
        reportDuplicates(source, groups)
        return groups
    }

    private mutating func validate(_ group: GroupSource) -> RuleGroup {
        for label in group.labels where !Self.isValidLabelName(label.key) {
            report("invalid label name: \(label.key)", at: label.keyMark)
        }
        let rules = group.rules.enumerated().compactMap { index, rule -> Rule? in
            let place = RulePlace(group: group.name, number: index + 1, name: rule.name)
            return validate(rule, in: group, place)
        }
        return RuleGroup(
            name: group.name,
            file: file,
            interval: group.interval,
            limit: group.limit,
            queryOffset: group.queryOffset,
            rules: rules
        )
    }

    // MARK: Rules

    /// The rule that a message is about.
    private struct RulePlace {
        let group: String
        let number: Int
        let name: String

        var description: String { "group \"\(group)\", rule \(number), \"\(name)\"" }
    }

    private mutating func validate(
        _ rule: RuleSource,
        in group: GroupSource,
        _ place: RulePlace
    ) -> Rule? {
        let record = rule.record.flatMap { $0.value.isEmpty ? nil : $0 }
        let alert = rule.alert.flatMap { $0.value.isEmpty ? nil : $0 }
        if let record, alert != nil {
            report("only one of 'record' and 'alert' must be set", at: record.mark, place)
        }
        if record == nil, alert == nil {
            report("one of 'record' or 'alert' must be set", at: rule.mark, place)
        }
        let expression = expression(of: rule, place)
        if let record { checkRecording(rule, record, place) }
        for label in rule.labels where !Self.isValidLabelName(label.key) {
            report("invalid label name: \(label.key)", at: label.keyMark, place)
        }
        for annotation in rule.annotations where annotation.key.isEmpty {
            report("invalid annotation name: \(annotation.key)", at: annotation.keyMark, place)
        }
        // Labels of the rule override those of the group.
        let labels = group.labels.filter { label in !rule.labels.contains { $0.key == label.key } }
        if let alert {
            return alertingRule(rule, alert.value, expression, labels + rule.labels, place)
        }
        guard let record, let expression else { return nil }
        let pairs = (labels + rule.labels).map { Label(name: $0.key, value: $0.value) }
        return .recording(
            RecordingRule(
                name: record.value,
                expression: expression,
                labels: pairs.sorted { $0.name < $1.name }
            )
        )
    }

    /// The parsed expression; `nil` after an error. promtool finds a wrong type only when a rule
    /// is evaluated; here it is an error at once.
    private mutating func expression(of rule: RuleSource, _ place: RulePlace) -> Expression? {
        guard let source = rule.expression, !source.value.isEmpty else {
            report(
                "field 'expr' must be set in rule",
                at: rule.expression?.mark ?? rule.mark,
                place
            )
            return nil
        }
        do throws(ParseError) {
            let expression = try Expression.parse(source.value, options: options)
            switch expression.valueType {
            case .instantVector, .scalar:
                let lint = vocabulary.map(SeriesLint.init)
                for message in lint?.findings(in: expression) ?? [] {
                    report(message, at: source.mark, place, .warning)
                }
                return expression
            case .rangeVector, .string:
                report(
                    "the expression is a \(expression.valueType); "
                        + "a rule needs an instant vector or a scalar",
                    at: source.mark,
                    place
                )
                return nil
            }
        } catch {
            report("could not parse expression: \(error)", at: source.mark, place)
            return nil
        }
    }

    private mutating func checkRecording(
        _ rule: RuleSource,
        _ record: YAMLLocated<String>,
        _ place: RulePlace
    ) {
        let surplus = [
            ("annotations", !rule.annotations.isEmpty),
            ("for", rule.holdDuration ?? .zero != .zero),
            ("keep_firing_for", rule.keepFiringFor ?? .zero != .zero),
        ]
        for (field, isSet) in surplus where isSet {
            report("invalid field '\(field)' in recording rule", at: record.mark, place)
        }
        if record.value.contains(where: { $0 == "{" || $0 == "}" }) {
            report(
                "braces present in the recording rule name; should it be in expr?: \(record.value)",
                at: record.mark,
                place
            )
        }
    }

    private mutating func alertingRule(
        _ rule: RuleSource,
        _ name: String,
        _ expression: Expression?,
        _ labels: [YAMLKeyed<String>],
        _ place: RulePlace
    ) -> Rule? {
        let labelTexts = labels.map { templatedText($0, "label", alert: name, place) }
        let annotations = rule.annotations.map {
            templatedText($0, "annotation", alert: name, place)
        }
        guard let expression else { return nil }
        let alerting = AlertingRule(
            name: name,
            expression: expression,
            holdDuration: rule.holdDuration ?? .zero,
            keepFiringFor: rule.keepFiringFor ?? .zero,
            labels: labelTexts.compactMap(\.self).sorted { $0.name < $1.name },
            annotations: annotations.compactMap(\.self).sorted { $0.name < $1.name }
        )
        for finding in RemediationLint(vocabulary: vocabulary).findings(in: alerting) {
            let label = labels.first { $0.key == finding.label }
            report(finding.message, at: label?.valueMark ?? rule.mark, place, finding.severity)
        }
        return .alerting(alerting)
    }

    private mutating func templatedText(
        _ source: YAMLKeyed<String>,
        _ kind: String,
        alert: String,
        _ place: RulePlace
    ) -> TemplatedText? {
        do throws(TemplateError) {
            let template = try Template(source.value, name: "__alert_\(alert)")
            for problem in template.problems(query: checkQuery) {
                report(
                    "\(kind) \"\(source.key)\" will expand to an error: \(problem)",
                    at: source.valueMark,
                    place,
                    .warning
                )
            }
            return TemplatedText(name: source.key, template: template)
        } catch {
            report("\(kind) \"\(source.key)\": \(error)", at: source.valueMark, place)
            return nil
        }
    }

    /// Checks the expression that a template queries.
    private func checkQuery(_ text: String) throws(TemplateError) -> [TemplateSample] {
        do throws(ParseError) {
            _ = try Expression.parse(text, options: options)
            return []
        } catch {
            throw TemplateError("\(error)")
        }
    }

    // MARK: Duplicates

    /// Warns about rules with the same name and labels, like promtool's lint. Skips a group with a
    /// broken rule: its rules cannot be paired with their positions in the file.
    private mutating func reportDuplicates(_ source: RuleFileSource, _ groups: [RuleGroup]) {
        var seen: Set<Rule.Identity> = []
        for (groupSource, group) in zip(source.groups, groups)
        where groupSource.rules.count == group.rules.count {
            for (index, rule) in group.rules.enumerated()
            where !seen.insert(rule.identity).inserted {
                let place = RulePlace(group: group.name, number: index + 1, name: rule.name)
                duplicates.append(
                    YAMLIssue(
                        file: file,
                        mark: groupSource.rules[index].mark,
                        message: "\(place.description): duplicate rule: "
                            + "an earlier rule of this file has the same name and labels",
                        severity: .warning
                    )
                )
            }
        }
    }

    // MARK: Reports

    private mutating func report(
        _ message: String,
        at mark: YAMLMark,
        _ place: RulePlace? = nil,
        _ severity: YAMLIssue.Severity = .error
    ) {
        let text = place.map { "\($0.description): \(message)" } ?? message
        issues.append(YAMLIssue(file: file, mark: mark, message: text, severity: severity))
    }

    /// Prometheus 3 allows any UTF-8 label name, but rules may not set the metric name.
    private static func isValidLabelName(_ name: String) -> Bool {
        !name.isEmpty && name != Labels.metricNameLabel
    }
}
