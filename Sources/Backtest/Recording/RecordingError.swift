/// Why a recording cannot be used.
package enum RecordingError: Error, Hashable, Sendable, CustomStringConvertible {
    case malformed(line: Int, String)
    /// Beyond this many runs of values or series.
    case tooLarge(line: Int, limit: Int, String)
    /// Two agents recorded the same series at the same time.
    case severalAgents(String, String)
    /// - labels: of the second, as far as the agent does not write them.
    case severalProjects(String, String, labels: String)
    case empty(String)

    package var description: String {
        switch self {
        case .malformed(let line, let reason): Self.place(line) + reason
        case .tooLarge(let line, let limit, let what):
            Self.place(line)
                + "the recording has more than \(limit) \(what); choose fewer graphs with"
                + " --match '{graph_id=~\"...\"}', or less time with --from and --to"
        case .severalAgents(let first, let second):
            "the same series was recorded twice at the same time, with {\(first)} and {\(second)};"
                + " \(Self.choice(second))"
        case .severalProjects(let first, let second, let labels):
            "the recording has the projects \(first) and \(second); \(Self.choice(labels))"
        case .empty(let reason): reason
        }
    }

    /// Only text has lines.
    private static func place(_ line: Int) -> String { line > 0 ? "\(line): " : "" }

    private static func choice(_ labels: String) -> String {
        let example = labels.isEmpty ? "instance=\"...\"" : labels
        return "choose one with --match, such as --match '{\(example)}'"
    }
}
