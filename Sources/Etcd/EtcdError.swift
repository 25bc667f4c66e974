/// Why etcd did not do what it was asked to do.
package enum EtcdError: Error, Hashable, Sendable {
    /// No endpoint could be reached, and nothing was carried out.
    case unreachable(String)
    /// The request may have been carried out: its answer was lost.
    case outcomeUnknown(String)
    /// etcd refused the request, with its gRPC code.
    case refused(code: Int, message: String)
    /// The quota of the database is used up; etcd only answers reads until it is cleared.
    case noSpace
    /// The user or the password is wrong, or lacks a permission.
    case unauthenticated(String)
    /// The answer is none of etcd's.
    case malformed(String)
}

extension EtcdError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreachable(let text): "no endpoint can be used: \(text)"
        case .outcomeUnknown(let text): "whether it was carried out is not known: \(text)"
        case .refused(_, let message): message
        case .noSpace:
            "the database of etcd is full; compact and defragment it, then disarm the alarm"
        case .unauthenticated(let text): "access is refused: \(text)"
        case .malformed(let text): "this is not an answer of etcd: \(text)"
        }
    }
}
