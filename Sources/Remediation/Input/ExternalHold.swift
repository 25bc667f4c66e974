/// A reason to hold that comes from outside: the machine keeps no calendar and asks nobody.
package enum ExternalHold: Hashable, Sendable {
    /// A maintenance window of the configuration is open.
    case maintenance(window: String)
    /// An Alertmanager silence matches.
    case silenced(by: String)
    /// Another agent holds the lease. Not even an order passes over this one: two agents must
    /// never restart the same graph.
    case notLeader(leader: String)
}

extension ExternalHold: CustomStringConvertible {
    package var description: String {
        switch self {
        case .maintenance(let window): "maintenance window \"\(window)\" is open"
        case .silenced(let by): "silenced by \(by)"
        case .notLeader(let leader): "another agent is the leader: \(leader)"
        }
    }
}
