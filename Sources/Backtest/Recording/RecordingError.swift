/// Why a recording cannot be used.
package enum RecordingError: Error, Hashable, Sendable, CustomStringConvertible {
    case malformed(line: Int, String)
    /// Beyond this many runs of values or series.
    case tooLarge(line: Int, limit: Int, String)
    /// Two agents recorded the same series at the same time.
    case severalAgents(String, String)
    case severalProjects(String, String)
    case empty(String)

    package var description: String {
        switch self {
        case .malformed(let line, let reason): "\(line): \(reason)"
        case .tooLarge(let line, let limit, let what):
            "\(line): the recording has more than \(limit) \(what); choose fewer graphs with"
                + " --match '{graph_id=~\"...\"}', or less time with --from and --to"
        case .severalAgents(let first, let second):
            "two agents recorded the same series at the same time: {\(first)} and {\(second)};"
                + " choose one with --match, such as --match '{instance=\"...\"}'"
        case .severalProjects(let first, let second):
            "the recording has the projects \(first) and \(second); choose one with --match, such as"
                + " --match '{instance=\"...\"}'"
        case .empty(let reason): reason
        }
    }
}
