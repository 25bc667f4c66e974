package import StrictYAML

/// Why the agent did not start, with what to do about it.
package enum StartError: Error, CustomStringConvertible {
    /// The configuration or a rule file has mistakes: one line for each.
    case invalid([YAMLIssue])
    case unreadable(FileError)
    case storage(String)
    case listen(String)
    case client(String)

    package var description: String {
        switch self {
        case .invalid(let issues): issues.map { "\($0)" }.joined(separator: "\n")
        case .unreadable(let error): "\(error)"
        case .storage(let text), .listen(let text), .client(let text): text
        }
    }

    /// 2: the files that were given cannot be used; 1: the machine refused.
    package var exitCode: Int32 {
        switch self {
        case .invalid, .unreadable: 2
        case .storage, .listen, .client: 1
        }
    }
}
