package import PromQL
package import StrictYAML

/// What was found in a rule file.
package struct RuleFileReading: Sendable {
    /// `nil` if `issues` contains an error.
    package let file: RuleFile?
    /// Errors and warnings, in the order of the text.
    package let issues: [YAMLIssue]
    /// Warnings about rules of one name and one set of labels: promtool's lint `duplicate-rules`.
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
    /// Accepted are the keys of Prometheus 3 (2.42 knows no `query_offset` and no `labels` of
    /// groups). The messages are promtool's; beyond it, expressions of a wrong type and mistakes
    /// in the labels that ask for a remediation are found.
    ///
    /// - Parameters:
    ///   - path: names the file in issues and in the groups.
    ///   - options: which parts of the language its expressions may use.
    ///   - vocabulary: with it, names that no series has are warned about.
    package static func read(
        _ text: String,
        file path: String,
        options: ParserOptions = ParserOptions(),
        vocabulary: SeriesVocabulary? = nil
    ) -> RuleFileReading {
        let reading = YAMLDocument.read(text, file: path, as: RuleFileSource.type)
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

    /// As `read`, with all issues in one list.
    package static func parse(
        _ text: String,
        file path: String,
        options: ParserOptions = ParserOptions()
    ) -> (file: RuleFile?, issues: [YAMLIssue]) {
        let reading = read(text, file: path, options: options)
        return (reading.file, (reading.issues + reading.duplicates).sorted { $0.mark < $1.mark })
    }
}
