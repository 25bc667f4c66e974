import StrictYAML

/// The result of `graphwarden check web-config` for one file.
package struct WebConfigurationCheck: Sendable {
    /// Errors and warnings, one line each, with file, line and column.
    package var problems: [String] = []
    /// 0 valid, 1 invalid, 2 unreadable.
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
