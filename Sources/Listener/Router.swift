/// One thing that the server answers: a method, a pattern, who answers, and under which limits.
package struct Route: Sendable {
    /// Upper case. A route for `GET` answers `HEAD` too.
    package var method: String
    /// `/api/v1/graphs/{id}/why`: literal segments, `{name}` for exactly one non-empty segment, and
    /// `{name...}` as the last segment for all the rest.
    package var pattern: String
    /// The `handler` label of the server's metrics: bounded, so never made from a request.
    package var name: String
    /// A longer body is refused with 413. Nil: the server's default.
    package var maximumBodyBytes: Int?
    /// More requests than this at a time to this route are refused with 503. Nil: only the server's
    /// own limit holds.
    package var maximumInFlight: Int?
    /// Health checks must be answered when the server is busy: they count toward no limit.
    package var isExemptFromLimits = false
    /// Whether the server's authenticator, if it has one, must agree first.
    package var requiresAuthentication = true
    /// Asked with every request; a route that does not exist at the moment answers nothing.
    package var exists: @Sendable () -> Bool = { true }
    package var handler: any RequestHandler

    package init(
        _ method: String,
        _ pattern: String,
        name: String? = nil,
        maximumBodyBytes: Int? = nil,
        handler: any RequestHandler
    ) {
        self.method = method
        self.pattern = pattern
        self.name = name ?? pattern
        self.maximumBodyBytes = maximumBodyBytes
        self.handler = handler
    }

    package init(
        _ method: String,
        _ pattern: String,
        name: String? = nil,
        maximumBodyBytes: Int? = nil,
        _ function: @escaping @Sendable (ServerRequest) async -> Reply
    ) {
        self.init(
            method,
            pattern,
            name: name,
            maximumBodyBytes: maximumBodyBytes,
            handler: FunctionHandler(function)
        )
    }
}

/// Finds the route of a request. Literal segments win over `{name}`, which wins over `{name...}`,
/// whatever the order in which the routes were added.
package struct Router: Sendable {
    enum Match: Sendable {
        case found(Route, parameters: [String: String])
        case methodNotAllowed(allow: String)
        case notFound
    }

    private var routes: [(pattern: RoutePattern, route: Route)] = []
    /// Answers what no pattern matches, whatever the method; without it the answer is 404.
    package var fallback: Route?

    package init(_ routes: [Route] = []) {
        for route in routes { add(route) }
    }

    package mutating func add(_ route: Route) {
        routes.append((RoutePattern(route.pattern), route))
    }

    /// `segments` are those of the path as sent, still encoded: an encoded slash separates nothing.
    func match(method: String, segments: [Substring]) -> Match {
        let candidates = routes.filter { $0.pattern.matches(segments) && $0.route.exists() }
        guard let best = candidates.min(by: { $0.pattern < $1.pattern }) else {
            return fallback.map { .found($0, parameters: [:]) } ?? .notFound
        }
        let same = candidates.filter { $0.pattern.hasSameRank(as: best.pattern) }
        let wanted = same.first { $0.route.method == method }
        let found = wanted ?? (method == "HEAD" ? same.first { $0.route.method == "GET" } : nil)
        guard let found else {
            return .methodNotAllowed(allow: Self.allow(same.map(\.route.method)))
        }
        return .found(found.route, parameters: found.pattern.parameters(segments))
    }

    private static func allow(_ methods: [String]) -> String {
        let withHead = methods.contains("GET") ? methods + ["HEAD"] : methods
        return Set(withHead).sorted().joined(separator: ", ")
    }
}
