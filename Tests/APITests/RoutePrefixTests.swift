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

    @Test("redirects the root and itself to the page")
    func redirects() async throws {
        for route in try RoutePrefix("/gw").applied(to: Self.routes).prefix(2) {
            let request = ServerRequest(target: route.pattern, path: route.pattern)
            guard case .response(let response) = await route.handler.reply(to: request) else {
                Issue.record("no response")
                continue
            }
            #expect(response.status == 302)
            #expect(response.headers["Location"] == "/gw/")
        }
    }
}
