/// A network in CIDR notation, such as `192.168.0.0/16`.
package struct IPNetwork: Hashable, Sendable {
    let address: IPAddress
    let prefixLength: Int

    /// Returns nil unless the text is an address in its usual notation, a slash, and a prefix
    /// length beyond which the address has no bits.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = IPAddress(strict: String(parts[0])),
            parts[1].utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let length = Int(parts[1]), length <= address.bytes.count * 8
        else { return nil }
        self.address = address
        prefixLength = length
        guard address == Self.masked(address, length) else { return nil }
    }

    /// An IPv6 address that carries an IPv4 address is in the networks of either; see
    /// `IPAddress.embedded`.
    package func contains(_ other: IPAddress) -> Bool {
        if holds(other) { return true }
        let embedded = other.embedded
        return !embedded.isEmpty && embedded.allSatisfy(holds)
    }

    private func holds(_ other: IPAddress) -> Bool {
        other.bytes.count == address.bytes.count && Self.masked(other, prefixLength) == address
    }

    private static func masked(_ address: IPAddress, _ length: Int) -> IPAddress {
        IPAddress(
            bytes: address.bytes.enumerated().map { index, byte in
                let kept = min(max(length - index * 8, 0), 8)
                return byte & ~UInt8(truncatingIfNeeded: 0xFF >> kept)
            }
        )
    }
}

extension IPNetwork: CustomStringConvertible {
    package var description: String { "\(address)/\(prefixLength)" }
}
