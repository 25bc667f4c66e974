/// All keys below a prefix as of one revision.
package struct EtcdRange: Hashable, Sendable {
    package var keyValues: [EtcdKeyValue]
    package var revision: Int64
    package var clusterID: UInt64

    package init(keyValues: [EtcdKeyValue], revision: Int64, clusterID: UInt64) {
        self.keyValues = keyValues
        self.revision = revision
        self.clusterID = clusterID
    }
}

/// One page of a range.
struct EtcdPage {
    let keyValues: [EtcdKeyValue]
    let revision: Int64
    let clusterID: UInt64
    let hasMore: Bool
}

extension EtcdClient {
    private static let keysPerPage = 500
    /// The memory of the agent must not depend on what others write to etcd.
    private static let maximumKeys = 100_000
    private static let maximumBytes = 64 << 20
    private static let maximumRestarts = 3

    /// All keys below the prefix as of one revision, in order. Reads them in pages, because answers
    /// are limited in size, and begins anew if that revision is compacted meanwhile.
    package func range(prefix: String) async throws(EtcdError) -> EtcdRange {
        for _ in 0..<Self.maximumRestarts {
            do throws(EtcdError) {
                return try await pages(of: EtcdKeyRange(prefix: prefix))
            } catch .compacted {
                continue
            }
        }
        throw .compacted
    }

    private func pages(of range: EtcdKeyRange) async throws(EtcdError) -> EtcdRange {
        var rest = range
        var limit = Self.keysPerPage
        var found: EtcdRange?
        var byteCount = 0
        while true {
            let page: EtcdPage
            do throws(EtcdError) {
                page = try await self.page(of: rest, limit: limit, revision: found?.revision ?? 0)
            } catch .answerTooLarge(let message) {
                guard limit > 1 else { throw .answerTooLarge(message) }
                limit = max(1, limit / 8)
                continue
            }
            var all =
                found
                ?? EtcdRange(keyValues: [], revision: page.revision, clusterID: page.clusterID)
            guard all.clusterID == page.clusterID else {
                throw .unreachable("the endpoints belong to different clusters")
            }
            all.keyValues += page.keyValues
            byteCount += page.keyValues.reduce(0) { $0 + $1.key.utf8.count + $1.value.count }
            found = all
            guard page.hasMore, let last = page.keyValues.last else { return all }
            guard all.keyValues.count < Self.maximumKeys, byteCount < Self.maximumBytes else {
                throw .answerTooLarge(
                    "more than \(all.keyValues.count) keys with \(byteCount) bytes"
                )
            }
            rest.start = Array(last.key.utf8) + [0]
        }
    }

    private func page(
        of range: EtcdKeyRange,
        limit: Int,
        revision: Int64
    ) async throws(EtcdError) -> EtcdPage {
        try await caller.call(.range(range, limit: limit, revision: revision)) {
            answer throws(GatewayAnswerError) in
            try EtcdPage(answer, of: range, limit: limit)
        }
    }
}
