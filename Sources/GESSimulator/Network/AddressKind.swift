/// The kinds of address that a graph has.
package enum AddressKind: String, Hashable, CaseIterable, Sendable {
    /// The floating address, which moves to another node when one fails.
    case `private`
    /// The fixed addresses of the nodes.
    case physical
    case `public`
}

/// Where a graph is reached.
package struct Placement: Hashable, Sendable {
    package var vpcID = "2d8af840-fd57-4e3b-a8f1-cda0f55ccd99"
    package var subnetID = "dc018ec3-67d1-46c9-b2fc-19d83367f4e2"
    package var privateIP: String
    /// Empty for a graph whose only address is the floating one.
    package var physicalIPs: [String] = []
    package var publicIP: String?

    package init(privateIP: String) {
        self.privateIP = privateIP
    }

    /// What the management plane calls `traffic_ip_list`.
    package var trafficIPs: [String] { physicalIPs.isEmpty ? [privateIP] : physicalIPs }

    package func kind(of address: String) -> AddressKind? {
        if address == privateIP { return .private }
        if physicalIPs.contains(address) { return .physical }
        return address == publicIP ? .public : nil
    }
}

/// Who answers at an address of a graph in its place.
package enum Occupant: Hashable, Sendable {
    /// Another graph, which does not know the name.
    case graph(String)
    /// A load balancer without a server behind it: an HTML page with this status.
    case balancer(status: Int)
}
