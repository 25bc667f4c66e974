import Configuration
import API
import Files
import PromQL
import RE2
import Rules
import StrictYAML

/// The options of `graphwarden test rules`.
struct RuleTestOptions: Sendable {
    fileprivate var tests = RuleTestFile.Options()

    /// - Parameters:
    ///   - tolerance: see `RuleTestFile.Options.tolerance`.
    ///   - names: regular expressions; tests whose name matches none of them are skipped. An empty
    ///     list runs all tests.
    ///   - language: only the language settings are used, not the limits.
    /// - Throws: if one of `names` is not a valid regular expression.
    init(
        tolerance: Double,
        names: [String],
        language: QueryOptions
    ) throws {
        tests.tolerance = tolerance
        if !names.isEmpty {
            // Each name is grouped, because it may itself contain an alternation.
            let pattern = names.map { "(?:\($0))" }.joined(separator: "|")
            tests.nameFilter = try RegularExpression(pattern)
        }
        tests.parser = language.parser
        tests.engine.compatibility = language.compatibility
        tests.engine.delaysNameRemoval = language.delaysNameRemoval
    }
}

/// The result of `graphwarden test rules` for one test file.
struct RuleTestCheck: Sendable {
    private let report: RuleTestReport
    /// Errors that prevent the tests from running, and warnings; one line each.
    private(set) var problems: [String] = []
    /// 0 all tests passed, 1 a test failed or a file is invalid, 2 a file cannot be read.
    let exitCode: Int32

    /// The report as text.
    var description: String { report.description }

    /// The reports as JUnit XML.
    static func junit(_ checks: [RuleTestCheck]) -> String {
        RuleTestReport.junit(checks.map(\.report))
    }

    static func run(_ file: String, options: RuleTestOptions) -> RuleTestCheck {
        var loading = Loading()
        do {
            let reading = RuleTestFile.parse(try TextFile.argument(file), file: file)
            loading.take(reading.issues)
            guard let tests = reading.file else { return RuleTestCheck(failed: file, loading) }
            // As in promtool, a broken rule file fails the test file even if it contains no tests.
            let rules = loading.ruleFiles(of: tests, options.tests.parser)
            guard loading.exitCode == 0 else { return RuleTestCheck(failed: file, loading) }
            let report = tests.run(rules, options: options.tests)
            return RuleTestCheck(report: report, loading.problems)
        } catch {
            loading.fail("\(error)", exitCode: 2)
            return RuleTestCheck(failed: file, loading)
        }
    }

    private init(report: RuleTestReport, _ problems: [String]) {
        self.report = report
        self.problems = problems
        exitCode = report.passed ? 0 : 1
    }

    private init(failed file: String, _ loading: Loading) {
        report = RuleTestReport(file: file, cases: [], problems: loading.problems)
        problems = loading.problems
        exitCode = loading.exitCode
    }
}

/// Reads the rule files of a test file and collects their errors.
private struct Loading {
    var problems: [String] = []
    var exitCode: Int32 = 0

    mutating func fail(_ problem: String, exitCode code: Int32) {
        problems.append(problem)
        exitCode = max(exitCode, code)
    }

    mutating func take(_ issues: [YAMLIssue]) {
        problems += issues.map { "\($0)" }
        if issues.containsErrors { exitCode = max(exitCode, 1) }
    }

    /// The rule files that match the patterns of the test file, without duplicates.
    mutating func ruleFiles(of tests: RuleTestFile, _ parser: ParserOptions) -> [RuleFile] {
        let folder = FilePaths(configurationFile: tests.path)
        var seen: Set<String> = []
        var files: [RuleFile] = []
        for pattern in tests.ruleFiles {
            let path = folder.clean(pattern.value)
            let matches = FilePaths.matching(path)
            // promtool's wording, and like promtool only a warning.
            if matches.isEmpty { problems.append("  WARNING: no file match pattern \(path)") }
            for match in matches where seen.insert(match).inserted {
                do {
                    let reading = RuleFile.parse(
                        try TextFile.text(match),
                        file: match,
                        options: parser
                    )
                    take(reading.issues.filter { $0.severity == .error })
                    if let file = reading.file { files.append(file) }
                } catch {
                    fail("\(error)", exitCode: 2)
                }
            }
        }
        return files
    }
}
