/// Why a call got no result.
package enum EtcdError: Error, Hashable, Sendable {
    case invalidConfiguration(String)
    /// No endpoint gave an answer, and nothing was carried out.
    case unreachable(String)
    /// No endpoint gave an answer, and the request may have been carried out: the time ran out, the
    /// connection was lost, or etcd's own wait for the cluster timed out.
    ///
    /// It may also be carried out later, when a member resumes that was suspended: reading the keys
    /// tells only what has happened so far. A late transaction does nothing if a write since then
    /// made its compares false.
    case outcomeUnknown(String)
    /// etcd refused the request and did nothing. The code is gRPC's: 3 invalid or too many
    /// operations, 5 no such lease, 7 permission denied, 9 precondition, 11 out of range.
    case refused(code: Int, message: String)
    /// The alarm NOSPACE: etcd accepts only reads and deletes.
    case noSpace
    /// No user, a wrong password, or a token that was refused even after it was renewed.
    case unauthenticated(String)
    /// The answer to a read is larger than this client accepts.
    case answerTooLarge(String)
    /// The task was cancelled, and nothing was carried out.
    case cancelled
}

extension EtcdError {
    /// Whether a call that changes something may have done so.
    ///
    /// That includes `noSpace`: a member that finds the database full while it applies a
    /// transaction applies it nevertheless, reports NOSPACE, and refuses only what follows.
    var mayHaveBeenCarriedOut: Bool {
        switch self {
        case .outcomeUnknown, .noSpace: true
        default: false
        }
    }
}

extension EtcdError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .invalidConfiguration(let message): "etcd: \(message)"
        case .unreachable(let message):
            "no etcd endpoint answered: \(message). Check the endpoints, the network, the "
                + "certificates and the health of the cluster"
        case .outcomeUnknown(let message):
            "etcd may have carried out the request or may still do so, but gave no answer: "
                + "\(message). Check the health of the cluster"
        case .refused(code: 7, let message):
            "etcd refused the request: \(message). Grant a role of the user access to these keys"
        case .refused(let code, let message): "etcd refused the request: \(message) (code \(code))"
        case .noSpace:
            "the database of etcd is full (alarm NOSPACE). Compact and defragment it or raise "
                + "--quota-backend-bytes, then run etcdctl alarm disarm"
        case .unauthenticated(let message):
            "etcd refused the credentials: \(message). Check the user and the password file"
        case .answerTooLarge(let message):
            "the answer of etcd is too large: \(message). Check what other programs write below the prefix"
        case .cancelled: "the request to etcd was cancelled"
        }
    }
}
