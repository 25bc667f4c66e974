import Etcd
import TestSupport
import Testing

extension EtcdClient {
    @discardableResult
    func write(_ operations: [EtcdOperation]) async throws(EtcdError) -> EtcdTransactionResult {
        try await commit(EtcdTransaction(success: operations))
    }

    @discardableResult
    func put(_ key: String, _ value: String) async throws(EtcdError) -> EtcdTransactionResult {
        try await write([.put(key: key, Array(value.utf8))])
    }

    /// All keys that begin with the prefix.
    @discardableResult
    func read(_ prefix: String) async throws(EtcdError) -> [EtcdKeyValue] {
        try await write([.getPrefix(prefix)]).results[0]
    }

    /// While the cluster elects a leader, writes fail.
    @discardableResult
    func putEventually(_ key: String, _ value: String) async throws -> EtcdTransactionResult {
        let results = try await eventually("etcd commits", every: .milliseconds(100)) {
            [try? await put(key, value)].compactMap(\.self)
        } is: {
            !$0.isEmpty
        }
        return try #require(results.first)
    }
}

/// nil if the call succeeds.
func failure(of call: () async throws -> some Any) async -> EtcdError? {
    do {
        _ = try await call()
        return nil
    } catch let error as EtcdError {
        return error
    } catch {
        Issue.record(error)
        return nil
    }
}

extension EtcdError {
    /// Whether no endpoint answered and nothing was carried out.
    var isUnreachable: Bool {
        guard case .unreachable = self else { return false }
        return true
    }

    var isOutcomeUnknown: Bool {
        guard case .outcomeUnknown = self else { return false }
        return true
    }

    var isAnswerTooLarge: Bool {
        guard case .answerTooLarge = self else { return false }
        return true
    }

    func isRefusal(_ code: Int, _ text: String) -> Bool {
        guard case .refused(code, let message) = self else { return false }
        return message.contains(text)
    }

    func isUnauthenticated(_ text: String) -> Bool {
        guard case .unauthenticated(let message) = self else { return false }
        return message.contains(text)
    }
}
