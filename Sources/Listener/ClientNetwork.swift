import Glibc

/// What one client can be assumed to own: an IPv4 address, or the /64 network of an IPv6 address,
/// the smallest that is assigned (RFC 6177), whose 2^64 addresses would make any limit per address
/// void.
struct ClientNetwork: Hashable, Sendable {
    private let text: String

    /// - Parameter address: as text, without a port; may have a zone.
    init(_ address: String) {
        var parsed = in6_addr()
        let withoutZone = String(address.prefix { $0 != "%" })
        guard unsafe inet_pton(AF_INET6, withoutZone, &parsed) == 1 else {
            text = address
            return
        }
        let prefix = unsafe withUnsafeBytes(of: &parsed) { bytes in
            unsafe bytes.prefix(8).map { String($0, radix: 16) }
        }
        text = prefix.joined(separator: ":") + "/64"
    }
}
