/// How to reach the graphs themselves.
package struct DataPlaneConfiguration: Hashable, Sendable {
    /// Which of a graph's addresses to use.
    package enum Address: String, Hashable, Sendable, CaseIterable {
        /// The floating address in the VPC.
        case `private`
        /// The addresses of the nodes, tried in turn. A failover of the floating address cannot
        /// look like an outage.
        case physical
        case `public`
    }

    package var scheme: Endpoint.Scheme
    package var address: Address
    /// nil uses the scheme's default.
    package var port: Int?
    /// The timeout of one request, over all addresses that it tries.
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

    /// The endpoints to try, in order; empty if the graph has no such address.
    func endpoints(of graph: Graph) -> [Endpoint] {
        let addresses =
            switch address {
            case .private: [graph.privateIP].compactMap(\.self)
            case .physical: Array(graph.trafficIPs.prefix(Self.maximumAddresses))
            case .public: [graph.publicIP].compactMap(\.self)
            }
        // A graph in security mode only accepts HTTPS, whatever is configured. A configured port
        // that is merely the default of the configured scheme must not pin HTTPS to port 80.
        let scheme = graph.enableHTTPS == true ? .https : scheme
        let ownPort = port.flatMap { $0 == self.scheme.defaultPort ? nil : $0 }
        return addresses.compactMap {
            try? Endpoint(scheme: scheme, address: $0, port: ownPort ?? scheme.defaultPort)
        }
    }

    /// Every address gets a share of the timeout, which must not become too short to connect.
    private static let maximumAddresses = 8
}
