package import Files
package import StrictYAML

/// Why a configuration cannot be used.
package enum ConfigurationError: Error, CustomStringConvertible {
    /// All errors in the files. The description has one line for each, with file, line and column.
    case invalid([YAMLIssue])
    case unreadable(FileError)

    package var description: String {
        switch self {
        case .invalid(let issues): issues.map { "\($0)" }.joined(separator: "\n")
        case .unreadable(let error): "\(error)"
        }
    }
}
