/// Operations that are carried out together, or not at all: those of `success` if every comparison
/// holds, those of `failure` otherwise. Reads see what the whole cluster has agreed on.
package struct EtcdTransaction: Hashable, Sendable {
    package var compares: [EtcdCompare]
    package var success: [EtcdOperation]
    package var failure: [EtcdOperation]

    package init(
        compares: [EtcdCompare] = [],
        success: [EtcdOperation],
        failure: [EtcdOperation] = []
    ) {
        self.compares = compares
        self.success = success
        self.failure = failure
    }
}

/// What must be equal. The revisions of a key that does not exist are 0.
package enum EtcdCompare: Hashable, Sendable {
    case modRevision(key: String, Int64)
    case createRevision(key: String, Int64)
}

package enum EtcdOperation: Hashable, Sendable {
    /// With a lease, the key disappears when the lease ends.
    case put(key: String, [UInt8], lease: Int64? = nil)
    case get(key: String)
    /// Every key that begins so.
    case getPrefix(String)
    case delete(key: String)
}

package struct EtcdTransactionResult: Hashable, Sendable {
    package var isSuccess: Bool
    /// Of the store after the transaction.
    package var revision: Int64
    package var clusterID: UInt64
    /// What each operation of the branch read; empty for the others.
    package var results: [[EtcdKeyValue]]

    package init(
        isSuccess: Bool,
        revision: Int64,
        clusterID: UInt64,
        results: [[EtcdKeyValue]]
    ) {
        self.isSuccess = isSuccess
        self.revision = revision
        self.clusterID = clusterID
        self.results = results
    }
}

package struct EtcdKeyValue: Hashable, Sendable {
    package var key: String
    package var value: [UInt8]
    package var createRevision: Int64
    package var modRevision: Int64

    package init(key: String, value: [UInt8], createRevision: Int64, modRevision: Int64) {
        self.key = key
        self.value = value
        self.createRevision = createRevision
        self.modRevision = modRevision
    }
}

package struct EtcdLease: Hashable, Sendable {
    package var id: Int64
    package var timeToLive: Duration

    package init(id: Int64, timeToLive: Duration) {
        self.id = id
        self.timeToLive = timeToLive
    }
}
