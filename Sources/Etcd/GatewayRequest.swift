import JSON
import URI
import Time

/// One call of the gateway.
struct GatewayRequest: Sendable {
    let path: String
    let body: JSONValue
    /// Whether etcd changes anything that matters. If not, a missing answer leaves no doubt.
    let changesState: Bool
    /// Whether a request that may have been carried out may be sent to the next endpoint.
    let isRepeatable: Bool
    /// Whether etcd answers with a stream, one answer a line.
    var isStream = false
    let maximumAnswerBytes: Int
}

extension GatewayRequest {
    static func transaction(_ transaction: EtcdTransaction, isRepeatable: Bool) -> GatewayRequest {
        GatewayRequest(
            path: "/v3/kv/txn",
            body: transaction.json,
            changesState: !transaction.isReadOnly,
            isRepeatable: isRepeatable || transaction.isReadOnly,
            maximumAnswerBytes: GatewayBody.maximumBytes
        )
    }

    /// Repeatable, because a lease that nobody renews expires.
    static func grant(_ timeToLive: Duration) -> GatewayRequest {
        let milliseconds = timeToLive.wholeMillisecondsRoundedUp
        let seconds = milliseconds / 1000 + (milliseconds % 1000 > 0 ? 1 : 0)
        return lease("/v3/lease/grant", ["TTL": .string(String(seconds))])
    }

    static func keepAlive(_ lease: Int64) -> GatewayRequest {
        var request = self.lease("/v3/lease/keepalive", ["ID": .string(String(lease))])
        request.isStream = true
        return request
    }

    static func revoke(_ lease: Int64) -> GatewayRequest {
        self.lease("/v3/lease/revoke", ["ID": .string(String(lease))])
    }

    private static func lease(_ path: String, _ body: JSONValue) -> GatewayRequest {
        GatewayRequest(
            path: path,
            body: body,
            changesState: true,
            isRepeatable: true,
            maximumAnswerBytes: 64 << 10
        )
    }

    static func authenticate(user: String, password: String) -> GatewayRequest {
        GatewayRequest(
            path: "/v3/auth/authenticate",
            body: ["name": .string(user), "password": .string(password)],
            changesState: false,
            isRepeatable: true,
            maximumAnswerBytes: 64 << 10
        )
    }
}

/// The keys from `start` up to but not including `end`, or `start` alone.
struct EtcdKeyRange: Hashable, Sendable {
    let start: [UInt8]
    let end: [UInt8]?

    init(key: String) {
        start = Array(key.utf8)
        end = nil
    }

    init(prefix: String) {
        let bytes = Array(prefix.utf8)
        if let last = bytes.last {
            start = bytes
            // UTF-8 has no byte 0xFF, so the last byte can always be incremented.
            end = bytes.dropLast() + [last + 1]
        } else {
            // "\0" to "\0" is etcd's notation for all keys.
            start = [0]
            end = [0]
        }
    }

    var json: [JSONMember] {
        let key = JSONMember("key", .string(Base64.encode(start)))
        guard let end else { return [key] }
        return [key, JSONMember("range_end", .string(Base64.encode(end)))]
    }
}

extension EtcdTransaction {
    var json: JSONValue {
        [
            "compare": .array(compares.map(\.json)),
            "success": .array(success.map(\.json)),
            "failure": .array(failure.map(\.json)),
        ]
    }
}

extension EtcdCompare {
    /// 64-bit numbers are strings in the JSON of protocol buffers.
    fileprivate var json: JSONValue {
        switch self {
        case .modRevision(let key, let revision):
            Self.json(key, "MOD", JSONMember("mod_revision", .string(String(revision))))
        case .createRevision(let key, let revision):
            Self.json(key, "CREATE", JSONMember("create_revision", .string(String(revision))))
        }
    }

    private static func json(_ key: String, _ target: String, _ value: JSONMember) -> JSONValue {
        .object([
            JSONMember("key", .string(Base64.encode(key.utf8))),
            JSONMember("target", .string(target)),
            JSONMember("result", "EQUAL"),
            value,
        ])
    }
}

extension EtcdOperation {
    fileprivate var json: JSONValue {
        switch self {
        case .put(let key, let value, let lease):
            var put = [
                JSONMember("key", .string(Base64.encode(key.utf8))),
                JSONMember("value", .string(Base64.encode(value))),
            ]
            if let lease { put.append(JSONMember("lease", .string(String(lease)))) }
            return ["request_put": .object(put)]
        case .get(let key): return ["request_range": .object(EtcdKeyRange(key: key).json)]
        case .getPrefix(let prefix):
            return ["request_range": .object(EtcdKeyRange(prefix: prefix).json)]
        case .delete(let key): return ["request_delete_range": .object(EtcdKeyRange(key: key).json)]
        }
    }
}
