/// How to reach the graphs themselves.
package struct DataPlaneConfiguration: Hashable, Sendable {
    /// Which of a graph's addresses to use.
    package enum Address: String, Hashable, Sendable, CaseIterable {
        /// The floating address in the VPC. If it fails, the addresses of the nodes are tried.
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
    /// The timeout of one request. Further addresses of a graph share as much again.
    package var timeout: Duration
    /// Bounds the time for all addresses of a graph together, if it is shorter than twice the
    /// timeout. The first address gets the whole timeout in any case.
    package var limit: Duration?
    /// Networks of which an address may be used although its scope speaks against it.
    package var allowedNetworks: [IPNetwork]
    /// Whether credentials may be sent to a public address over plain HTTP, and over HTTPS to a
    /// server that is not verified.
    package var isInsecure: Bool

    package init(
        scheme: Endpoint.Scheme = .http,
        address: Address = .private,
        port: Int? = nil,
        timeout: Duration = .seconds(10),
        allowedNetworks: [IPNetwork] = [],
        isInsecure: Bool = false
    ) {
        self.scheme = scheme
        self.address = address
        self.port = port
        self.timeout = timeout
        self.allowedNetworks = allowedNetworks
        self.isInsecure = isInsecure
    }

    /// The endpoints to try, in order. Addresses to which credentials must not be sent are left
    /// out; throws if no address remains.
    func endpoints(of graph: Graph) throws(GESError) -> [Endpoint] {
        let addresses =
            switch address {
            case .private:
                graph.privateIP.map { [$0] + fallbacks(of: graph) }
                    ?? Array(graph.trafficIPs.prefix(Self.maximumFallbacks))
            case .physical: Array(graph.trafficIPs.prefix(Self.maximumAddresses))
            case .public: [graph.publicIP].compactMap(\.self)
            }
        let (scheme, port) = service(of: graph)
        var endpoints: [Endpoint] = []
        var refusal: AddressRefusal?
        for text in addresses {
            do throws(AddressRefusal) {
                let address = try usable(text, scheme)
                endpoints.append(
                    Endpoint(scheme: scheme, address: address, port: port)
                )
            } catch {
                refusal = refusal ?? error
            }
        }
        guard endpoints.isEmpty else { return endpoints }
        if let refusal { throw .refusedAddress(graphID: graph.id, refusal) }
        throw .noAddress(graphID: graph.id, address)
    }

    /// The addresses that are asked when the configured one fails.
    package func fallbacks(of graph: Graph) -> [String] {
        guard address == .private, let privateIP = graph.privateIP else { return [] }
        return Array(graph.trafficIPs.filter { $0 != privateIP }.prefix(Self.maximumFallbacks))
    }

    /// A graph in security mode only accepts HTTPS, whatever is configured. A configured port that
    /// is merely the default of the configured scheme must not pin HTTPS to port 80.
    private func service(of graph: Graph) -> (Endpoint.Scheme, port: Int) {
        let scheme = graph.enableHTTPS == true ? .https : scheme
        let ownPort = port.flatMap { $0 == self.scheme.defaultPort ? nil : $0 }
        return (scheme, ownPort ?? scheme.defaultPort)
    }

    /// What the first endpoint of the graph has in common with those of other graphs; nil if it has
    /// none that can be used.
    package func route(to graph: Graph) -> DataPlaneRoute? {
        guard (try? endpoints(of: graph)) != nil else { return nil }
        let text: String? =
            switch address {
            case .private: graph.privateIP ?? graph.trafficIPs.first
            case .physical: graph.trafficIPs.first
            case .public: graph.publicIP
            }
        // A public address says nothing about the network behind it.
        let subnet = address == .public ? nil : graph.subnetID
        let neighbourhood = text.flatMap { IPAddress($0)?.neighbourhood }
        guard let network = subnet ?? neighbourhood else { return nil }
        let (scheme, port) = service(of: graph)
        return DataPlaneRoute(
            addressKind: address.rawValue,
            network: network,
            neighbourhood: neighbourhood,
            scheme: scheme.rawValue,
            port: port
        )
    }

    /// Why nothing is sent to the graph; nil if something is, or if it has no address.
    package func refusal(of graph: Graph) -> String? {
        do throws(GESError) {
            _ = try endpoints(of: graph)
            return nil
        } catch {
            guard case .refusedAddress = error else { return nil }
            return "\(error)"
        }
    }

    /// The address that a listing names, unless credentials must not be sent there. The listing may
    /// be wrong or hostile: a name could resolve to anything, and requests to this host or its
    /// network could reach services that trust them.
    private func usable(
        _ text: String,
        _ scheme: Endpoint.Scheme
    ) throws(AddressRefusal) -> IPAddress {
        guard let address = IPAddress(text) else { throw AddressRefusal(text, .notAnAddress) }
        let scope = address.scope
        guard scope.isOfGraphs || allowedNetworks.contains(where: { $0.contains(address) }) else {
            throw AddressRefusal(text, .scope(scope))
        }
        guard scheme == .https || scope != .public || isInsecure else {
            throw AddressRefusal(text, .plainHTTP)
        }
        return address
    }

    /// How many of the first endpoints are those of the configured kind of address. None is if that
    /// address must not be used.
    func configuredCount(of graph: Graph) -> Int {
        guard address == .private, let privateIP = graph.privateIP else {
            return Self.maximumAddresses
        }
        let (scheme, _) = service(of: graph)
        return (try? usable(privateIP, scheme)) == nil ? 0 : 1
    }

    /// Every address gets a share of the timeout, which must not become too short to connect.
    private static let maximumAddresses = 8
    private static let maximumFallbacks = 3
}

/// The way to a graph that it shares with others.
package struct DataPlaneRoute: Hashable, Sendable {
    package let addressKind: String
    /// A subnet id, or a network such as `192.168.0.0/24`.
    package let network: String
    /// The network of the address, which is `network` where the subnet is not known; nil for a
    /// graph without an address that can be read.
    package let neighbourhood: String?
    package let scheme: String
    package let port: Int
}

/// Why no credentials are sent to an address.
package struct AddressRefusal: Error, Hashable, Sendable {
    package enum Reason: Hashable, Sendable {
        case notAnAddress
        case scope(AddressScope)
        /// Everybody between here and a public address can read a request over plain HTTP.
        case plainHTTP
    }

    /// As the listing names it.
    package let address: String
    package let reason: Reason

    init(_ address: String, _ reason: Reason) {
        self.address = address.boundedForDisplay(maximumCharacters: 64)
        self.reason = reason
    }
}

extension AddressRefusal: CustomStringConvertible {
    package var description: String {
        switch reason {
        case .notAnAddress:
            "\"\(address)\" is not an IP address; host names are not resolved"
        case .scope(let scope):
            "\"\(address)\" is a \(scope.rawValue) address; if graphs have such addresses, add their"
                + " network to sampling.data_plane.allow"
        case .plainHTTP:
            "\"\(address)\" is a public address, and credentials are not sent there over plain http;"
                + " set scheme: https, or insecure: true, in sampling.data_plane"
        }
    }
}
