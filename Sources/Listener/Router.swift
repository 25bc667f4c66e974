package import Threads

/// A method and path pattern with the handler that serves it, and the limits that apply.
package struct Route: Sendable {
    /// Upper case. A `GET` route also serves `HEAD`.
    package var method: String
    /// `/api/v1/graphs/{id}/why`: literal segments, `{name}` for exactly one non-empty segment, and
    /// `{name...}` as the last segment for the rest of the path.
    package var pattern: String
    /// The `handler` label of the server's metrics. Never derive it from a request: the number of
    /// label values must stay bounded.
    package var name: String
    /// Larger bodies get 413. nil uses the server's default.
    package var maximumBodyBytes: Int?
    /// Concurrent requests to this route; further ones get 503. nil applies only the server's
    /// limit.
    package var maximumInFlight: Int?
    /// Exempts the route from the rate limit and the server's `maximumInFlight`. For health checks
    /// and scrapes, which a busy server must still answer.
    package var isExemptFromLimits = false
    /// The threads that run the handler; nil uses those of the server. For work that may take long
    /// and that nobody wants once the client has left: the handler's task is then cancelled and
    /// `ServerRequest.isAbandoned` is true. As in Go, a client that closes its sending side has
    /// left.
    package var pool: ThreadPool?
    /// Whether not everybody may know which methods it has.
    var hasCredentials: Bool { requiresAuthentication || precondition != nil }

    var isInPool: Bool { pool != nil && !isExemptFromLimits }
    /// Applies only if the server has an authenticator.
    package var requiresAuthentication = true
    /// Asked once the head is read and before the body is: a response refuses the request. For
    /// credentials of the route's own. The request that it gets has no body.
    package var precondition: (@Sendable (ServerRequest) async -> ServerResponse?)?
    /// A response that is at hand. Asked before the handler, on the event loop, so it must not wait
    /// and must return within microseconds; nil leaves the request to the handler. Saves two
    /// changes of threads per request.
    package var preparedResponse: (@Sendable (ServerRequest) -> ServerResponse?)?
    /// Whether a request may change something; see `OriginPolicy`. By default every method but GET,
    /// HEAD and OPTIONS may.
    package var changesState: Bool
    /// Whether the body may be that of an HTML form, which a page of another site can send without
    /// being asked first. Such a route must check a token that only its own pages contain.
    package var acceptsForms = false
    /// Checked for every request; while it returns false, the route is skipped in matching.
    package var exists: @Sendable () -> Bool = { true }
    package var handler: any RequestHandler

    package init(
        _ method: String,
        _ pattern: String,
        name: String? = nil,
        maximumBodyBytes: Int? = nil,
        pool: ThreadPool? = nil,
        handler: any RequestHandler
    ) {
        self.method = method
        self.pattern = pattern
        self.name = name ?? pattern
        changesState = !["GET", "HEAD", "OPTIONS"].contains(method)
        self.maximumBodyBytes = maximumBodyBytes
        self.pool = pool
        self.handler = handler
    }

    package init(
        _ method: String,
        _ pattern: String,
        name: String? = nil,
        maximumBodyBytes: Int? = nil,
        pool: ThreadPool? = nil,
        _ function: @escaping @Sendable (ServerRequest) async -> Reply
    ) {
        self.init(
            method,
            pattern,
            name: name,
            maximumBodyBytes: maximumBodyBytes,
            pool: pool,
            handler: FunctionHandler(function)
        )
    }
}

/// Finds the route for a request. Literal segments take precedence over `{name}`, which takes
/// precedence over `{name...}`, regardless of the order in which routes are added.
package struct Router: Sendable {
    enum Match: Sendable {
        case found(Route, parameters: [String: String])
        case methodNotAllowed(allow: String, requiresAuthentication: Bool)
        case notFound

        /// A path that does not exist needs credentials too, or anybody could find out which do.
        var requiresAuthentication: Bool {
            switch self {
            case .found(let route, _): route.requiresAuthentication
            case .methodNotAllowed(_, let requires): requires
            case .notFound: true
            }
        }
    }

    private var routes: [(pattern: RoutePattern, route: Route)] = []
    /// Handles requests that match no pattern, with any method. nil responds with 404.
    package var fallback: Route?

    package init(_ routes: [Route] = []) {
        for route in routes { add(route) }
    }

    package mutating func add(_ route: Route) {
        routes.append((RoutePattern(route.pattern), route))
    }

    /// - Parameter segments: still percent-encoded, so that an encoded slash does not split one.
    func match(method: String, segments: [Substring]) -> Match {
        let candidates = routes.filter { $0.pattern.matches(segments) && $0.route.exists() }
        guard let best = candidates.min(by: { $0.pattern < $1.pattern }) else {
            return fallback.map { .found($0, parameters: [:]) } ?? .notFound
        }
        let same = candidates.filter { $0.pattern.hasSameRank(as: best.pattern) }
        let wanted = same.first { $0.route.method == method }
        let found = wanted ?? (method == "HEAD" ? same.first { $0.route.method == "GET" } : nil)
        guard let found else {
            return .methodNotAllowed(
                allow: Self.allow(same.map(\.route.method)),
                requiresAuthentication: same.contains { $0.route.hasCredentials }
            )
        }
        return .found(found.route, parameters: found.pattern.parameters(segments))
    }

    private static func allow(_ methods: [String]) -> String {
        let withHead = methods.contains("GET") ? methods + ["HEAD"] : methods
        return Set(withHead).sorted().joined(separator: ", ")
    }
}
