/// How far an address reaches.
package enum AddressScope: String, Hashable, Sendable, CaseIterable {
    /// Of no host; connecting to it reaches this host.
    case unspecified
    case loopback
    /// Of the local link, where the metadata services of clouds are, and other addresses of them.
    case linkLocal = "link-local"
    case multicast
    case broadcast
    /// Not assigned to hosts.
    case reserved
    /// Of a private network or a carrier's.
    case `private`
    case `public`

    /// Whether graphs have addresses of this scope.
    var isOfGraphs: Bool { self == .private || self == .public }
}

extension IPAddress {
    /// The scope (IANA's registries of special-purpose addresses). An address that carries others
    /// has theirs: of several the one to which nothing may be sent.
    package var scope: AddressScope {
        let outer = Self.scopes.first { $0.network.contains(self) }?.scope ?? .public
        let inner = (embedded + intrasite).map(\.scope)
        if let refused = ([outer] + inner).first(where: { !$0.isOfGraphs }) { return refused }
        guard !embedded.isEmpty else { return outer }
        return inner.contains(.public) ? .public : .private
    }

    /// The first network that contains an address decides.
    private static let scopes: [(network: IPNetwork, scope: AddressScope)] = [
        ("0.0.0.0/8", .unspecified), ("127.0.0.0/8", .loopback), ("169.254.0.0/16", .linkLocal),
        // Metadata services outside the link-local networks.
        ("100.100.100.200/32", .linkLocal), ("192.0.0.192/32", .linkLocal),
        ("fd00:ec2::254/128", .linkLocal),
        ("224.0.0.0/4", .multicast), ("255.255.255.255/32", .broadcast),
        ("240.0.0.0/4", .reserved), ("10.0.0.0/8", .private), ("172.16.0.0/12", .private),
        ("192.168.0.0/16", .private), ("100.64.0.0/10", .private),
        ("::/128", .unspecified), ("::1/128", .loopback), ("fe80::/10", .linkLocal),
        ("ff00::/8", .multicast), ("fc00::/7", .private), ("fec0::/10", .private),
        ("100::/64", .reserved),
        // NAT64 with a local prefix, whose length decides where the IPv4 address is (RFC 8215).
        ("64:ff9b:1::/48", .reserved),
    ].compactMap { text, scope in IPNetwork(text).map { ($0, scope) } }

    /// The IPv4 addresses to which an IPv6 address is translated: mapped and compatible (RFC 4291),
    /// translated (RFC 7915 and its predecessor), NAT64 (RFC 6052), 6to4 (RFC 3056) and Teredo
    /// (RFC 4380).
    var embedded: [IPAddress] {
        guard isVersion6 else { return [] }
        let last = IPAddress(bytes: bytes[12...])
        if bytes.starts(with: Self.zeros(12)) {
            let isSpecial = bytes[12...].dropLast().allSatisfy { $0 == 0 } && bytes[15] < 2
            return isSpecial ? [] : [last]
        }
        let translations = [
            Self.zeros(10) + [0xFF, 0xFF], Self.zeros(8) + [0xFF, 0xFF, 0, 0],
            [0, 0x64, 0xFF, 0x9B] + Self.zeros(8),
        ]
        if translations.contains(where: { bytes.starts(with: $0) }) { return [last] }
        if bytes.starts(with: [0x20, 0x02]) { return [IPAddress(bytes: bytes[2..<6])] }
        if bytes.starts(with: [0x20, 0x01, 0, 0]) {
            return [IPAddress(bytes: bytes[4..<8]), IPAddress(bytes: bytes[12...].map { ~$0 })]
        }
        return []
    }

    /// The IPv4 address of an interface that tunnels within a site (ISATAP, RFC 5214).
    private var intrasite: [IPAddress] {
        guard isVersion6, [0, 2].contains(bytes[8]), bytes[9...].starts(with: [0, 0x5E, 0xFE])
        else { return [] }
        return [IPAddress(bytes: bytes[12...])]
    }

    private static func zeros(_ count: Int) -> [UInt8] { Array(repeating: 0, count: count) }
}
