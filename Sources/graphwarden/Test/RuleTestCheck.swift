import Configuration
import API
import Files
import PromQL
import RE2
import Rules
import StrictYAML

/// How `graphwarden test rules` runs its tests.
struct RuleTestOptions: Sendable {
    fileprivate var tests = RuleTestFile.Options()

    /// - Parameters:
    ///   - tolerance: how far a value may be from the expected one, as a share of the larger
    ///     magnitude; 0 compares the bits.
    ///   - names: regular expressions; tests whose name none of them finds are left out. None at all
    ///     leaves out nothing.
    ///   - language: as the rules will be evaluated; what it says of costs does not count.
    /// - Throws: when one of `names` is no regular expression.
    init(
        tolerance: Double,
        names: [String],
        language: QueryOptions
    ) throws {
        tests.tolerance = tolerance
        if !names.isEmpty {
            let pattern = names.map { "(?:\($0))" }.joined(separator: "|")
            tests.nameFilter = try RegularExpression(pattern)
        }
        tests.parser = language.parser
        tests.engine.compatibility = language.compatibility
        tests.engine.delaysNameRemoval = language.delaysNameRemoval
    }
}

/// What `graphwarden test rules` finds in one file of unit tests.
struct RuleTestCheck: Sendable {
    private let report: RuleTestReport
    /// What keeps the tests from running, and warnings; one line each.
    private(set) var problems: [String] = []
    /// 0 all tests passed, 1 one failed or a file is wrong, 2 a file cannot be read.
    let exitCode: Int32

    /// The outcome, for the terminal.
    var description: String { report.description }

    /// All outcomes as JUnit XML.
    static func junit(_ checks: [RuleTestCheck]) -> String {
        RuleTestReport.junit(checks.map(\.report))
    }

    static func run(_ file: String, options: RuleTestOptions) -> RuleTestCheck {
        var loading = Loading()
        do {
            let reading = RuleTestFile.parse(try TextFile.text(file), file: file)
            loading.take(reading.issues)
            guard let tests = reading.file else { return RuleTestCheck(failed: file, loading) }
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

/// Reads what a file of tests names, and keeps what is wrong with it.
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

    /// The rule files that the patterns of the test file name, each once.
    mutating func ruleFiles(of tests: RuleTestFile, _ parser: ParserOptions) -> [RuleFile] {
        let folder = FilePaths(configurationFile: tests.path)
        var seen: Set<String> = []
        var files: [RuleFile] = []
        for pattern in tests.ruleFiles {
            var path = folder.absolute(pattern.value)
            if path.hasPrefix("./") { path.removeFirst(2) }
            let matches = FilePaths.matching(path)
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
