import Testing

@testable import Listener

private let router = Router(
    [
        ("GET", "/"), ("GET", "/metrics"), ("POST", "/-/reload"), ("PUT", "/-/reload"),
        ("GET", "/api/v1/graphs"), ("GET", "/api/v1/graphs/{id}"),
        ("GET", "/api/v1/graphs/{id}/why"), ("GET", "/api/v1/graphs/budget"),
        ("POST", "/api/v1/graphs/budget"), ("DELETE", "/api/v1/graphs/{id}"),
        ("GET", "/static/{path...}"), ("GET", "/a b/ü"), ("GET", "/{any...}"),
    ].map { Route($0, $1, name: "\($0) \($1)") { _ in .response(.text("")) } }
)

private func outcome(_ method: String, _ path: String, in router: Router = router) -> String {
    let segments = RequestTarget.segments(of: path[...])
    switch router.match(method: method, segments: segments) {
    case .notFound: return "404"
    case .methodNotAllowed(let allow, _): return "405 " + allow
    case .found(let route, let parameters):
        let values = parameters.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }
        return route.name + values.joined()
    }
}

@Test(
    "the most specific route answers",
    arguments: [
        ("GET", "/", "GET /"), ("GET", "/metrics", "GET /metrics"),
        ("HEAD", "/metrics", "GET /metrics"), ("POST", "/metrics", "405 GET, HEAD"),
        ("get", "/metrics", "405 GET, HEAD"), ("PUT", "/-/reload", "PUT /-/reload"),
        ("GET", "/-/reload", "405 POST, PUT"), ("HEAD", "/-/reload", "405 POST, PUT"),
        ("GET", "/api/v1/graphs/7", "GET /api/v1/graphs/{id} id=7"),
        ("GET", "/api/v1/graphs/a%2Fb", "GET /api/v1/graphs/{id} id=a/b"),
        ("GET", "/api/v1/graphs/7/why", "GET /api/v1/graphs/{id}/why id=7"),
        ("GET", "/api/v1/graphs/budget", "GET /api/v1/graphs/budget"),
        ("GET", "/api/v1/graphs/%62udget", "GET /api/v1/graphs/budget"),
        ("DELETE", "/api/v1/graphs/7", "DELETE /api/v1/graphs/{id} id=7"),
        ("DELETE", "/api/v1/graphs/budget", "405 GET, HEAD, POST"),
        ("GET", "/api/v1/graphs/", "GET /{any...} any=api/v1/graphs/"),
        ("GET", "/metrics/", "GET /{any...} any=metrics/"),
        ("GET", "/Metrics", "GET /{any...} any=Metrics"),
        ("GET", "/static/a/b%20c", "GET /static/{path...} path=a/b c"),
        ("GET", "/a%20b/%C3%BC", "GET /a b/ü"), ("GET", "//", "GET /{any...} any=/"),
    ]
)
func routes(method: String, path: String, expected: String) {
    #expect(outcome(method, path) == expected)
}

@Test("an unknown path is 404, or goes to the fallback route")
func fallback() {
    var small = Router([Route("GET", "/a", name: "a") { _ in .response(.text("")) }])
    #expect(outcome("GET", "/b", in: small) == "404")
    small.fallback = Route("", "", name: "fallback") { _ in .response(.text("")) }
    #expect(outcome("PATCH", "/b/c", in: small) == "fallback")
    #expect(outcome("GET", "/a", in: small) == "a")
    #expect(outcome("PUT", "/a", in: small) == "405 GET, HEAD")
}

@Test(
    "a target is split into path and query",
    arguments: [
        ("/a/b?c=d", "/a/b", ["c=d"]), ("/", "/", []), ("/?", "/", []), ("/a#b?c", "/a", []),
        ("/a?b=c=d&&e", "/a", ["b=c=d", "e="]), ("/a?%3D=%26", "/a", ["==&"]),
        ("http://host:80/a?b=c", "/a", ["b=c"]), ("HTTPS://host", "/", []),
        ("/%2e%2E/x", "/../x", []), ("/a?match[]=x&match[]=y", "/a", ["match[]=x", "match[]=y"]),
    ]
)
func targets(text: String, path: String, query: [String]) throws {
    let target = try #require(RequestTarget(text))
    #expect(target.path == path)
    #expect((target.query ?? []).map { "\($0.name)=\($0.value)" } == query)
}

@Test(
    "a target of another form or with invalid encoding is rejected",
    arguments: [
        "", "*", "a", "host:443", "ftp://a/b", "/%", "/%4", "/%4g", "/%00", "/%ff", "/?%+1",
    ]
)
func noTargets(text: String) {
    #expect(RequestTarget(text)?.query == nil)
}

@Test("a form's body is parsed like a query")
func form() {
    var request = ServerRequest(
        target: "/",
        path: "/",
        body: Array("query=up%3D%3D1&time=1+2".utf8)
    )
    #expect(request.formItems?.map(\.value) == ["up==1", "1 2"])
    request.body = Array("query=up # all&time=1".utf8)
    #expect(request.formItems?.map(\.value) == ["up # all", "1"])
    request.body = [0xff]
    #expect(request.formItems == nil)
}

@Test(
    "listen addresses are parsed like those of Prometheus exporters",
    arguments: [
        (":9100", .host("", port: 9100)), ("localhost:9100", .host("localhost", port: 9100)),
        ("192.0.2.1:0", .host("192.0.2.1", port: 0)), ("[::1]:9100", .host("::1", port: 9100)),
        ("[::1]", nil), ("::1:9100", nil), ("9100", nil), ("a:", nil), ("a:65536", nil),
        ("a:-1", nil), ("", nil), ("a:b:1", nil), ("[a:1", nil),
    ] as [(String, ListenAddress?)]
)
func listenAddresses(text: String, expected: ListenAddress?) {
    #expect(ListenAddress(text) == expected)
}

@Test("a listen address round-trips")
func listenAddressDescriptions() {
    for text in [":9100", "a:1", "[::1]:9100"] {
        #expect(ListenAddress(text)?.description == text)
    }
}

@Test("a disabled route does not answer")
func routeThatComesAndGoes() {
    var route = Route("POST", "/a") { _ in .response(.text("")) }
    route.exists = { false }
    guard case .notFound = Router([route]).match(method: "GET", segments: ["a"]) else {
        Issue.record("found")
        return
    }
    route.exists = { true }
    guard case .methodNotAllowed("POST", _) = Router([route]).match(method: "GET", segments: ["a"])
    else {
        Issue.record("not found")
        return
    }
}

@Test(
    "only addresses of this machine's own network are loopback",
    arguments: [
        ("127.0.0.1", true), ("127.255.0.9", true), ("::1", true), ("localhost", true),
        ("LOCALHOST", true), ("::ffff:127.0.0.1", true), ("0:0:0:0:0:0:0:1", true),
        ("127.evil.example", false), ("127.0.0.1.example", false), ("128.0.0.1", false),
        ("::", false), ("", false), ("0.0.0.0", false), ("::ffff:192.0.2.1", false),
        ("::127.0.0.1", false), ("localhost.example", false), ("::2", false),
    ]
)
func loopback(host: String, isLoopback: Bool) {
    #expect(ListenAddress.host(host, port: 1).isLoopback == isLoopback)
}

@Test("a path of very many segments is split once only for its first ones")
func manySegments() throws {
    let path = "/" + String(repeating: "a/", count: 30_000)
    let target = try #require(RequestTarget(path + "?a=b"))
    #expect(target.segments.count == 64)
    #expect("/" + target.segments.joined(separator: "/") == path)
    #expect(target.path == path)
}
