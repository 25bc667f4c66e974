import Glibc
import NIOCore

/// An address to listen on.
package enum ListenAddress: Sendable, Hashable, CustomStringConvertible {
    /// An empty host means all addresses of the machine, IPv6 and IPv4. Port 0 lets the system
    /// choose a port.
    case host(String, port: Int)
    /// An already bound socket, as passed by systemd socket activation. The server closes it.
    case inherited(descriptor: Int32)
    /// A UNIX socket, whose clients are all on this machine.
    case unix(path: String)

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
        if case .unix = self { return true }
        guard case .host(let host, _) = self else { return false }
        var (v4, v6) = (in_addr(), in6_addr())
        if unsafe inet_pton(AF_INET, host, &v4) == 1 { return v4.isLoopback }
        guard unsafe inet_pton(AF_INET6, host, &v6) == 1 else {
            return host.lowercased() == "localhost"
        }
        let bytes = unsafe withUnsafeBytes(of: &v6) { unsafe Array($0) }
        // `::1`, or an IPv4 address written as an IPv6 one.
        let isMapped = bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10...11] == [0xff, 0xff]
        return isMapped ? bytes[12] == 127 : bytes == [UInt8](repeating: 0, count: 15) + [1]
    }

    package var description: String {
        switch self {
        case .host(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .inherited(let descriptor): "inherited socket \(descriptor)"
        case .unix(let path): "unix:\(path)"
        }
    }
}

extension in_addr {
    fileprivate var isLoopback: Bool { UInt32(bigEndian: s_addr) >> 24 == 127 }
}

extension ListenAddress {
    init?(_ address: SocketAddress?) {
        if let path = address?.pathname, !path.isEmpty {
            self = .unix(path: path)
            return
        }
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
