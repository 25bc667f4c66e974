import Glibc
package import HTTPClient

/// A client of one etcd cluster.
///
/// It goes on to the next endpoint if one is unreachable, has no leader or does not answer in time,
/// and begins the next call at the endpoint that answered. Reads are linearizable.
package final class EtcdClient: Sendable {
    private let caller: GatewayCaller
    /// nil if the transport belongs to someone else.
    private let ownedTransport: HTTPClient?

    /// Throws if a setting is unusable or the file of certificate authorities cannot be read.
    package init(
        _ configuration: EtcdConfiguration,
        elapsed: @escaping @Sendable () -> Duration = EtcdClient.systemElapsed
    ) throws(EtcdError) {
        let endpoints = try configuration.checkedEndpoints()
        let http: HTTPClient
        do {
            http = try HTTPClient(
                configuration: configuration.httpConfiguration(endpointCount: endpoints.count)
            )
        } catch {
            throw .invalidConfiguration(error.message)
        }
        ownedTransport = http
        caller = GatewayCaller(
            configuration,
            endpoints: endpoints,
            transport: http,
            elapsed: elapsed
        )
    }

    /// Over another transport, which the caller shuts down. The files of certificates in the
    /// configuration are not used.
    package init(
        _ configuration: EtcdConfiguration,
        transport: any HTTPTransport,
        elapsed: @escaping @Sendable () -> Duration = EtcdClient.systemElapsed
    ) throws(EtcdError) {
        ownedTransport = nil
        caller = GatewayCaller(
            configuration,
            endpoints: try configuration.checkedEndpoints(),
            transport: transport,
            elapsed: elapsed
        )
    }

    /// - Parameter isRepeatable: whether the transaction may be sent to another endpoint although
    ///   it may have been carried out already. Its compares may then see its own writes. One that
    ///   only reads is always repeatable.
    package func commit(
        _ transaction: EtcdTransaction,
        isRepeatable: Bool = false
    ) async throws(EtcdError) -> EtcdTransactionResult {
        let request = GatewayRequest.transaction(transaction, isRepeatable: isRepeatable)
        return try await caller.call(request) { answer throws(GatewayAnswerError) in
            try transaction.result(of: answer)
        }
    }

    /// - Parameter timeToLive: rounded up to whole seconds.
    package func grantLease(_ timeToLive: Duration) async throws(EtcdError) -> EtcdLease {
        try await caller.call(.grant(timeToLive)) { answer throws(GatewayAnswerError) in
            try EtcdLease(answer)
        }
    }

    /// Renews the lease and returns its time to live, counted from a moment after this call began;
    /// nil if it has expired.
    package func keepAlive(_ lease: Int64) async throws(EtcdError) -> Duration? {
        try await caller.call(.keepAlive(lease)) { answer throws(GatewayAnswerError) in
            try EtcdLease.remaining(lease, in: answer)
        }
    }

    /// Ends the lease and deletes its keys. A lease that no longer exists is no error.
    package func revoke(_ lease: Int64) async throws(EtcdError) {
        do throws(EtcdError) {
            try await caller.call(.revoke(lease)) { answer throws(GatewayAnswerError) in
                _ = try GatewayObject(answer).header()
            }
        } catch .refused(code: 5, _) {
            return
        }
    }

    /// Fails every request in flight. Idempotent.
    package func shutdown() {
        ownedTransport?.shutdown()
    }

    /// Time since the host booted, including suspension: deadlines pass while it sleeps.
    package static let systemElapsed: @Sendable () -> Duration = {
        var time = timespec()
        unsafe clock_gettime(CLOCK_BOOTTIME, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
