package import API

/// The URL under which users reach the agent, as in Prometheus: a complete one such as
/// `https://example.org/graphwarden/`, one without a scheme (`//example.org/graphwarden/`) or only
/// a path (`/graphwarden/`).
package struct ExternalURL: Sendable, Hashable {
    /// `http` or `https`; nil for that of the listener.
    private let scheme: String?
    /// nil if the URL is only a path.
    private let authority: String?
    /// The path of the URL, which is the route prefix unless another one is set.
    package let prefix: RoutePrefix

    package init(_ text: String) throws(ExternalURLError) {
        guard !text.isEmpty, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw ExternalURLError("must be a URL such as \(Self.example)")
        }
        guard !text.contains(where: { "?#\"'".contains($0) }) else {
            throw ExternalURLError("must not contain a query, a fragment or quotes")
        }
        var rest = text[...]
        scheme = try Self.takeScheme(&rest)
        if rest.hasPrefix("//") {
            let authority = String(rest.dropFirst(2).prefix { $0 != "/" })
            guard AgentOptions.isURL("http://\(authority)") else {
                throw ExternalURLError(
                    "must name a host, with or without a port, and no user or password"
                )
            }
            self.authority = authority
            rest = rest.dropFirst(2 + authority.count)
        } else {
            guard scheme == nil else { throw ExternalURLError("must name a host") }
            authority = nil
        }
        do throws(RoutePrefixError) {
            prefix = try RoutePrefix(rest)
        } catch {
            throw ExternalURLError(error.description)
        }
    }

    private static let example = "https://example.org/graphwarden/"

    private static func takeScheme(_ rest: inout Substring) throws(ExternalURLError) -> String? {
        guard let colon = rest.prefix(while: { $0 != "/" }).firstIndex(of: ":") else { return nil }
        let name = rest[..<colon].lowercased()
        guard name == "http" || name == "https" else {
            throw ExternalURLError(
                "must start with http:// or https://, or be a path such as /graphwarden/"
            )
        }
        rest = rest[rest.index(after: colon)...]
        return name
    }

    /// The path below which a client sees the agent that names this host in its request; nil for
    /// another host, which reaches the agent without the proxy.
    package func prefix(forHost host: String?) -> RoutePrefix? {
        authority?.lowercased() == host?.lowercased() && authority != nil ? prefix : nil
    }

    /// The URL without a slash at the end; nil if it names no host.
    ///
    /// - Parameter isEncrypted: whether the agent's own listener uses TLS.
    package func absolute(isEncrypted: Bool) -> String? {
        authority.map { "\(scheme ?? (isEncrypted ? "https" : "http"))://\($0)\(prefix.path)" }
    }
}

/// Why a text is not an external URL.
package struct ExternalURLError: Error, Hashable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}
