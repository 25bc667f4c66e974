import HTTPClient
import JSON
import Testing

@testable import Etcd

@Suite("requests")
struct EncodingTests {
    @Test("a transaction has the gateway's form: base64 keys, and 64-bit numbers as strings")
    func transaction() throws {
        let transaction = EtcdTransaction(
            compares: [
                .modRevision(key: "a", .max), .createRevision(key: "b", 0),
            ],
            success: [.put(key: "a", [1, 2, 3], lease: .min), .put(key: "b", [])],
            failure: [.get(key: "a"), .getPrefix("a/"), .getPrefix(""), .delete(key: "c")]
        )
        let expected = #"""
            {"compare":[
            {"key":"YQ==","target":"MOD","result":"EQUAL","mod_revision":"9223372036854775807"},
            {"key":"Yg==","target":"CREATE","result":"EQUAL","create_revision":"0"}],
            "success":[
            {"request_put":{"key":"YQ==","value":"AQID","lease":"-9223372036854775808"}},
            {"request_put":{"key":"Yg==","value":""}}],
            "failure":[
            {"request_range":{"key":"YQ=="}},
            {"request_range":{"key":"YS8=","range_end":"YTA="}},
            {"request_range":{"key":"AA==","range_end":"AA=="}},
            {"request_delete_range":{"key":"Yw=="}}]}
            """#
        #expect(try transaction.json == JSONValue.parse(Array(expected.utf8)))
    }

    @Test(
        "a prefix contains every key that begins with it",
        arguments: ["", "a", "é", "\u{10FFFF}"]
    )
    func prefix(_ prefix: String) throws {
        let range = EtcdKeyRange(prefix: prefix)
        let end = try #require(range.end)
        guard !prefix.isEmpty else {
            #expect(range.start == [0] && end == [0])
            return
        }
        for suffix in ["", "\u{0}", "z", "\u{10FFFF}"] {
            let key = Array((prefix + suffix).utf8)
            #expect(!key.lexicographicallyPrecedes(range.start))
            #expect(key.lexicographicallyPrecedes(end))
        }
        #expect(!end.starts(with: prefix.utf8))
    }

    @Test(
        "a time to live is rounded up to seconds",
        arguments: [(1000, "1"), (1001, "2"), (1, "1"), (30_000, "30"), (0, "0")]
    )
    func timeToLive(milliseconds: Int, seconds: String) {
        let request = GatewayRequest.grant(.milliseconds(milliseconds))
        #expect(request.body == ["TTL": .string(seconds)])
    }

    @Test("only a write that is not said to be repeatable is sent once, on its own connection")
    func repetition() throws {
        let write = EtcdTransaction(success: [.get(key: "a")], failure: [.delete(key: "a")])
        let read = EtcdTransaction(success: [.get(key: "a")], failure: [.getPrefix("a")])
        for (transaction, isRepeatable, isSentOnce) in [
            (write, false, true), (write, true, false), (read, false, false), (read, true, false),
        ] {
            let request = GatewayRequest.transaction(transaction, isRepeatable: isRepeatable)
            let http = try request.http(to: "http://a:1", token: nil, timeout: .seconds(1))
            #expect(http.freshConnection == isSentOnce)
            #expect(request.isRepeatable == !isSentOnce)
        }
    }
}
