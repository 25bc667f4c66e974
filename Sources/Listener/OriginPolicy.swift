import Glibc
import NIOHTTP1

/// Keeps web pages of others from changing anything through the browser of a user (cross-site
/// request forgery, DNS rebinding). It applies to routes with `Route.changesState`:
///
/// - the `Host` must be one of this server: an address that it listens on, a name of this machine,
///   or one that was configured;
/// - an `Origin`, which browsers send, must be this server's own;
/// - a body must say that it is JSON, which a page of another site cannot without being asked
///   first; or that it is a form, for routes that check a token themselves.
package struct OriginPolicy: Sendable {
    struct Refusal {
        let reason: RejectionReason
        let status: Int
        let text: String
    }

    /// In lower case.
    private let names: Set<String>
    /// Origins besides that of the `Host` itself, as `scheme://host[:port]`.
    private let origins: Set<String>
    /// Whether every address of this machine is listened on.
    private let listensOnAll: Bool

    /// - Parameters:
    ///   - addresses: those that the server listens on.
    ///   - externalURL: where users reach the server, such as `https://example.org/graphwarden/`.
    ///   - hosts: further names, without a port.
    package init(addresses: [ListenAddress], externalURL: String?, hosts: [String]) {
        var names = Set(hosts.map { $0.lowercased() })
        var listensOnAll = false
        for address in addresses {
            guard case .host(let host, _) = address else { continue }
            if ["", "::", "0.0.0.0"].contains(host) { listensOnAll = true }
            names.insert(host.lowercased())
        }
        names.formUnion(["localhost", Self.hostName])
        var origins: Set<String> = []
        if let external = externalURL.flatMap({ RequestTarget($0)?.authority }) {
            names.insert(external.host)
            let scheme = externalURL.map { $0.lowercased().hasPrefix("https:") } == true
            origins.insert(Self.origin(scheme ? "https" : "http", external))
        }
        self.names = names.subtracting([""])
        self.origins = origins
        self.listensOnAll = listensOnAll
    }

    /// Whether the text is an http or https URL with a host.
    package static func isURL(_ text: String) -> Bool {
        RequestTarget(text)?.authority != nil
    }

    /// Whether the text is a host without a port; an IPv6 address has no brackets.
    package static func isHost(_ text: String) -> Bool {
        let authority = Authority(text.contains(":") ? "[\(text)]" : text)
        return authority.map { !$0.host.isEmpty && $0.port == nil } ?? false
    }

    /// nil if the request may pass.
    func refusal(of arrival: Arrival, to route: Route) -> Refusal? {
        guard route.changesState else { return nil }
        let headers = arrival.head.headers
        guard let host = arrival.host, isOurs(host.host) else {
            return Refusal(
                reason: .foreignHost,
                status: 421,
                text: "the Host \"\(headers.first(name: "Host") ?? "")\" is not this server;"
                    + " name it with --web.external-url or --web.allowed-host"
            )
        }
        let site = headers.first(name: "Sec-Fetch-Site")?.lowercased()
        let isCross = site.map { !["same-origin", "none"].contains($0) } ?? false
        let isForeign = headers["Origin"].contains { !isOwn($0, host) }
        guard !isForeign, !isCross || !headers["Origin"].isEmpty else {
            return Refusal(
                reason: .foreignOrigin,
                status: 403,
                text: "requests from pages of another origin are refused"
            )
        }
        let type = mediaType(headers["Content-Type"])
        let isForm = type == Self.form
        guard
            Exchange.declaredLength(arrival.head) == 0 || saysJSON(type) && !route.acceptsForms
                || isForm && route.acceptsForms
        else {
            let wanted = route.acceptsForms ? Self.form : "application/json"
            return Refusal(
                reason: .mediaType,
                status: 415,
                text: "the body must have the Content-Type \(wanted)"
            )
        }
        return nil
    }

    private static let form = "application/x-www-form-urlencoded"

    /// Without its parameters, in lower case; empty if there is none or more than one.
    private func mediaType(_ fields: [String]) -> String {
        guard fields.count == 1 else { return "" }
        return fields[0].prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" }.lowercased()
    }

    private func saysJSON(_ type: String) -> Bool {
        type == "application/json" || type.hasPrefix("application/") && type.hasSuffix("+json")
    }

    private func isOwn(_ text: String, _ host: Authority) -> Bool {
        guard let scheme = text.firstRange(of: "://"),
            let authority = Authority(String(text[scheme.upperBound...]))
        else { return false }
        let name = text[..<scheme.lowerBound].lowercased()
        guard name == "http" || name == "https" else { return false }
        if origins.contains(Self.origin(name, authority)) { return true }
        let standard = name == "https" ? 443 : 80
        return authority.host == host.host
            && (authority.port ?? standard) == (host.port ?? standard)
    }

    private static func origin(_ scheme: String, _ authority: Authority) -> String {
        "\(scheme)://\(authority.host):\(authority.port ?? (scheme == "https" ? 443 : 80))"
    }

    private func isOurs(_ host: String) -> Bool {
        names.contains(host) || listensOnAll && Self.machineAddresses.contains(host)
    }

    // MARK: This machine

    private static let hostName: String = {
        var name = [CChar](repeating: 0, count: 256)
        guard unsafe gethostname(&name, name.count - 1) == 0 else { return "" }
        return String(
            decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) },
            as: UTF8.self
        ).lowercased()
    }()

    private static let machineAddresses = MachineAddresses()
}
