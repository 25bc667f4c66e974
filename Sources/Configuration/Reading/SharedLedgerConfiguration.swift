package import Coordination
package import GES

/// The section `ledger`: the etcd through which agents share a fleet.
package struct SharedLedgerConfiguration: Sendable, Hashable {
    /// Any members of one etcd cluster, tried in turn.
    package var endpoints: [Endpoint]
    /// Of all keys; nil for one that names the project.
    package var prefix: String?
    /// PEM file of the certificate authorities to trust instead of the system's.
    package var caFile: String?
    /// PEM files of the client certificate and its key.
    package var certificateFile: String?
    package var keyFile: String?
    package var user: String?
    package var passwordFile: String?
    /// How the other agents and people call this one; nil for the name of the host.
    package var name: String?
    package var lease = LeaseTiming.standard
    /// Whether each agent reads a part of the graphs instead of all.
    package var dividesWatch = false

    package init(endpoints: [Endpoint]) {
        self.endpoints = endpoints
    }

    /// The prefix of the keys of a project.
    package func prefix(ofProject projectID: String) -> String {
        prefix ?? "/graphwarden/\(projectID)/"
    }
}
