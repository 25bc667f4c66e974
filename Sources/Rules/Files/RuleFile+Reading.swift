package import StrictYAML

extension RuleFile {
    /// Reads a rule file in Prometheus' format.
    ///
    /// Accepted are the keys of Prometheus 3 (2.42 knows no `query_offset` and no `labels` of
    /// groups). The messages are promtool's; beyond it, expressions of a wrong type and mistakes
    /// in the labels that ask for a remediation are found.
    ///
    /// - Parameter path: names the file in issues and in the groups.
    /// - Returns: the file, or `nil` if `issues` contains an error.
    package static func parse(
        _ text: String,
        file path: String
    ) -> (file: RuleFile?, issues: [YAMLIssue]) {
        let reading = YAMLDocument.read(text, file: path, as: RuleFileSource.type)
        guard let source = reading.value else { return (nil, reading.issues) }
        var validation = RuleValidation(file: path)
        let groups = validation.validate(source)
        let issues = (reading.issues + validation.issues).sorted { $0.mark < $1.mark }
        let file = issues.containsErrors ? nil : RuleFile(path: path, groups: groups)
        return (file, issues)
    }
}
