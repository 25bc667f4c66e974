import Testing

@testable import Etcd

private struct Refusal: Sendable {
    let status: Int
    let body: String
    let write: EtcdError.Kind
    let read: EtcdError.Kind

    init(_ status: Int, _ body: String, _ write: EtcdError.Kind, read: EtcdError.Kind? = nil) {
        self.status = status
        self.body = body
        self.write = write
        self.read = read ?? write
    }

    /// As etcd 3.4 and 3.5 write it.
    init(
        _ status: Int,
        _ message: String,
        code: Int,
        _ write: EtcdError.Kind,
        read: EtcdError.Kind? = nil
    ) {
        self.init(
            status,
            #"{"error":"\#(message)","message":"\#(message)","code":\#(code)}"#,
            write,
            read: read
        )
    }
}

@Suite("refusals")
struct RefusalTests {
    @Test(
        "each error of etcd and of what stands before it has its meaning",
        arguments: [
            Refusal(403, "etcdserver: permission denied", code: 7, .refused),
            Refusal(404, "etcdserver: requested lease not found", code: 5, .refused),
            Refusal(400, "etcdserver: too many operations in txn request", code: 3, .refused),
            Refusal(400, "etcdserver: duplicate key given in txn request", code: 3, .refused),
            Refusal(500, "etcdserver: corrupt cluster", code: 15, .refused),
            Refusal(429, "etcdserver: mvcc: database space exceeded", code: 8, .noSpace),
            Refusal(400, "etcdserver: too large lease TTL", code: 11, .refused),
            Refusal(401, "etcdserver: invalid auth token", code: 16, .credentials),
            Refusal(400, "etcdserver: user name is empty", code: 3, .credentials),
            Refusal(400, "etcdserver: revision of auth store is old", code: 3, .credentials),
            Refusal(500, "auth: revision in header is old", code: 2, .credentials),
            // The member did nothing, or it is none.
            Refusal(404, "Not Found", code: 5, .unreachable),
            Refusal(501, "unknown service etcdserverpb.KV", code: 12, .unreachable),
            Refusal(503, "etcdserver: no leader", code: 14, .unreachable),
            Refusal(429, "etcdserver: too many requests", code: 8, .unreachable),
            Refusal(503, "etcdserver: rpc not supported for learner", code: 14, .unreachable),
            Refusal(400, "etcdserver: rpc not supported for learner", code: 9, .unreachable),
            Refusal(500, "raft proposal dropped", code: 2, .unreachable),
            Refusal(
                503,
                "all SubConns are in TransientFailure, latest connection error: x",
                code: 14,
                .unreachable
            ),
            Refusal(
                503,
                "connection error: desc = 'transport: Error while dialing dial tcp'",
                code: 14,
                .unreachable
            ),
            Refusal(
                503,
                "connection error: desc = 'transport: failed to write client preface: x'",
                code: 14,
                .unreachable
            ),
            // The member may have done it, or may still do it.
            Refusal(
                503,
                "connection error: desc = 'error reading from server: EOF'",
                code: 14,
                .unknown,
                read: .unreachable
            ),
            Refusal(503, "etcdserver: request timed out", code: 14, .unknown, read: .unreachable),
            Refusal(
                503,
                "etcdserver: request timed out, possibly due to previous leader failure",
                code: 14,
                .unknown,
                read: .unreachable
            ),
            Refusal(503, "etcdserver: leader changed", code: 14, .unknown, read: .unreachable),
            Refusal(503, "etcdserver: server stopped", code: 14, .unknown, read: .unreachable),
            Refusal(503, "transport is closing", code: 14, .unknown, read: .unreachable),
            Refusal(504, "context deadline exceeded", code: 4, .unknown, read: .unreachable),
            Refusal(408, "context canceled", code: 1, .unknown, read: .unreachable),
            Refusal(500, "something new", code: 99, .unknown, read: .unreachable),
            Refusal(
                429,
                "grpc: received message larger than max (9 vs. 8)",
                code: 8,
                .unknown,
                read: .tooLarge
            ),
        ]
    )
    private func meanings(refusal: Refusal) async throws {
        try await check(refusal)
    }

    @Test(
        "other versions write the same errors in other forms",
        arguments: [
            // 3.6 has no member `error`.
            Refusal(403, #"{"code":7,"message":"etcdserver: permission denied"}"#, .refused),
            Refusal(
                503,
                #"{"code":14, "message":"etcdserver: no leader", "details":[]}"#,
                .unreachable
            ),
            Refusal(
                503,
                #"{"code":14,"message":"etcdserver: request timed out","details":[]}"#,
                .unknown,
                read: .unreachable
            ),
            // Before 3.4 there was no member `message`.
            Refusal(403, #"{"error":"etcdserver: permission denied","code":7}"#, .refused),
            // Streams, after status 200 was sent.
            Refusal(
                200,
                #"{"error":{"grpc_code":7,"http_code":403,"message":"etcdserver: permission denied"}}"#,
                .refused
            ),
            Refusal(
                200,
                #"{"error":{"code":7,"message":"etcdserver: permission denied"}}"#,
                .refused
            ),
            Refusal(503, #"{"error":"x"}"#, .unknown, read: .unreachable),
            Refusal(503, #"{"code":14}"#, .unknown, read: .unreachable),
            Refusal(503, #"{"code":1e300,"message":7}"#, .unknown, read: .unreachable),
            // What stands before etcd, or is not etcd.
            Refusal(502, "<html>Bad Gateway</html>", .unknown, read: .unreachable),
            Refusal(504, "<html>Gateway Timeout</html>", .unknown, read: .unreachable),
            Refusal(500, "", .unknown, read: .unreachable),
            Refusal(408, "", .unknown, read: .unreachable),
            Refusal(200, "<html>Welcome</html>", .unknown, read: .unreachable),
            Refusal(404, "Not Found\n", .unreachable),
            Refusal(301, "", .unreachable),
            Refusal(401, "<html>Log in</html>", .unreachable),
            Refusal(413, "<html>Too large</html>", .unreachable),
        ]
    )
    private func forms(refusal: Refusal) async throws {
        try await check(refusal)
    }

    private func check(_ refusal: Refusal) async throws {
        let client = try EtcdClient(
            EtcdConfiguration(endpoints: ["http://a:1"]),
            transport: ScriptedTransport(status: refusal.status, refusal.body)
        )
        for (operation, kind) in [
            (EtcdOperation.put(key: "a", []), refusal.write), (.get(key: "a"), refusal.read),
        ] {
            let transaction = EtcdTransaction(success: [operation])
            #expect(await failure { try await client.commit(transaction) }?.kind == kind)
        }
    }

    @Test("messages of the server are shown as one line of limited length")
    func messages() async throws {
        let text = "a\\nb\\u0000" + String(repeating: "x", count: 10_000)
        let client = try EtcdClient(
            EtcdConfiguration(endpoints: ["http://a:1"]),
            transport: ScriptedTransport(status: 403, #"{"message":"\#(text)","code":7}"#)
        )
        let shown = try #require(await failure { try await client.commit(.read) }).description
        #expect(shown.contains("a b ") && shown.count < 500)
    }

    @Test("every error says what to do")
    func descriptions() {
        let errors: [EtcdError] = [
            .unreachable("x"), .outcomeUnknown("x"), .refused(code: 7, message: "x"), .noSpace,
            .unauthenticated("x"), .answerTooLarge("x"),
        ]
        for error in errors { #expect("\(error)".contains(". ")) }
        #expect(errors.filter(\.mayHaveBeenCarriedOut) == [.outcomeUnknown("x"), .noSpace])
    }
}
