import Rules
import StrictYAML

/// What `graphwarden check rules` finds in one file.
package struct RuleFileCheck: Sendable {
    package var ruleCount = 0
    /// Errors and warnings, one line each, with file, line and column.
    package var problems: [String] = []
    /// 0 good, 1 mistakes, 2 not readable.
    package var exitCode: Int32 = 0

    package static func check(_ file: String) -> RuleFileCheck {
        var check = RuleFileCheck()
        do {
            let reading = RuleFile.parse(try TextFile.text(file), file: file)
            check.problems = reading.issues.map { "\($0)" }
            check.exitCode = reading.issues.containsErrors ? 1 : 0
            check.ruleCount = reading.file?.groups.reduce(0) { $0 + $1.rules.count } ?? 0
        } catch {
            check.problems = ["\(error)"]
            check.exitCode = 2
        }
        return check
    }
}
