import Synchronization
import TestSupport
import Testing

@testable import Listener

private let changing: [Route] = {
    var query = Route("POST", "/query") { _ in .response(.text("read")) }
    query.changesState = false
    return [
        Route("POST", "/change") { _ in .response(.text("changed")) },
        Route("GET", "/change") { _ in .response(.text("seen")) }, query,
    ]
}()

/// The status of a request with these fields to a server that is known as `graphs.example`.
private func status(
    _ method: String,
    _ path: String,
    host: String = "127.0.0.1",
    _ fields: [String],
    body: String = "{}"
) async throws -> Int? {
    try await withServer(changing) { server in
        server.setOriginPolicy(
            externalURL: "https://graphs.example/watch/",
            hosts: ["warden.monitoring.svc"]
        )
        let port = server.port
        return try await onThread {
            let client = try RawClient(port: port)
            let all = ["Host: \(host)", "Content-Length: \(body.utf8.count)"] + fields
            client.send("\(method) \(path) HTTP/1.1\r\n")
            client.send(all.map { $0 + "\r\n" }.joined() + "\r\n" + body)
            return client.response()?.status
        }
    }
}

private let json = "Content-Type: application/json"

@Test(
    "changes are accepted under every name of the server",
    arguments: [
        "127.0.0.1", "127.0.0.1:10355", "LOCALHOST:1", "graphs.example", "Graphs.Example:443",
        "warden.monitoring.svc:10355",
    ]
)
func ownHosts(host: String) async throws {
    #expect(try await status("POST", "/change", host: host, [json]) == 200)
}

@Test(
    "changes under a foreign name are refused",
    arguments: [
        "evil.example", "192.0.2.1", "[::1]", "graphs.example.evil", "xgraphs.example", "",
        "127.0.0.1.evil.example",
    ]
)
func foreignHosts(host: String) async throws {
    #expect(try await status("POST", "/change", host: host, [json]) == 421)
    // Reading and queries are not affected.
    #expect(try await status("GET", "/change", host: host, [], body: "") == 200)
    #expect(try await status("POST", "/query", host: host, [], body: "query=up") == 200)
}

@Test(
    "changes from pages of another origin are refused",
    arguments: [
        ["Origin: https://evil.example"], ["Origin: null"], ["Origin: http://127.0.0.1:3000"],
        ["Origin: ftp://127.0.0.1"], ["Origin: "], ["Origin: http://127.0.0.1", "Origin: null"],
        ["Sec-Fetch-Site: cross-site"], ["Sec-Fetch-Site: same-site"],
        ["Origin: http://graphs.example"], ["Origin: https://graphs.example:8443"],
    ]
)
func foreignOrigins(fields: [String]) async throws {
    #expect(try await status("POST", "/change", fields + [json]) == 403)
    #expect(try await status("POST", "/query", fields, body: "query=up") == 200)
}

@Test(
    "changes from the server's own pages are accepted",
    arguments: [
        ["Origin: http://127.0.0.1"], ["Origin: http://127.0.0.1:80"],
        ["Origin: https://graphs.example"], ["Origin: HTTPS://graphs.example:443"],
        ["Sec-Fetch-Site: same-origin"], ["Sec-Fetch-Site: none"],
        ["Origin: http://127.0.0.1", "Sec-Fetch-Site: same-origin"],
    ]
)
func ownOrigins(fields: [String]) async throws {
    #expect(try await status("POST", "/change", fields + [json]) == 200)
}

@Test(
    "a body that does not say that it is JSON is 415",
    arguments: [
        [], ["Content-Type: text/plain"], ["Content-Type: application/x-www-form-urlencoded"],
        ["Content-Type: multipart/form-data; boundary=x"], ["Content-Type: application/jsonx"],
        [json, "Content-Type: text/plain"], ["Content-Type: text/plain; application/json"],
    ]
)
func otherBodies(fields: [String]) async throws {
    #expect(try await status("POST", "/change", fields) == 415)
}

@Test("JSON may have parameters, and no body needs no type")
func jsonBodies() async throws {
    for type in ["application/json; charset=utf-8", "Application/JSON", "application/x+json"] {
        #expect(try await status("POST", "/change", ["Content-Type: \(type)"]) == 200)
    }
    #expect(try await status("POST", "/change", [], body: "") == 200)
}

@Test("a URL needs a scheme and a host, and a host has no port")
func flags() {
    for url in ["https://a", "http://a:1/b", "https://[::1]/"] { #expect(OriginPolicy.isURL(url)) }
    for url in ["a", "/a", "ftp://a", "https://", "https://a b", "https://a:x"] {
        #expect(!OriginPolicy.isURL(url), "\(url)")
    }
    for host in ["a", "a.b", "192.0.2.1", "::1"] { #expect(OriginPolicy.isHost(host)) }
    for host in ["", "a:1", "a/b", "[::1]", "a b"] {
        #expect(!OriginPolicy.isHost(host), "\(host)")
    }
}

@Test("the addresses of the machine are read once in ten seconds, however many ask")
func machineAddresses() {
    let reads = Mutex(0)
    let addresses = MachineAddresses {
        reads.withLock { $0 += 1 }
        return ["192.0.2.\(reads.withLock(\.self))"]
    }
    for _ in 0..<100 {
        #expect(addresses.contains("192.0.2.1", at: .seconds(5)))
        #expect(addresses.contains("192.0.2.1", at: .seconds(14)))
    }
    #expect(!addresses.contains("192.0.2.1", at: .seconds(15)))
    #expect(addresses.contains("192.0.2.2", at: .seconds(16)))
    #expect(MachineAddresses().contains("127.0.0.1"))
}
