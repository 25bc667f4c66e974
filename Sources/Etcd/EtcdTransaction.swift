/// `If` all compares hold `Then` success `Else` failure, atomically.
package struct EtcdTransaction: Hashable, Sendable {
    package var compares: [EtcdCompare]
    package var success: [EtcdOperation]
    package var failure: [EtcdOperation]

    package init(
        compares: [EtcdCompare] = [],
        success: [EtcdOperation] = [],
        failure: [EtcdOperation] = []
    ) {
        self.compares = compares
        self.success = success
        self.failure = failure
    }

    /// Whether it changes nothing, whichever branch runs.
    var isReadOnly: Bool { (success + failure).allSatisfy(\.isRead) }
}

/// Holds if the property of the key equals the value. The revisions of a key that does not exist
/// are 0.
package enum EtcdCompare: Hashable, Sendable {
    case modRevision(key: String, Int64)
    case createRevision(key: String, Int64)
}

package enum EtcdOperation: Hashable, Sendable {
    case put(key: String, [UInt8], lease: Int64? = nil)
    case get(key: String)
    /// All keys that begin with the text; every key if it is empty.
    case getPrefix(String)
    case delete(key: String)

    var isRead: Bool {
        switch self {
        case .get, .getPrefix: true
        case .put, .delete: false
        }
    }
}

package struct EtcdTransactionResult: Hashable, Sendable {
    /// Whether all compares held.
    package var isSuccess: Bool
    /// Of the store after the transaction.
    package var revision: Int64
    package var clusterID: UInt64
    /// One for each operation of the branch that ran. Empty for puts and deletes.
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
    /// The revision at which the key was created last.
    package var createRevision: Int64
    /// The revision at which the key was written last.
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
    /// What etcd granted: at least its own minimum, which follows from its election timeout.
    package var timeToLive: Duration

    package init(id: Int64, timeToLive: Duration) {
        self.id = id
        self.timeToLive = timeToLive
    }
}
