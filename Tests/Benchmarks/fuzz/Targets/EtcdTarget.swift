import Etcd
import HTTPClient

extension Targets {
    /// Answers of etcd's gateway. The first line names the call and the status.
    static let etcd = Target("etcd", tokens: Tokens.json + Tokens.etcd) { input in
        let answer = AnswerInput(input)
        let client = try EtcdClient(
            EtcdConfiguration(endpoints: ["http://a:1", "http://b:1"]),
            transport: FixedAnswer(answer),
            elapsed: { .zero }
        )
        let call = answer.envelope.choice(0, of: Store.calls)
        do {
            return try await call.run(client)
        } catch let error as EtcdError {
            try Message.check("\(error)")
            if !call.isWrite, case .outcomeUnknown = error {
                throw Broken("a read may have been carried out", "\(error)")
            }
            return .refused
        }
    }
}

extension Tokens {
    fileprivate static let etcd = [
        "\"header\":{\"cluster_id\":\"7\",\"revision\":\"5\"}", "\"succeeded\":true", "\"kvs\":[",
        "\"responses\":[", "\"response_range\":{", "\"response_put\":{}", "\"key\":\"YQ==\"",
        "\"value\":\"/w==\"", "\"create_revision\":\"1\"", "\"mod_revision\":\"1\"",
        "\"more\":true",
        "\"count\":\"2\"", "\"ID\":\"9\"", "\"TTL\":\"30\"", "\"result\":{", "\"error\":",
        "\"code\":5",
        "\"message\":\"etcdserver: ", " 503", " 400",
    ]
}

private struct Store {
    let isWrite: Bool
    let run: @Sendable (EtcdClient) async throws -> Reading

    static let calls: KeyValuePairs<String, Store> = [
        "read": Store(isWrite: false) { client in
            let reads = EtcdTransaction(success: [.get(key: "a"), .getPrefix("b/")])
            _ = try await client.commit(reads)
            return .accepted
        },
        "put": Store(isWrite: true) { client in
            _ = try await client.commit(EtcdTransaction(success: [.put(key: "a", [1])]))
            return .accepted
        },
        "grant": Store(isWrite: true) { client in
            _ = try await client.grantLease(.seconds(30))
            return .accepted
        },
        "keepalive": Store(isWrite: true) { client in
            try await client.keepAlive(9) == nil ? .refused : .accepted
        },
        "revoke": Store(isWrite: true) { client in
            try await client.revoke(9)
            return .accepted
        },
    ]
}
