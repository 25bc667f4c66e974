/// How the graphs themselves are reached.
package struct DataPlaneConfiguration: Hashable, Sendable {
    /// Which of its addresses a graph is asked at.
    package enum Address: String, Hashable, Sendable, CaseIterable {
        /// The floating address in the VPC.
        case `private`
        /// The addresses of the nodes, in turn: no switch of the floating one can look like an outage.
        case physical
        case `public`
    }

    package var scheme: Endpoint.Scheme
    package var address: Address
    /// Nil is the port of the scheme.
    package var port: Int?
    /// For one question, over all addresses.
    package var timeout: Duration

    package init(
        scheme: Endpoint.Scheme = .http,
        address: Address = .private,
        port: Int? = nil,
        timeout: Duration = .seconds(10)
    ) {
        self.scheme = scheme
        self.address = address
        self.port = port
        self.timeout = timeout
    }

    /// Where to ask, best first; empty when the graph has no such address.
    func endpoints(of graph: Graph) -> [Endpoint] {
        let addresses =
            switch address {
            case .private: [graph.privateIP].compactMap(\.self)
            case .physical: Array(graph.trafficIPs.prefix(Self.maximumAddresses))
            case .public: [graph.publicIP].compactMap(\.self)
            }
        // A graph in security mode answers HTTPS alone.
        let scheme = graph.enableHTTPS == true ? .https : scheme
        let ownPort = port.flatMap { $0 == self.scheme.defaultPort ? nil : $0 }
        return addresses.compactMap {
            try? Endpoint(scheme: scheme, address: $0, port: ownPort ?? scheme.defaultPort)
        }
    }

    private static let maximumAddresses = 8
}
