import Listener
import Testing

@testable import API

@Suite("The route prefix")
struct RoutePrefixTests {
    private static let routes = [
        Route("GET", "/") { _ in .response(.text("page")) },
        Route("GET", "/api/{id}", name: "api") { _ in .response(.text("api")) },
    ]

    @Test("has slashes only between its segments", arguments: ["gw/x", "/gw/x", "//gw/x//"])
    func slashes(text: String) throws {
        #expect(try RoutePrefix(text).path == "/gw/x")
        #expect(try RoutePrefix("/") == .root)
        #expect(try RoutePrefix("") == .root)
    }

    @Test(
        "is refused if paths could be spelt differently",
        arguments: ["a//b", "a/.", "..", "{a}", "%41"]
    )
    func refused(text: String) {
        #expect(throws: RoutePrefixError.self) { try RoutePrefix(text) }
    }

    @Test("moves every route and keeps its name")
    func moves() throws {
        let moved = try RoutePrefix("/gw").applied(to: Self.routes)
        #expect(moved.map(\.pattern) == ["/", "/gw", "/gw/", "/gw/api/{id}"])
        #expect(moved.map(\.name) == ["redirect", "redirect", "/", "api"])
        #expect(RoutePrefix.root.applied(to: Self.routes).map(\.pattern) == ["/", "/api/{id}"])
    }

    @Test("redirects the root and itself to the page, under the prefix that the client uses")
    func redirects() async throws {
        let prefix = try RoutePrefix("/gw")
        let proxied = try RoutePrefix("/public")
        for (routes, location) in [
            (prefix.applied(to: Self.routes), "/gw/"),
            (prefix.applied(to: Self.routes) { _ in proxied }, "/public/"),
            (prefix.applied(to: Self.routes) { _ in .root }, "/"),
        ] {
            for route in routes.prefix(2) {
                let request = ServerRequest(target: route.pattern, path: route.pattern)
                guard case .response(let response) = await route.handler.reply(to: request) else {
                    Issue.record("no response")
                    continue
                }
                #expect(response.status == 302)
                #expect(response.headers["Location"] == location)
            }
        }
    }

    @Test("is not in the path that a handler sees")
    func strips() async throws {
        var route = Route("GET", "/{path...}") { .response(.text($0.path + " " + $0.target)) }
        route.preparedResponse = { .text($0.path) }
        route.precondition = { .text($0.path) }
        let moved = try #require(try RoutePrefix("/gw").applied(to: [route]).last)
        let request = ServerRequest(target: "/gw/gw/x", path: "/gw/gw/x")
        guard case .response(let response) = await moved.handler.reply(to: request) else {
            Issue.record("no response")
            return
        }
        #expect(response.body == Array("/gw/x /gw/gw/x".utf8))
        #expect(moved.preparedResponse?(request)?.body == Array("/gw/x".utf8))
        #expect(await moved.precondition?(request)?.body == Array("/gw/x".utf8))
    }
}
