import Time

/// The results of one test file.
package struct RuleTestReport: Sendable {
    package let file: String
    package let cases: [Case]
    /// Why the tests could not be run; empty if they ran.
    package let problems: [String]

    package struct Case: Sendable {
        package let name: String
        package let line: Int
        package let failures: [Failure]

        package var passed: Bool { failures.isEmpty }
    }

    package struct Failure: Sendable {
        /// The line of the check in the test file.
        package let line: Int
        /// Time since the start of the test.
        package let time: Duration
        /// `alert NAME`, `expression TEXT` or `rule NAME`.
        package let subject: String
        let lines: [Line]
    }

    enum Line: Sendable, Hashable {
        case missing(String)
        case surplus(String)
        case note(String)

        var text: String {
            switch self {
            case .missing(let text): "- \(text)"
            case .surplus(let text): "+ \(text)"
            case .note(let text): "  \(text)"
            }
        }
    }

    package init(file: String, cases: [Case], problems: [String] = []) {
        self.file = file
        self.cases = cases
        self.problems = problems
    }

    package var passed: Bool { problems.isEmpty && cases.allSatisfy(\.passed) }

    /// For the terminal. A passing file takes one line. A failing one lists every failure with its
    /// position; `-` marks missing results and `+` surplus ones.
    package var description: String {
        guard problems.isEmpty else { return "\(file): FAILED, the tests could not be run" }
        let failed = cases.filter { !$0.passed }
        let count = cases.count
        guard !failed.isEmpty else {
            return "\(file): \(count) test\(count == 1 ? "" : "s") passed"
        }
        let details = failed.flatMap { testCase in
            testCase.failures.map { "\($0.description(file: file, testCase: testCase.name))" }
        }
        return details.joined(separator: "\n")
            + "\n\(file): \(failed.count) of \(count) tests failed"
    }
}

extension RuleTestReport.Failure {
    fileprivate func description(file: String, testCase: String) -> String {
        let head = "\(file):\(line): FAILED \"\(testCase)\": \(headline)"
        return ([head] + lines.map { "    " + $0.text }).joined(separator: "\n")
    }

    fileprivate var headline: String { "\(subject) at \(PrometheusDuration.format(time))" }
}

extension RuleTestReport {
    /// All reports as JUnit XML, for CI servers.
    package static func junit(_ reports: [RuleTestReport]) -> String {
        let cases = reports.flatMap(\.cases)
        let failures = cases.count { !$0.passed }
        let errors = reports.count { !$0.problems.isEmpty }
        let suites = reports.map(\.suite).joined(separator: "\n")
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuites tests="\(cases.count + errors)" failures="\(failures)" errors="\(errors)">
            \(suites)
            </testsuites>

            """
    }

    private var suite: String {
        guard problems.isEmpty else { return brokenSuite }
        let failures = cases.count { !$0.passed }
        let open =
            "  <testsuite name=\"\(Self.escaped(file))\" tests=\"\(cases.count)\" "
            + "failures=\"\(failures)\" errors=\"0\">"
        return ([open] + cases.map(element) + ["  </testsuite>"]).joined(separator: "\n")
    }

    /// A file whose tests could not be run counts as one test with an error: an empty suite would
    /// look like a success.
    private var brokenSuite: String {
        let name = Self.escaped(file)
        return """
              <testsuite name="\(name)" tests="1" failures="0" errors="1">
                <testcase name="reading the files" classname="\(name)">
                  <error message="the tests could not be run">\
            \(Self.escaped(problems.joined(separator: "\n")))</error>
                </testcase>
              </testsuite>
            """
    }

    private func element(_ testCase: Case) -> String {
        let open =
            "    <testcase name=\"\(Self.escaped(testCase.name))\" "
            + "classname=\"\(Self.escaped(file))\" line=\"\(testCase.line)\""
        guard !testCase.passed else { return open + "/>" }
        let failures = testCase.failures.map { failure in
            let text = failure.lines.map(\.text).joined(separator: "\n")
            return "      <failure message=\"\(Self.escaped(failure.headline))\">"
                + Self.escaped(text) + "</failure>"
        }
        return ([open + ">"] + failures + ["    </testcase>"]).joined(separator: "\n")
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "&": result += "&amp;"
            case "\"": result += "&quot;"
            // XML 1.0 cannot represent other control characters, not even escaped.
            case "\u{0}"..<"\u{9}", "\u{B}", "\u{C}", "\u{E}"..<"\u{20}": result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
