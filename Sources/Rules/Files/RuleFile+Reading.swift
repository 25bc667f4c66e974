package import PromQL
package import StrictYAML

/// The result of reading a rule file.
package struct RuleFileReading: Sendable {
    /// `nil` if `issues` contains an error.
    package let file: RuleFile?
    /// Errors and warnings, sorted by position in the file.
    package let issues: [YAMLIssue]
    /// Warnings about rules with the same name and labels: promtool's `duplicate-rules` lint.
    /// Separate from `issues` because promtool lets users switch this lint off.
    package let duplicates: [YAMLIssue]

    package init(file: RuleFile?, issues: [YAMLIssue], duplicates: [YAMLIssue]) {
        self.file = file
        self.issues = issues
        self.duplicates = duplicates
    }
}

extension RuleFile {
    /// Reads a rule file in Prometheus' format.
    ///
    /// Accepts the keys of Prometheus 3. (Prometheus 2.42 lacks the group keys `query_offset` and
    /// `labels`.) The messages are promtool's. In addition to promtool's checks, this reports
    /// expressions of the wrong type and mistakes in remediation labels.
    ///
    /// - Parameters:
    ///   - path: the file's name in issues and groups.
    ///   - options: the PromQL features that expressions may use.
    ///   - vocabulary: if given, unknown metric and label names are reported as warnings.
    package static func read(
        _ text: String,
        file path: String,
        options: ParserOptions = ParserOptions(),
        vocabulary: SeriesVocabulary? = nil
    ) -> RuleFileReading {
        let reading = YAMLDocument.read(
            text,
            file: path,
            as: RuleFileSource.type,
            dialect: .prometheus
        )
        guard let source = reading.value else {
            return RuleFileReading(file: nil, issues: reading.issues, duplicates: [])
        }
        var validation = RuleValidation(file: path, options: options, vocabulary: vocabulary)
        let groups = validation.validate(source)
        let issues = (reading.issues + validation.issues).sorted { $0.mark < $1.mark }
        return RuleFileReading(
            file: issues.containsErrors ? nil : RuleFile(path: path, groups: groups),
            issues: issues,
            duplicates: validation.duplicates
        )
    }

    /// Like `read`, with all issues in one list.
    package static func parse(
        _ text: String,
        file path: String,
        options: ParserOptions = ParserOptions()
    ) -> (file: RuleFile?, issues: [YAMLIssue]) {
        let reading = read(text, file: path, options: options)
        return (reading.file, (reading.issues + reading.duplicates).sorted { $0.mark < $1.mark })
    }
}
