package import Etcd

/// etcd as the coordinator uses it.
package protocol SharedStore: Sendable {
    /// Commits a transaction. One that is repeatable may have been carried out twice.
    func commit(
        _ transaction: EtcdTransaction,
        isRepeatable: Bool
    ) async throws(EtcdError) -> EtcdTransactionResult
    func grantLease(_ timeToLive: Duration) async throws(EtcdError) -> EtcdLease
    /// Nil if the lease has expired.
    func keepAlive(_ lease: Int64) async throws(EtcdError) -> Duration?
    func revoke(_ lease: Int64) async throws(EtcdError)
}

extension EtcdClient: SharedStore {}
