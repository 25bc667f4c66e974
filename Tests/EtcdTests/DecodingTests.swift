import Testing

@testable import Etcd

@Suite("answers")
struct DecodingTests {
    private func client(status: Int = 200, _ body: String) throws -> EtcdClient {
        try EtcdClient(
            EtcdConfiguration(endpoints: ["http://a:1"]),
            transport: ScriptedTransport(status: status, body)
        )
    }

    @Test("64-bit numbers keep every digit, whether they are strings or numbers")
    func numbers() async throws {
        for (cluster, revision) in [
            (#""18446744073709551615""#, #""9223372036854775807""#),
            ("18446744073709551615", "9223372036854775807"),
        ] {
            let body = """
                {"header":{"cluster_id":\(cluster),"revision":\(revision)},"succeeded":true,
                "responses":[{"response_range":{"kvs":[{"key":"YQ==","value":"/w==","version":"1",
                "create_revision":"9007199254740993","mod_revision":"9007199254740995",
                "lease":"-9007199254740993"}],"count":"1"}}]}
                """
            let result = try await client(body).commit(.read)
            #expect(result.clusterID == .max)
            #expect(result.revision == .max)
            let expected = EtcdKeyValue(
                key: "a",
                value: [0xFF],
                createRevision: 9_007_199_254_740_993,
                modRevision: 9_007_199_254_740_995
            )
            #expect(result.results == [[expected]])
        }
    }

    @Test(
        "an answer that etcd would not give leaves a write unknown, and a read without a result",
        arguments: [
            "", "null", "[]", "7", "{}", "{\"header\":{}}", "<html><body>Welcome</body></html>",
            #"{"header":{"cluster_id":"7"}}"#, #"{"header":{"revision":"5"}}"#,
            #"{"header":{"cluster_id":"0","revision":"5"}}"#,
            #"{"header":{"cluster_id":"7","revision":"-5"}}"#,
            #"{"header":{"cluster_id":"-7","revision":"5"}}"#,
            #"{"header":{"cluster_id":"7","revision":"9223372036854775808"}}"#,
            #"{"header":{"cluster_id":"18446744073709551616","revision":"5"}}"#,
            #"{"header":{"cluster_id":7e0,"revision":"5"}}"#,
            #"{"header":{"cluster_id":"+7","revision":"5"}}"#,
            #"{"header":{"cluster_id":"0x7","revision":"5"}}"#,
            #"{"header":{"cluster_id":" 7","revision":"5"}}"#,
            #"{\#(Sample.header),"succeeded":true}"#,
            #"{\#(Sample.header),"succeeded":"true"}"#,
            #"{\#(Sample.header),"succeeded":true,"responses":{}}"#,
            #"{\#(Sample.header),"succeeded":true,"responses":[]}"#,
            #"{\#(Sample.header),"succeeded":true,"responses":[null]}"#,
            #"{\#(Sample.header),"succeeded":true,"responses":[{}]}"#,
            #"{\#(Sample.header),"succeeded":true,"responses":[{"response_delete_range":{}}]}"#,
            #"{\#(Sample.header),"succeeded":true,"responses":[{"response_put":[]}]}"#,
            #"{\#(Sample.header),"responses":[{"response_put":{}}]}"#,
            #"{\#(Sample.header),"responses":[{"response_range":{}}]}"#,
            Sample.put + Sample.put, Sample.put + "\n" + Sample.put, Sample.put + "\nx",
            String(repeating: "[", count: 5000),
        ]
    )
    func hostile(body: String) async throws {
        let client = try client(body)
        #expect(await failure { try await client.commit(.write) }?.kind == .unknown)
        #expect(await failure { try await client.commit(.read) }?.kind == .unreachable)
    }

    @Test(
        "a key or value that cannot be right is no result",
        arguments: [
            #"{"key":"YQ=","create_revision":"1","mod_revision":"1"}"#,
            #"{"key":"YR==","create_revision":"1","mod_revision":"1"}"#,
            #"{"key":"_w==","create_revision":"1","mod_revision":"1"}"#,
            #"{"key":7,"create_revision":"1","mod_revision":"1"}"#,
            // Not UTF-8.
            #"{"key":"/w==","create_revision":"1","mod_revision":"1"}"#,
            #"{"key":"YQ==","mod_revision":"1"}"#,
            #"{"key":"YQ==","create_revision":"1"}"#,
            #"{"key":"YQ==","create_revision":"1","mod_revision":"1.5"}"#,
            #"{"key":"YQ==","create_revision":"1","mod_revision":1.5}"#,
            #"{"key":"YQ==","create_revision":"1","mod_revision":"1","value":"*"}"#,
            "7",
        ]
    )
    func wrongKeys(keyValue: String) async throws {
        let client = try client(Sample.success(#"{"response_range":{"kvs":[\#(keyValue)]}}"#))
        await #expect(throws: EtcdError.self) { _ = try await client.commit(.read) }
    }

    @Test(
        "keys that were not asked for, out of order or incomplete are no result",
        arguments: [
            (EtcdOperation.get(key: "a"), ["b"]), (.get(key: "a"), ["aa"]), (.get(key: "a"), [""]),
            (.get(key: "a"), ["a", "a"]), (.get(key: "a"), ["a", "b"]),
            // Equal strings of different bytes.
            (.get(key: "\u{E9}"), ["e\u{301}"]), (.getPrefix("\u{E9}"), ["e\u{301}"]),
            (.getPrefix("a/"), ["a"]), (.getPrefix("a/"), ["a0"]), (.getPrefix("a/"), ["b/a/"]),
            (.getPrefix("a/"), ["a/1", "b"]), (.getPrefix("a/"), ["a/2", "a/1"]),
            (.getPrefix("a/"), ["a/1", "a/1"]), (.getPrefix(""), ["b", "a"]),
        ]
    )
    func wrongReads(operation: EtcdOperation, keys: [String]) async throws {
        let reader = try client(Sample.success(Sample.range(keys)))
        let read = EtcdTransaction(success: [operation])
        #expect(await failure { try await reader.commit(read) }?.kind == .unreachable)
        let writer = try client(Sample.success(Sample.range(keys), Sample.putResponse))
        let write = EtcdTransaction(success: [operation, .put(key: "a", [])])
        #expect(await failure { try await writer.commit(write) }?.kind == .unknown)
    }

    @Test("a read that goes on elsewhere is no result, however many keys it has")
    func incompleteReads() async throws {
        for keys in [[], ["a"], ["a", "b"]] {
            for (more, isRight) in [("false", true), ("true", false), ("1", false)] {
                let client = try client(
                    Sample.success(Sample.range(keys, #","more":\#(more)"#))
                )
                let result = try? await client.commit(EtcdTransaction(success: [.getPrefix("")]))
                #expect(result?.results.map { $0.map(\.key) } == (isRight ? [keys] : nil))
            }
        }
    }

    @Test("a lease without a time has expired; one of nonsense is no lease")
    func leases() async throws {
        let alive = #"{"result":{\#(Sample.header),"ID":"9","TTL":"30"}}"# + "\n"
        #expect(try await client(alive).keepAlive(9) == .seconds(30))
        let gone = #"{"result":{\#(Sample.header),"ID":"9"}}"# + "\n"
        #expect(try await client(gone).keepAlive(9) == nil)
        #expect(try await client(alive + alive).keepAlive(9) == .seconds(30))
        for wrong in [
            alive.replacing("\"9\"", with: "\"8\""), alive.replacing("30", with: "x"),
            alive.replacing("30", with: "9223372036854775807"), "{}", "{\"result\":[]}", "",
        ] {
            let client = try client(wrong)
            await #expect(throws: EtcdError.self) { try await client.keepAlive(9) }
        }
        #expect(
            try await client(Sample.grant).grantLease(.seconds(30))
                == EtcdLease(id: 9, timeToLive: .seconds(30))
        )
        for wrong in [
            Sample.grant + "\n" + Sample.grant,
            Sample.grant.replacing("\"9\"", with: "\"0\""),
            Sample.grant.replacing("\"30\"", with: "\"0\""),
            Sample.grant.replacing("\"30\"", with: "\"-1\""),
            Sample.grant.replacing("\"30\"", with: "\"9223372036854775807\""),
        ] {
            let client = try client(wrong)
            await #expect(throws: EtcdError.self) { try await client.grantLease(.seconds(30)) }
        }
    }
}
