/// The way to a graph: graphs on the same path are reached or lost together.
package struct Path: Hashable, Sendable, Codable {
    /// `private`, `physical` or `public`.
    package let addressKind: String
    /// The subnet of the graph or, where the cloud names none, the /24 (IPv6: /64) of its address.
    package let network: String
    package let scheme: String
    package let port: Int

    package init(addressKind: String, network: String, scheme: String, port: Int) {
        self.addressKind = addressKind
        self.network = network
        self.scheme = scheme
        self.port = port
    }
}

extension Path: CustomStringConvertible {
    /// The value of the metric label `path`.
    package var description: String { "\(addressKind) \(scheme) \(network):\(port)" }
}
