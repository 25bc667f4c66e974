import Time

/// What diagnosis needs before it believes something. Set by `diagnosis` in the configuration.
package struct DiagnosisPolicy: Hashable, Sendable {
    /// Readings of a sign that are needed before anything is believed.
    package var readings = 3
    /// Blindness that lasts longer ends the active time of every alert.
    package var gap: Duration = .seconds(3 * 60)
    /// How long a graph must be seen after such a gap before windows begin anew.
    package var observe: Duration = .seconds(5 * 60)
    /// For how long a running management job keeps a graph busy.
    package var jobLimit: Duration = .seconds(2 * 3600)
    package var canaries: [Canary] = []

    package init() {}

    /// An address that proves the path to a network by accepting connections.
    package struct Canary: Hashable, Sendable {
        /// An IP network, such as `192.168.0.0/24`, or a subnet id.
        package var network: String
        /// `host:port`.
        package var address: String

        package init(network: String, address: String) {
            self.network = network
            self.address = address
        }
    }
}
