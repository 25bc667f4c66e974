import Etcd
import HTTPClient
import JSON
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
                #expect(try await holds(.value(key: "a", Array("2".utf8))))
                #expect(try await !holds(.value(key: "a", Array("1".utf8))))
                #expect(try await holds(.modRevision(key: "b", 0), .createRevision(key: "b", 0)))
                #expect(try await !holds(.value(key: "b", [])))
                #expect(
                    try await !holds(
                        .modRevision(key: "a", changed.revision),
                        .modRevision(key: "b", 1)
                    )
                )
            }
        }
    }

    @Test("deleting removes one key, or all with a prefix and no neighbour of it")
    func deletion() async throws {
        try await EtcdServer.with { server in
            try await server.withClient { client in
                for key in ["g", "g/", "g/a", "g/\u{10FFFF}", "g0", "h"] {
                    try await client.put(key, key)
                }
                let deletion = EtcdTransaction(
                    success: [.getPrefix("g/"), .deletePrefix("g/"), .delete(key: "h")]
                )
                let result = try await client.commit(deletion)
                #expect(
                    result.results.map { $0.map(\.key) } == [
                        ["g/", "g/a", "g/\u{10FFFF}"], [], [],
                    ]
                )
                let rest = try await client.range(prefix: "")
                #expect(rest.keyValues.map(\.key) == ["g", "g0"])
            }
        }
    }

    @Test("what etcd does not accept is refused, with its reason")
    func refusals() async throws {
        try await EtcdServer.with { server in
            try await server.withClient { client in
                let many = EtcdTransaction(success: Array(repeating: .get(key: "a"), count: 129))
                await expectRefusal(3, "too many operations") { try await client.commit(many) }
                let twice = EtcdTransaction(
                    success: [.put(key: "a", []), .put(key: "a", [])]
                )
                await expectRefusal(3, "duplicate key") { try await client.commit(twice) }
                await expectRefusal(3, "key is not provided") { try await client.put("", "a") }
                let large = EtcdTransaction(
                    success: [.put(key: "a", [UInt8](repeating: 0, count: 1 << 21))]
                )
                await expectRefusal(8, "larger than max") { try await client.commit(large) }
                let tooLarge = EtcdTransaction(
                    success: [.put(key: "a", [UInt8](repeating: 0, count: 3 << 19))]
                )
                await expectRefusal(3, "too large") { try await client.commit(tooLarge) }
                let unleased = EtcdTransaction(success: [.put(key: "a", [], lease: 77)])
                await expectRefusal(5, "lease not found") { try await client.commit(unleased) }
                let rest = try await client.range(prefix: "")
                #expect(rest.keyValues.isEmpty)
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
                #expect(
                    try await client.range(prefix: "").keyValues.map(\.lease) == [
                        kept.id, short.id,
                    ]
                )
                #expect(try await client.keepAlive(short.id) == short.timeToLive)
                try await eventually("the lease expires", every: .milliseconds(100)) {
                    try await client.range(prefix: "short").keyValues.isEmpty
                }
                #expect(try await client.keepAlive(short.id) == nil)
                #expect(try await client.keepAlive(77) == nil)

                #expect(try await client.keepAlive(kept.id) == .seconds(60))
                try await client.revoke(kept.id)
                #expect(try await client.range(prefix: "").keyValues.isEmpty)
                #expect(try await client.keepAlive(kept.id) == nil)
                try await client.revoke(kept.id)
            }
        }
    }

    @Test("a prefix with many pages is complete")
    func pages() async throws {
        try await EtcdServer.with(arguments: ["--max-txn-ops=1000"]) { server in
            try await server.withClient { client in
                let keys = (0..<1201).map { "p/\(10_000 + $0)" }
                for start in [0, 600] {
                    let part = keys[start..<min(start + 601, keys.count)]
                    try await client.write(part.map { .put(key: $0, Array($0.utf8)) })
                }
                let all = try await client.range(prefix: "p/")
                #expect(all.keyValues.map(\.key) == keys)
                #expect(all.keyValues.allSatisfy { $0.value == Array($0.key.utf8) })
            }
        }
    }

    @Test("values that together exceed the limit of an answer are read in smaller pages")
    func largePages() async throws {
        try await EtcdServer.with { server in
            let http = try HTTPClient()
            defer { http.shutdown() }
            // The true limit would take a debug build long to read.
            let transport = NarrowTransport(http: http, maximumResponseBytes: 1 << 20)
            let client = try EtcdClient(server.configuration, transport: transport)
            let keys = (10..<32).map { "large/\($0)" }
            let value = [UInt8](repeating: 7, count: 64 << 10)
            for key in keys { try await client.write([.put(key: key, value)]) }
            let large = try await client.range(prefix: "large/")
            #expect(large.keyValues.map(\.key) == keys)
            #expect(large.keyValues.allSatisfy { $0.value == value })
            await #expect {
                try await client.write([.getPrefix("large/")])
            } throws: {
                guard case .answerTooLarge = $0 as? EtcdError else { return false }
                return true
            }
            // The answer is lost, but not what the transaction did.
            await #expect {
                try await client.write([.getPrefix("large/"), .deletePrefix("large/")])
            } throws: {
                ($0 as? EtcdError)?.mayHaveBeenCarriedOut == true
            }
            let rest = try await client.range(prefix: "")
            #expect(rest.keyValues.isEmpty)
        }
    }

    @Test("a range begins anew if its revision is compacted between two pages")
    func compaction() async throws {
        try await EtcdServer.with(arguments: ["--max-txn-ops=1000"]) { server in
            let http = try HTTPClient()
            defer { http.shutdown() }
            let transport = CompactingTransport(http: http, url: server.endpoints[0])
            let client = try EtcdClient(server.configuration, transport: transport)
            let puts = (0..<700).map { EtcdOperation.put(key: "p/\(1000 + $0)", []) }
            let written = try await client.write(puts)
            await transport.compact(times: 1)
            let all = try await client.range(prefix: "p/")
            #expect(all.keyValues.count == 700)
            #expect(all.revision == written.revision + 1)

            await transport.compact(times: 100)
            await #expect(throws: EtcdError.compacted) { try await client.range(prefix: "p/") }
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
                #expect(try await client.range(prefix: "a").keyValues.count == 1)
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

/// Writes a key and compacts all revisions before it, after each first page.
private actor CompactingTransport: HTTPTransport {
    private let http: HTTPClient
    private let url: String
    private var remaining = 0

    init(http: HTTPClient, url: String) {
        self.http = http
        self.url = url
    }

    func compact(times: Int) { remaining = times }

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let response = try await http.send(request)
        let body = try? JSONValue.parse(request.body ?? [])
        guard remaining > 0, request.url.hasSuffix("/range"), body?["revision"] == nil else {
            return response
        }
        remaining -= 1
        let answer = try await post("/v3/kv/put", ["key": "YQ==", "value": "YQ=="])
        let written = answer?["header"]?["revision"] ?? .null
        _ = try await post("/v3/kv/compaction", ["revision": written, "physical": true])
        return response
    }

    private func post(_ path: String, _ body: JSONValue) async throws(HTTPError) -> JSONValue? {
        let bytes = try? body.serialized()
        let response = try await http.send(HTTPRequest(.post, url: url + path, body: bytes))
        return try? JSONValue.parse(response.body)
    }
}
