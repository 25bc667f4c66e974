package import Time

/// A part of the network in which connections fail.
package struct NetworkFault: Hashable, Sendable {
    package enum Manner: String, Hashable, CaseIterable, Sendable {
        /// Connection attempts are not answered.
        case timeout
        /// Connection attempts are rejected.
        case refused
        /// Connections are accepted, and nothing is ever answered.
        case silent
    }

    package var manner: Manner
    // The connections that it affects; a nil field matches all.
    package var subnetID: String?
    package var graphID: String?
    package var address: String?
    package var kind: AddressKind?
    package var port: Int?
    /// nil for no end.
    package var until: Timestamp?

    package init(_ manner: Manner) {
        self.manner = manner
    }

    func meets(_ connection: DataPlaneConnection, at now: Timestamp) -> Bool {
        (until.map { now < $0 } ?? true)
            && (subnetID == nil || subnetID == connection.subnetID)
            && (graphID == nil || graphID == connection.graphID)
            && (address == nil || address == connection.address)
            && (kind == nil || kind == connection.kind)
            && (port == nil || port == connection.port)
    }
}

/// A connection to an address of a graph or to another host in the same networks.
struct DataPlaneConnection: Sendable {
    var graphID: String?
    var subnetID: String
    var address: String
    var kind: AddressKind?
    var port: Int
}

/// A host that is not a graph, such as a canary.
package struct NetworkHost: Hashable, Sendable {
    package var address: String
    package var subnetID: String

    package init(address: String, subnetID: String) {
        self.address = address
        self.subnetID = subnetID
    }
}

extension SimulatedCloud {
    private static let maximumNetworkFaults = 1000

    /// Returns false if there are a thousand already.
    @discardableResult
    package mutating func schedule(_ fault: NetworkFault) -> Bool {
        guard networkFaults.count < Self.maximumNetworkFaults else { return false }
        networkFaults.append(fault)
        return true
    }

    /// Whether a host has this address.
    package func knowsAddress(_ address: String) -> Bool {
        address == configuration.host || hosts.contains { $0.address == address }
            || graphs.contains { $0.placement.kind(of: address) != nil }
    }

    /// Whether this is the address of a host that is not a graph.
    package func isOtherHost(_ address: String) -> Bool {
        hosts.contains { $0.address == address }
    }

    /// How the connection for a request fails; nil if it is established and answered.
    package func connectionFault(
        for request: CloudRequest,
        port: Int,
        at now: Timestamp
    ) -> NetworkFault.Manner? {
        guard request.entrance == .dataPlane else { return nil }
        let route = CloudRoute.of(request)
        let graph = route.graph.flatMap { graphID(named: $0) }.flatMap { self.graph($0) }
        if let fault = networkFault(for: graph, at: request.hostName, port: port, now) {
            return fault
        }
        // Somebody else at the address has a manner of its own.
        if graph?.occupant(at: request.hostName) != nil { return nil }
        switch graph?.effectiveManner(of: route.operation, at: now) {
        case .refusing: return .refused
        case .unreachable: return .timeout
        default: return nil
        }
    }

    func networkFault(
        for graph: SimulatedGraph?,
        at address: String,
        port: Int,
        _ now: Timestamp
    ) -> NetworkFault.Manner? {
        guard !networkFaults.isEmpty else { return nil }
        let connection: DataPlaneConnection
        if let graph {
            connection = DataPlaneConnection(
                graphID: graph.id,
                subnetID: graph.placement.subnetID,
                address: address,
                kind: graph.placement.kind(of: address),
                port: port
            )
        } else {
            guard let host = hosts.first(where: { $0.address == address }) else { return nil }
            connection = DataPlaneConnection(
                subnetID: host.subnetID,
                address: address,
                port: port
            )
        }
        return networkFaults.first { $0.meets(connection, at: now) }?.manner
    }
}

extension CloudRequest {
    /// The host of the `Host` header, without the port.
    var hostName: String {
        let host = header("Host") ?? ""
        guard let colon = host.lastIndex(of: ":"), !host.hasSuffix("]") else { return host }
        return String(host[..<colon])
    }

    /// The port of the `Host` header; 80 without one.
    var port: Int {
        let host = header("Host") ?? ""
        guard let colon = host.lastIndex(of: ":") else { return 80 }
        return Int(host[colon...].dropFirst()) ?? 80
    }
}
