import GES

/// The URL of an agent. It never holds a password, so it may be printed.
struct AgentAddress: Sendable, Equatable, CustomStringConvertible {
    /// The variable that names the agent for commands without `--url`.
    static let variable = "GRAPHWARDEN_URL"
    static let standard = "http://127.0.0.1:10355"

    /// Without a slash at the end.
    let description: String

    var isEncrypted: Bool { description.hasPrefix("https://") }

    /// Whether the agent runs on this host. A name says so only if it is `localhost`: any other,
    /// such as `127.0.0.1.example`, may be anybody's.
    var isLocal: Bool {
        let authority = description.drop { $0 != ":" }.dropFirst(3).prefix { $0 != "/" }
        let host =
            authority.hasPrefix("[")
            ? authority.dropFirst().prefix { $0 != "]" } : authority.prefix { $0 != ":" }
        return host.lowercased() == "localhost" || IPAddress(String(host))?.scope == .loopback
    }

    /// - Throws: a message that does not contain the text.
    init(_ text: String) throws(AgentAddressError) {
        let lowercased = text.lowercased()
        guard lowercased.hasPrefix("http://") || lowercased.hasPrefix("https://") else {
            throw AgentAddressError(message: "must start with http:// or https://")
        }
        guard !text.contains("@") else {
            throw AgentAddressError(
                message: "must not contain a user or password; use --user and --password-file"
            )
        }
        guard !text.contains(where: { "?#".contains($0) }) else {
            throw AgentAddressError(message: "must not contain a query or fragment")
        }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw AgentAddressError(message: "contains a character that a URL cannot have")
        }
        let scheme = lowercased.prefix { $0 != "/" }
        var url = scheme + text.dropFirst(scheme.count)
        while url.hasSuffix("/") { url.removeLast() }
        guard url.count > scheme.count else {
            throw AgentAddressError(message: "must name a host")
        }
        description = String(url)
    }
}

/// Why a text is not the URL of an agent.
struct AgentAddressError: Error, CustomStringConvertible {
    let message: String

    var description: String { message }
}
