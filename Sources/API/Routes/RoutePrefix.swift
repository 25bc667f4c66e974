package import Listener

/// The path below which all routes of the agent live, as `--web.route-prefix` of Prometheus.
package struct RoutePrefix: Sendable, Hashable {
    package static let root = RoutePrefix(path: "")

    /// Starts with a slash and does not end with one; empty for the root.
    package let path: String

    private init(path: String) { self.path = path }

    /// Slashes at both ends are optional.
    ///
    /// - Throws: a path that clients and routes would spell differently.
    package init(_ text: some StringProtocol) throws(RoutePrefixError) {
        var segments = text.split(separator: "/", omittingEmptySubsequences: false)[...]
        while segments.first?.isEmpty == true { segments.removeFirst() }
        while segments.last?.isEmpty == true { segments.removeLast() }
        for segment in segments {
            guard !segment.isEmpty, segment != ".", segment != ".." else {
                throw RoutePrefixError(
                    description: "the path must not contain \"//\", \".\" or \"..\""
                )
            }
            guard segment.utf8.allSatisfy(Self.isAllowed) else {
                throw RoutePrefixError(
                    description: "the path must consist of letters, digits and the characters"
                        + " -._~!$&()*+,;=:@"
                )
            }
        }
        path = segments.map { "/" + $0 }.joined()
    }

    /// The characters of a path segment that mean themselves (RFC 3986, section 3.3).
    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-._~!$&()*+,;=:@".utf8.contains(byte)
        }
    }

    /// The name of the routes that redirect to the page.
    package static let redirect = "redirect"

    /// The routes below the prefix. Their names in metrics stay the same, and the paths of their
    /// requests lack the prefix, so that pages can tell how deep they are. `/` and the prefix
    /// without a slash at its end redirect to the page.
    ///
    /// - Parameter publicPrefix: the prefix that the client of a request uses, where a proxy changes
    ///   it.
    package func applied(
        to routes: [Route],
        publicPrefix: @escaping @Sendable (ServerRequest) -> RoutePrefix? = { _ in nil }
    ) -> [Route] {
        guard !path.isEmpty else { return routes }
        let redirects = ["/", path].map { pattern in
            Route("GET", pattern, name: Self.redirect) { request in
                let page = (publicPrefix(request) ?? self).path + "/"
                return .response(
                    ServerResponse(status: 302, headers: ["Location": page], body: [])
                )
            }
        }
        return redirects + routes.map(moved)
    }

    private func moved(_ route: Route) -> Route {
        var moved = route
        moved.pattern = path + route.pattern
        moved.handler = FunctionHandler { await route.handler.reply(to: stripped($0)) }
        if let ask = route.precondition {
            moved.precondition = { request in await ask(stripped(request)) }
        }
        if let find = route.preparedResponse {
            moved.preparedResponse = { request in find(stripped(request)) }
        }
        return moved
    }

    /// Its `target` stays as it was sent.
    private func stripped(_ request: ServerRequest) -> ServerRequest {
        guard request.path.hasPrefix(path + "/") else { return request }
        var request = request
        request.path.removeFirst(path.count)
        return request
    }
}

/// Why a text is not a route prefix.
package struct RoutePrefixError: Error, Hashable, CustomStringConvertible {
    package let description: String
}
