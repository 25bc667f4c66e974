import Etcd
import HTTPClient
import TestSupport
import Testing

@Suite("the client of etcd against etcd")
struct EtcdClientTests {
    @Test("a transaction commits if its compares hold, and else runs the other branch")
    func transactions() async throws {
        try await EtcdServer.with { server in
            try await server.withClient { client in
                let value: [UInt8] = [0, 0xFF, 10] + Array("é".utf8)
                let create = EtcdTransaction(
                    compares: [.createRevision(key: "gw/a", 0)],
                    success: [.put(key: "gw/a", value), .put(key: "gw/é", []), .getPrefix("gw/")],
                    failure: [.get(key: "gw/a"), .get(key: "gw/none")]
                )
                let first = try await client.commit(create)
                #expect(first.isSuccess)
                #expect(first.clusterID > 0)
                try #require(first.results.map(\.count) == [0, 0, 2])
                #expect(first.results[2].map(\.key) == ["gw/a", "gw/é"])
                #expect(first.results[2].map(\.value) == [value, []])
                #expect(first.results[2].allSatisfy { $0.modRevision == first.revision })

                let second = try await client.commit(create)
                #expect(!second.isSuccess)
                #expect(second.revision == first.revision)
                #expect(second.clusterID == first.clusterID)
                #expect(second.results == [[first.results[2][0]], []])
            }
        }
    }

