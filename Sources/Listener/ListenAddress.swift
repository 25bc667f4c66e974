import NIOCore

/// An address to listen on.
package enum ListenAddress: Sendable, Hashable, CustomStringConvertible {
    /// An empty host means all addresses of the machine, IPv6 and IPv4. Port 0 lets the system
    /// choose a port.
    case host(String, port: Int)
    /// An already bound socket, as passed by systemd socket activation. The server closes it.
    case inherited(descriptor: Int32)

    /// Parses `:9100`, `host:9100`, `192.0.2.1:9100` and `[::1]:9100`; nil for anything else.
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

    /// Whether only programs of this machine can connect. An inherited socket may be open to all.
    package var isLoopback: Bool {
        guard case .host(let host, _) = self else { return false }
        return host == "::1" || host == "localhost" || host.hasPrefix("127.")
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
    /// The address without its port. An IPv4 client of a dual-stack socket has an IPv4-mapped IPv6
    /// address (`::ffff:192.0.2.1`), which is shortened to the IPv4 address.
    var plainAddress: String? {
        guard let text = ipAddress else { return nil }
        let mapped = "::ffff:"
        return text.hasPrefix(mapped) && text.contains(".")
            ? String(text.dropFirst(mapped.count)) : text
    }
}
