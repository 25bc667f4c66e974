/// The base URL of a service: scheme, host, port and, for a reverse proxy, a path.
package struct Endpoint: Hashable, Sendable {
    package enum Scheme: String, Hashable, Sendable, CaseIterable {
        case http, https

        var defaultPort: Int { self == .http ? 80 : 443 }
    }

    package let scheme: Scheme
    /// Host, and port unless it is the scheme's default. Must be identical to the `Host` header
    /// that is sent, because the signature covers it.
    let authority: String
    /// Empty, or starts with a slash and does not end with one.
    let basePath: String

    package var hasPath: Bool { !basePath.isEmpty }

    /// - Parameter text: such as `https://ges.cn-north-4.myhuaweicloud.com`.
    package init(_ text: String) throws(EndpointError) {
        func refuse(_ message: String) -> EndpointError {
            EndpointError(text: text, message: message)
        }
        let parts = text.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let scheme = Scheme(rawValue: parts[0].lowercased()) else {
            throw refuse("must start with https:// or http://")
        }
        guard parts[1].utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw refuse("contains a character that is not allowed in a URL")
        }
        guard !parts[1].contains(where: { "?#@".contains($0) }) else {
            throw refuse("must consist of scheme, host and port only")
        }
        let authorityEnd = parts[1].firstIndex(of: "/") ?? parts[1].endIndex
        let (host, port) = try Self.split(authority: parts[1][..<authorityEnd], in: text)
        var path = parts[1][authorityEnd...]
        while path.last == "/" { path.removeLast() }
        self.init(scheme: scheme, host: host, port: port, basePath: String(path))
    }

    /// For components that are known to be well-formed.
    init(scheme: Scheme, host: String, port: Int? = nil, basePath: String = "") {
        self.scheme = scheme
        self.basePath = basePath
        authority = port.map { $0 == scheme.defaultPort ? host : "\(host):\($0)" } ?? host
    }

    /// For the address of a graph.
    init(scheme: Scheme, address: IPAddress, port: Int) {
        self.init(
            scheme: scheme,
            host: address.isVersion6 ? "[\(address)]" : "\(address)",
            port: port
        )
    }

    /// Whether requests never leave this host.
    package var isLoopback: Bool {
        host == "localhost" || IPAddress(host)?.scope == .loopback
    }

    /// Whether requests never leave the local link, where the metadata service is.
    package var isLinkLocal: Bool { IPAddress(host)?.scope == .linkLocal }

    /// Without the brackets of an IPv6 address.
    private var host: String {
        String(
            authority.hasPrefix("[")
                ? authority.dropFirst().prefix { $0 != "]" } : authority.prefix { $0 != ":" }
        )
    }

    private static func split(
        authority: Substring,
        in text: String
    ) throws(EndpointError) -> (host: String, port: Int?) {
        let colon = authority.lastIndex(of: ":")
        let isInsideBrackets = colon.map { authority[$0...].contains("]") } ?? false
        guard let colon, !isInsideBrackets else {
            return (try host(authority, in: text), nil)
        }
        let digits = authority[authority.index(after: colon)...]
        guard let port = Int(digits), (1...65_535).contains(port),
            digits.allSatisfy("0123456789".contains)
        else {
            throw EndpointError(text: text, message: "the port must be a number from 1 to 65535")
        }
        return (try host(authority[..<colon], in: text), port)
    }

    private static func host(_ text: Substring, in url: String) throws(EndpointError) -> String {
        let host = text.lowercased()
        let isAddress = host.hasPrefix("[") && host.hasSuffix("]") && host.utf8.count > 2
        let inner = isAddress ? host.dropFirst().dropLast() : host[...]
        let allowed = isAddress ? "0123456789abcdef:." : "abcdefghijklmnopqrstuvwxyz0123456789-._"
        guard !inner.isEmpty, inner.allSatisfy(allowed.contains) else {
            throw EndpointError(text: url, message: "the host is missing or malformed")
        }
        return host
    }
}

extension Endpoint: CustomStringConvertible {
    package var description: String { "\(scheme.rawValue)://\(authority)\(basePath)" }
}

/// Why a text is not an endpoint.
package struct EndpointError: Error, Hashable, Sendable, CustomStringConvertible {
    package let text: String
    package let message: String

    package var description: String { "endpoint \"\(shownText)\": \(message)" }

    /// The text without user information: what precedes an `@` may be a password.
    private var shownText: String {
        text.lastIndex(of: "@").map { "<secret>" + text[$0...] } ?? text
    }
}
