package import Rules
package import StrictYAML

/// A configuration with the rule files that it names, all read at one moment.
package struct LoadedConfiguration: Sendable {
    package var configuration: Configuration
    package var ruleFiles: [RuleFile]
    /// What is allowed but worth a look.
    package var warnings: [YAMLIssue]

    /// Reads the configuration and every rule file. Nothing of it is used unless all of it is
    /// right.
    package static func load(_ file: String) throws(StartError) -> LoadedConfiguration {
        let reading = ConfigurationReader.read(try text(file), file: file)
        guard let configuration = reading.value else { throw .invalid(reading.issues) }
        var issues = reading.issues
        var ruleFiles: [RuleFile] = []
        for path in configuration.ruleFiles.flatMap(FilePaths.matching) {
            let (ruleFile, found) = RuleFile.parse(try text(path), file: path)
            issues += found
            if let ruleFile { ruleFiles.append(ruleFile) }
        }
        guard !issues.containsErrors else { throw .invalid(issues) }
        return LoadedConfiguration(
            configuration: configuration,
            ruleFiles: ruleFiles,
            warnings: issues
        )
    }

    private static func text(_ file: String) throws(StartError) -> String {
        do {
            return try TextFile.text(file)
        } catch {
            throw .unreadable(error)
        }
    }
}
