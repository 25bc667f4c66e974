/// A reason to hold that comes from outside: the machine keeps no calendar and asks nobody.
package enum ExternalHold: Hashable, Sendable {
    /// A maintenance window of the configuration is open.
    case maintenance(window: String)
    /// A silence of Alertmanager matches.
    case silenced(by: String)
    /// Another agent holds the lease.
    case notLeader(leader: String)
}

extension ExternalHold: CustomStringConvertible {
    package var description: String {
        switch self {
        case .maintenance(let window): "the maintenance window \"\(window)\" is open"
        case .silenced(let by): "silenced by \(by)"
        case .notLeader(let leader): "another agent acts: \(leader)"
        }
    }
}
