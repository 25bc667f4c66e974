import Foundation
import TestSupport
import Testing

@testable import Listener
import URI

/// `htpasswd -nbB` of "secret" and "sécret:with colon", at the lowest cost.
private let secretHash = "$2y$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW"
private let colonHash = "$2b$04$zyxwvutsrqponmlkjihgfeKR.5/WzgWt38KH6rfabkNSFXArblSB."

private func authenticator() throws -> Authenticator {
    var configuration = AuthenticationConfiguration()
    configuration.basicUsers = ["ann": secretHash, "bob": colonHash]
    configuration.bearerTokens = ["alertmanager": "0123456789abcdef"]
    return try Authenticator(configuration)
}

private let routes: [Route] = {
    var open = Route("GET", "/-/healthy") { _ in .response(.text("ok")) }
    open.requiresAuthentication = false
    let answer: @Sendable (ServerRequest) async -> Reply = { request in
        .response(.text(request.user ?? "nobody"))
    }
    var own = Route("POST", "/own", answer)
    own.requiresAuthentication = false
    own.precondition = { _ in nil }
    return [open, own, Route("GET", "/who", answer), Route("POST", "/who", answer)]
}()

private func answers(
    to requests: [String],
    authenticator: Authenticator?
) async throws -> [RawClient.Response] {
    try await HTTPServer.serving(
        at: [.host("127.0.0.1", port: 0)],
        configuration: .patient,
        authenticator: authenticator,
        router: Router(routes)
    ) { server in
        let port = server.port
        return try await onThread {
            let client = try RawClient(port: port)
            return requests.compactMap { request in
                client.send(request)
                return client.response()
            }
        }
    }
}

private func basic(_ credentials: String) -> String {
    get("/who", "Authorization: Basic " + Data(credentials.utf8).base64EncodedString())
}

@Test("a connection with valid credentials keeps its place when places run out")
func authenticatedKeepsPlace() async throws {
    var limits = HTTPServerConfiguration.patient
    limits.maximumConnections = 3
    try await HTTPServer.serving(
        at: [.host("127.0.0.1", port: 0)],
        configuration: limits,
        authenticator: try authenticator(),
        router: Router(routes)
    ) { server in
        let port = server.port
        try await onThread {
            let request = get("/who", "Authorization: Bearer 0123456789abcdef")
            let scraper = try RawClient(port: port)
            scraper.send(request)
            #expect(scraper.response()?.status == 200)
            // The scraper's connection is the oldest idle one each time.
            for _ in 0..<5 {
                let other = try RawClient(port: port)
                other.send(get("/-/healthy"))
                #expect(other.response()?.status == 200)
                _ = other.detach()
            }
            scraper.send(request)
            #expect(scraper.response()?.status == 200)
        }
        #expect(server.statistics.evictions[.placeNeeded] == 3)
    }
}

@Test("the right password or token is accepted, and the handler learns the user")
func accepted() async throws {
    let requests = [
        basic("ann:secret"), basic("ann:secret"), basic("bob:sécret:with colon"),
        get("/who", "Authorization: Bearer 0123456789abcdef"),
        get("/who", "authorization: bearer 0123456789abcdef"), get("/-/healthy"),
    ]
    let responses = try await answers(to: requests, authenticator: authenticator())
    #expect(responses.map(\.status) == [200, 200, 200, 200, 200, 200])
    #expect(responses.map(\.text) == ["ann", "ann", "bob", "alertmanager", "alertmanager", "ok"])
}

@Test(
    "everything else is 401 with both challenges, and the connection stays open",
    arguments: [
        get("/who"), basic("ann:wrong"), basic("ann:"), basic("ann"), basic("eve:secret"),
        basic("bob:secret"), basic("ann:secret\0"), basic("ANN:secret"), basic(":secret"),
        get("/who", "Authorization: Basic YW5uOnNlY3JldA"),
        get("/who", "Authorization: Basic"), get("/who", "Authorization: Basic *"),
        get("/who", "Authorization: Bearer 0123456789abcdeg"),
        get("/who", "Authorization: Bearer "), get("/who", "Authorization: Digest x"),
        get("/who", "Authorization: Bearer x", "Authorization: Bearer 0123456789abcdef"),
    ]
)
func refused(request: String) async throws {
    // A valid request first: its cached result must not authorize an invalid one.
    let requests = [basic("ann:secret"), request, basic("ann:secret")]
    let responses = try await answers(to: requests, authenticator: authenticator())
    #expect(responses.map(\.status) == [200, 401, 200])
    #expect(responses[1].text == "Unauthorized\n")
    let challenges =
        "Basic realm=\"graphwarden\", charset=\"UTF-8\", Bearer realm=\"graphwarden\""
    #expect(responses[1].headers["www-authenticate"] == challenges)
}

@Test("credentials are checked before the body is read, and a request without them gets no further")
func refusedBeforeBody() async throws {
    try await HTTPServer.serving(
        at: [.host("127.0.0.1", port: 0)],
        configuration: .patient,
        authenticator: try authenticator(),
        router: Router(routes)
    ) { server in
        let port = server.port
        try await onThread {
            for credentials in ["", "Authorization: Basic YW5uOndyb25n\r\n"] {
                let client = try RawClient(port: port)
                client.send(
                    "POST /who HTTP/1.1\r\nHost: a\r\n\(credentials)Content-Length: 60000\r\n\r\nx"
                )
                let response = try #require(client.response())
                #expect(response.status == 401)
                #expect(response.headers["connection"] == "close")
            }
            let client = try RawClient(port: port)
            let right = Data("ann:secret".utf8).base64EncodedString()
            client.send(
                "POST /who HTTP/1.1\r\nHost: a\r\nAuthorization: Basic \(right)\r\n"
                    + "Content-Length: 3\r\n\r\nx=1" + get("/-/healthy")
            )
            #expect(client.response()?.text == "ann")
            #expect(client.response()?.text == "ok")
        }
        #expect(server.statistics.bodyBytes == 0)
    }
}

