package import Time

/// A reason to hold that comes from outside: the machine keeps no calendar and asks nobody.
package enum ExternalHold: Hashable, Sendable {
    /// A maintenance window of the configuration is open. `ends` is nil if it does not close within
    /// a year; the graph is observed for `observe` after it has closed.
    case maintenance(window: String, ends: Timestamp?, observe: Duration)
    /// A maintenance window has closed. What was seen while it was open may be the doing of
    /// persons, so the graph is observed afresh.
    case maintenanceEnded(window: String, at: Timestamp, until: Timestamp)
    /// An Alertmanager silence matches. `by` says which and whose.
    case silenced(by: String, ends: Timestamp?)
    /// Whether a silence matches is not known yet, and why not.
    case silencesUnknown(String, until: Timestamp?)
    /// An alert with the label `remediate: block` fires. `by` says which.
    case blocked(by: String, since: Timestamp?)
    /// The cloud itself fails or throttles so many requests that a restart would meet the same
    /// fault, or that the fault is what is seen of the graphs.
    case providerIncident(ProviderIncident)
    /// Another agent holds the lease. Not even an order passes over this one: two agents must
    /// never restart the same graph.
    case notLeader(leader: String)
    /// Whether another agent leads is not known, and why not.
    case noLeader(String)
    /// These agents share the fleet and have other policies.
    case policiesDiffer([String])
}

extension ExternalHold {
    /// The gate that it closes.
    package var gate: Gate {
        switch self {
        case .maintenance, .maintenanceEnded: .maintenance
        case .silenced, .silencesUnknown: .silence
        case .blocked: .blockingAlert
        case .providerIncident: .provider
        case .notLeader, .noLeader, .policiesDiffer: .leadership
        }
    }

    /// When time alone lifts it; nil if something else has to happen.
    var until: Timestamp? {
        switch self {
        case .maintenance(_, let ends, let observe): ends.map { $0 + observe }
        case .maintenanceEnded(_, _, let until): until
        case .silenced(_, let ends): ends
        case .silencesUnknown(_, let until): until
        case .blocked, .providerIncident: nil
        case .notLeader, .noLeader, .policiesDiffer: nil
        }
    }
}

extension ExternalHold: CustomStringConvertible {
    package var description: String {
        switch self {
        case .maintenance(let window, let ends, _):
            "maintenance window \"\(window)\" is open"
                + (ends.map { " until \($0)" } ?? " and does not close within a year")
        case .maintenanceEnded(let window, let at, let until):
            "maintenance window \"\(window)\" closed at \(at); observing until \(until)"
        case .silenced(let by, _): "silenced by \(by)"
        case .silencesUnknown(let why, _): "whether a silence matches is not known yet: \(why)"
        case .blocked(let alert, let since):
            "blocked by the alert \(alert)" + (since.map { ", since \($0)" } ?? "")
        case .providerIncident(let incident): incident.description
        case .notLeader(let leader): "another agent is the leader: \(leader)"
        case .noLeader(let why): "no agent is known to lead: \(why)"
        case .policiesDiffer(let names):
            "the agents disagree about the policy: configuration or rules differ on "
                + names.joined(separator: ", ")
        }
    }
}
