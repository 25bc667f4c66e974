import StrictYAML

/// What `graphwarden check web-config` finds in one file.
package struct WebConfigurationCheck: Sendable {
    /// Errors and warnings, one line each, with file, line and column.
    package var problems: [String] = []
    /// 0 good, 1 mistakes, 2 not readable.
    package var exitCode: Int32 = 0

    package static func check(_ file: String) -> WebConfigurationCheck {
        var check = WebConfigurationCheck()
        do {
            check.problems = try WebConfiguration.load(file).warnings.map { "\($0)" }
        } catch {
            check.problems = "\(error)".split(separator: "\n").map(String.init)
            if case .unreadable = error { check.exitCode = 2 } else { check.exitCode = 1 }
        }
        return check
    }
}