@Test("a route's own precondition refuses before the body is read, and gets no body")
func precondition() async throws {
    var route = Route("POST", "/hook") { .response(.text("\($0.body.count)")) }
    route.requiresAuthentication = false
    route.precondition = { request in
        guard request.headers["Authorization"] == "Bearer right", request.body.isEmpty else {
            return .text("no\n", status: 403)
        }
        return nil
    }
    try await HTTPServer.serving(
        at: [.host("127.0.0.1", port: 0)],
        configuration: .patient,
        authenticator: try authenticator(),
        router: Router([route])
    ) { server in
        let port = server.port
        try await onThread {
            let head = "POST /hook HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n"
            let refused = try RawClient(port: port)
            refused.send(head + "Authorization: Bearer wrong\r\n\r\n1")
            #expect(refused.response()?.text == "no\n")
            #expect(refused.isClosed())
            let client = try RawClient(port: port)
            for _ in 0..<2 {
                client.send(head + "Authorization: Bearer right\r\n\r\n12345")
                #expect(client.response()?.text == "5")
            }
        }
        #expect(server.statistics.rejections == [.unauthorized: 1])
    }
}

@Test("a client that closes its sending side after the request gets its answer, also after bcrypt")
func halfClosedWithPassword() async throws {
    try await HTTPServer.serving(
        at: [.host("127.0.0.1", port: 0)],
        configuration: .patient,
        authenticator: try authenticator(),
        router: Router(routes)
    ) { server in
        let port = server.port
        try await onThread {
            let client = try RawClient(port: port)
            client.send(basic("ann:secret"))
            client.finishSending()
            #expect(client.response()?.text == "ann")
            let unfinished = try RawClient(port: port)
            let bob = Data("bob:sécret:with colon".utf8).base64EncodedString()
            unfinished.send(
                "POST /who HTTP/1.1\r\nHost: a\r\nAuthorization: Basic \(bob)\r\n"
                    + "Content-Length: 5\r\n\r\n1"
            )
            unfinished.finishSending()
            #expect(unfinished.response()?.status != 200)
        }
        try await eventually("no connection is left") { server.statistics.openConnections == 0 }
    }
}

@Test("without credentials nobody learns which paths and methods exist")
func unauthorizedComesFirst() async throws {
    let requests = [
        get("/nothing"), "DELETE /who HTTP/1.1\r\nHost: a\r\n\r\n", get("/own"),
        "DELETE /-/healthy HTTP/1.1\r\nHost: a\r\n\r\n",
    ]
    let anonymous = try await answers(to: requests, authenticator: authenticator())
    #expect(anonymous.map(\.status) == [401, 401, 401, 405])
    let field = "Authorization: Bearer 0123456789abcdef\r\n"
    let known = try await answers(
        to: requests.map { $0.replacing("Host: a\r\n", with: "Host: a\r\n" + field) },
        authenticator: authenticator()
    )
    #expect(known.map(\.status) == [404, 405, 405, 405])
}

@Test("without an authenticator there is no user, and one may be set later")
func replaced() async throws {
    let responses = try await answers(to: [get("/who")], authenticator: nil)
    #expect(responses.first?.text == "nobody")
    try await withServer(routes) { server in
        server.replaceAuthenticator(with: try authenticator())
        let port = server.port
        try await onThread {
            let client = try RawClient(port: port)
            client.send(get("/who"))
            #expect(client.response()?.status == 401)
        }
        #expect(server.statistics.rejections == [.unauthorized: 1])
        #expect(server.statistics.requestsInFlight == 0)
    }
}

@Test(
    "anything but a bcrypt hash of acceptable cost is refused by user name",
    arguments: [
        ("secret", "not a bcrypt hash"), ("$1$abc$def", "not a bcrypt hash"), ("", "not a bcrypt"),
        ("$2y$10$short", "not a bcrypt hash"), ("$2y$31$" + secretHash.dropFirst(7), "cost 31"),
        ("$2y$xx$" + secretHash.dropFirst(7), "not a bcrypt hash"),
    ]
)
func badHash(hash: String, reason: String) throws {
    var configuration = AuthenticationConfiguration()
    configuration.basicUsers = ["ann": hash]
    let error = #expect(throws: AuthenticationError.self) { try Authenticator(configuration) }
    #expect(error?.description.hasPrefix("user \"ann\": ") == true)
    #expect(error?.description.contains(reason) == true)
    #expect(hash.isEmpty || error?.description.contains(hash) == false)
}

@Test("short tokens and no credentials at all are refused")
func uselessConfiguration() {
    var configuration = AuthenticationConfiguration()
    #expect(throws: AuthenticationError.nobody) { try Authenticator(configuration) }
    configuration.bearerTokens = ["x": "short"]
    #expect(throws: AuthenticationError.weakToken(name: "x")) { try Authenticator(configuration) }
}

@Test("base64 of every length round-trips, and invalid base64 is rejected")
func base64() {
    var random = SeededRandom(seed: 1)
    for length in 0..<70 {
        let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
        #expect(Base64.decode(Data(bytes).base64EncodedString()) == bytes)
    }
    for broken in ["a", "ab", "abc", "ab=c", "a===", "====", "ab c", "abc-"] {
        #expect(Base64.decode(broken) == nil, "\(broken)")
    }
}
