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

    /// nil if the write succeeds.
    func failureOfPut() async -> EtcdError? {
        do {
            try await put("failure", "")
            return nil
        } catch {
            return error
        }
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

/// Expects that etcd refuses and says why.
func expectRefusal(
    _ code: Int,
    _ text: String,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ call: () async throws -> some Any
) async {
    await #expect(sourceLocation: sourceLocation) {
        _ = try await call()
    } throws: {
        guard case .refused(code, let message) = $0 as? EtcdError else { return false }
        return message.contains(text)
    }
}

func expectUnauthenticated(
    _ text: String,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ call: () async throws -> some Any
) async {
    await #expect(sourceLocation: sourceLocation) {
        _ = try await call()
    } throws: {
        guard case .unauthenticated(let message) = $0 as? EtcdError else { return false }
        return message.contains(text)
    }
}

/// Expects that no endpoint answered and that nothing was carried out.
func expectUnreachable(
    sourceLocation: SourceLocation = #_sourceLocation,
    _ call: () async throws -> some Any
) async {
    await #expect(sourceLocation: sourceLocation) {
        _ = try await call()
    } throws: {
        guard case .unreachable = $0 as? EtcdError else { return false }
        return true
    }
}
