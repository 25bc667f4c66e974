import Etcd
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
}
