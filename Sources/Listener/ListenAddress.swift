import NIOCore

/// Where a server listens.
package enum ListenAddress: Sendable, Hashable, CustomStringConvertible {
    /// An empty host means every address of the machine, IPv6 and IPv4; port 0 lets the system
    /// choose.
    case host(String, port: Int)
    /// A socket that is bound already, as systemd hands it over. The server closes it in the end.
    case inherited(descriptor: Int32)

    /// Reads `:9100`, `host:9100`, `192.0.2.1:9100` and `[::1]:9100`; nil for all else.
    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"),
            let port = UInt16(text[text.index(after: colon)...])
        else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(where: { ":[]".contains($0) }) {
            return nil
        }
        self = .host(String(host), port: Int(port))
    }

    package var description: String {
        switch self {
        case .host(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .inherited(let descriptor): "inherited socket \(descriptor)"
        }
    }
}

extension ListenAddress {
    init?(_ address: SocketAddress?) {
        guard let address, let host = address.ipAddress, let port = address.port else { return nil }
        self = .host(host, port: port)
    }
}

extension SocketAddress {
    /// The address without its port. That of an IPv4 client reads as such, also where it came
    /// through a socket for both families.
    var plainAddress: String? {
        guard let text = ipAddress else { return nil }
        let mapped = "::ffff:"
        return text.hasPrefix(mapped) && text.contains(".")
            ? String(text.dropFirst(mapped.count)) : text
    }
}