    @Test("each compare holds for the value that the key has, and for no other")
    func compares() async throws {
        try await EtcdServer.with { server in
            try await server.withClient { client in
                let created = try await client.put("a", "1")
                let changed = try await client.put("a", "2")
                func holds(_ compares: EtcdCompare...) async throws -> Bool {
                    try await client.commit(EtcdTransaction(compares: compares)).isSuccess
                }
                #expect(try await holds(.createRevision(key: "a", created.revision)))
                #expect(try await !holds(.createRevision(key: "a", changed.revision)))
                #expect(try await holds(.modRevision(key: "a", changed.revision)))
                #expect(try await !holds(.modRevision(key: "a", created.revision)))
                #expect(try await holds(.modRevision(key: "b", 0), .createRevision(key: "b", 0)))
                #expect(
                    try await !holds(
                        .modRevision(key: "a", changed.revision),
                        .modRevision(key: "b", 1)
                    )
                )
            }
        }
    }

    @Test("a prefix has all keys that begin with it, and no neighbour of them")
    func prefixes() async throws {
        try await EtcdServer.with { server in
            try await server.withClient { client in
                for key in ["g", "g/", "g/a", "g/\u{10FFFF}", "g0", "h"] {
                    try await client.put(key, key)
                }
                let result = try await client.write([
                    .getPrefix("g/"), .delete(key: "g/"), .delete(key: "h"), .getPrefix(""),
                ])
                #expect(
                    result.results.map { $0.map(\.key) } == [
                        ["g/", "g/a", "g/\u{10FFFF}"], [], [], ["g", "g/a", "g/\u{10FFFF}", "g0"],
                    ]
                )
            }
        }
    }

    @Test("what etcd does not accept is refused, with its reason")
    func refusals() async throws {
        try await EtcdServer.with { server in
            try await server.withClient { client in
                func zeros(_ count: Int) -> EtcdOperation {
                    .put(key: "a", [UInt8](repeating: 0, count: count))
                }
                let refused: [([EtcdOperation], Int, String)] = [
                    (Array(repeating: .get(key: "a"), count: 129), 3, "too many operations"),
                    ([.put(key: "a", []), .put(key: "a", [])], 3, "duplicate key"),
                    ([.put(key: "", [])], 3, "key is not provided"),
                    ([zeros(1 << 21)], 8, "larger than max"),
                    ([zeros(3 << 19)], 3, "too large"),
                    ([.put(key: "a", [], lease: 77)], 5, "lease not found"),
                ]
                for (operations, code, text) in refused {
                    let error = await failure { try await client.write(operations) }
                    #expect(error?.isRefusal(code, text) == true)
                }
                let rest = try await client.read("")
                #expect(rest.isEmpty)
            }
        }
    }

    @Test("a key is deleted with its lease: when that is revoked, or expires without renewal")
    func leases() async throws {
        try await EtcdServer.with { server in
            try await server.withClient { client in
                let kept = try await client.grantLease(.seconds(60))
                #expect(kept.timeToLive == .seconds(60))
                let short = try await client.grantLease(.milliseconds(1500))
                // etcd grants no less than its election takes.
                #expect(short.timeToLive >= .seconds(2) && short.timeToLive < .seconds(60))
                try await client.write([
                    .put(key: "kept", [1], lease: kept.id),
                    .put(key: "short", [2], lease: short.id),
                ])
                #expect(try await client.keepAlive(short.id) == short.timeToLive)
                try await eventually("the lease expires", every: .milliseconds(100)) {
                    try await client.read("short").isEmpty
                }
                #expect(try await client.keepAlive(short.id) == nil)
                #expect(try await client.keepAlive(77) == nil)

                #expect(try await client.keepAlive(kept.id) == .seconds(60))
                try await client.revoke(kept.id)
                #expect(try await client.read("").isEmpty)
                #expect(try await client.keepAlive(kept.id) == nil)
                try await client.revoke(kept.id)
            }
        }
    }

    @Test("an answer that is too large fails a read, and leaves a write unknown")
    func largeAnswers() async throws {
        try await EtcdServer.with { server in
            let http = try HTTPClient()
            defer { http.shutdown() }
            // The true limit would take a debug build long to read.
            let transport = NarrowTransport(http: http, maximumResponseBytes: 1 << 20)
            let client = try EtcdClient(server.configuration, transport: transport)
            let keys = (10..<32).map { "large/\($0)" }
            let value = [UInt8](repeating: 7, count: 64 << 10)
            for key in keys { try await client.write([.put(key: key, value)]) }
            #expect(await failure { try await client.read("large/") }?.isAnswerTooLarge == true)
            // The answer is lost, but not what the transaction did.
            let operations: [EtcdOperation] = [.getPrefix("large/"), .delete(key: keys[0])]
            #expect(await failure { try await client.write(operations) }?.isOutcomeUnknown == true)
            try await server.withClient { client in
                let rest = try await client.read("large/")
                #expect(rest.map(\.key) == Array(keys.dropFirst()))
                #expect(rest.allSatisfy { $0.value == value })
            }
        }
    }

    @Test("a full database refuses writes and leases, and permits reads and deletes")
    func space() async throws {
        let arguments = ["--quota-backend-bytes=1048576"]
        try await EtcdServer.with(arguments: arguments) { server in
            try await server.withClient { client in
                try await client.put("a", "1")
                let value = [UInt8](repeating: 0, count: 100 << 10)
                await #expect(throws: EtcdError.noSpace) {
                    for number in 0..<100 {
                        try await client.write([.put(key: "large/\(number)", value)])
                    }
                }
                try await eventually("the alarm is raised", every: .milliseconds(100)) {
                    try await server.etcdctl("alarm", "list").contains("NOSPACE")
                }
                await #expect(throws: EtcdError.noSpace) { try await client.put("b", "1") }
                await #expect(throws: EtcdError.noSpace) {
                    try await client.grantLease(.seconds(60))
                }
                #expect(try await client.read("a").count == 1)
                let deletion = EtcdTransaction(success: [.delete(key: "a")])
                #expect(try await client.commit(deletion).isSuccess)
            }
        }
    }
}

/// Accepts smaller answers.
private struct NarrowTransport: HTTPTransport {
    let http: HTTPClient
    let maximumResponseBytes: Int

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        var request = request
        request.maximumResponseBytes = min(request.maximumResponseBytes, maximumResponseBytes)
        return try await http.send(request)
    }
}
