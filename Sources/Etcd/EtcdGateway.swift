import JSON
import URI

/// The JSON of etcd's gRPC gateway (proto3 JSON): bytes are base64, 64-bit numbers are strings, and
/// what is zero, false or empty is left out.
enum EtcdGateway {
    static func encode(_ transaction: EtcdTransaction) -> JSONValue {
        [
            "compare": .array(transaction.compares.map(encode)),
            "success": .array(transaction.success.map(encode)),
            "failure": .array(transaction.failure.map(encode)),
        ]
    }

    private static func encode(_ compare: EtcdCompare) -> JSONValue {
        switch compare {
        case .modRevision(let key, let revision):
            [
                "target": "MOD", "result": "EQUAL", "key": bytes(key),
                "mod_revision": number(revision),
            ]
        case .createRevision(let key, let revision):
            [
                "target": "CREATE", "result": "EQUAL", "key": bytes(key),
                "create_revision": number(revision),
            ]
        }
    }

    private static func encode(_ operation: EtcdOperation) -> JSONValue {
        switch operation {
        case .put(let key, let value, let lease):
            [
                "request_put": [
                    "key": bytes(key), "value": .string(Base64.encode(value)),
                    "lease": number(lease ?? 0),
                ]
            ]
        case .get(let key): ["request_range": ["key": bytes(key)]]
        case .getPrefix(let prefix):
            [
                "request_range": [
                    "key": bytes(prefix),
                    "range_end": .string(Base64.encode(end(of: Array(prefix.utf8)))),
                ]
            ]
        case .delete(let key): ["request_delete_range": ["key": bytes(key)]]
        }
    }

    /// The first key after all that begin so.
    static func end(of prefix: [UInt8]) -> [UInt8] {
        var end = prefix
        while let last = end.popLast() {
            if last < 0xff { return end + [last + 1] }
        }
        return [0]
    }

    static func number(_ value: Int64) -> JSONValue { .string("\(value)") }

    static func bytes(_ text: String) -> JSONValue { .string(Base64.encode(Array(text.utf8))) }

    // MARK: - Answers

    static func result(
        _ answer: JSONValue,
        operations: (success: Int, failure: Int)
    ) throws(EtcdError) -> EtcdTransactionResult {
        guard let header = answer["header"] else { throw .malformed("it has no header") }
        let isSuccess = answer["succeeded"]?.boolValue ?? false
        let responses = answer["responses"]?.arrayValue ?? []
        guard responses.count == (isSuccess ? operations.success : operations.failure) else {
            throw .malformed("it has \(responses.count) results")
        }
        var results: [[EtcdKeyValue]] = []
        for response in responses {
            var entries: [EtcdKeyValue] = []
            for entry in response["response_range"]?["kvs"]?.arrayValue ?? [] {
                entries.append(try keyValue(entry))
            }
            results.append(entries)
        }
        return EtcdTransactionResult(
            isSuccess: isSuccess,
            revision: try integer(header["revision"]),
            clusterID: try unsigned(header["cluster_id"]),
            results: results
        )
    }

    private static func keyValue(_ entry: JSONValue) throws(EtcdError) -> EtcdKeyValue {
        guard let key = Base64.decode(entry["key"]?.stringValue ?? ""),
            let value = Base64.decode(entry["value"]?.stringValue ?? "")
        else { throw .malformed("a key or value is not base64") }
        return EtcdKeyValue(
            key: String(decoding: key, as: UTF8.self),
            value: value,
            createRevision: try integer(entry["create_revision"]),
            modRevision: try integer(entry["mod_revision"])
        )
    }

    /// A number that is left out is 0.
    static func integer(_ value: JSONValue?) throws(EtcdError) -> Int64 {
        guard let value else { return 0 }
        guard let number = value.stringValue.flatMap({ Int64($0) }) ?? value.integerValue else {
            throw .malformed("a number is none")
        }
        return number
    }

    private static func unsigned(_ value: JSONValue?) throws(EtcdError) -> UInt64 {
        guard let value else { return 0 }
        guard let number = value.stringValue.flatMap({ UInt64($0) }) else {
            throw .malformed("a number is none")
        }
        return number
    }

    /// From an answer with another status than 200. Versions differ in the name of the message.
    static func error(status: Int, _ body: [UInt8]) -> EtcdError {
        guard let answer = try? JSONValue.parse(body), answer.objectValue != nil else {
            return .malformed("status \(status)")
        }
        let code = Int(answer["code"]?.integerValue ?? 0)
        let message =
            answer["message"]?.stringValue ?? answer["error"]?.stringValue ?? "status \(status)"
        if message.contains("database space exceeded") { return .noSpace }
        switch code {
        case 7, 16: return .unauthenticated(message)
        // `invalid auth token` comes with different codes.
        case _ where message.contains("auth"): return .unauthenticated(message)
        // Deadline exceeded, unavailable: what was proposed may still be agreed on.
        case 4, 14: return .outcomeUnknown(message)
        default: return .refused(code: code, message: message)
        }
    }
}
