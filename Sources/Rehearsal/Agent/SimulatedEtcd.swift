import Agent
import Etcd
import Synchronization
import VirtualTime

/// An etcd in memory, in virtual time: transactions one after the other, and leases that end.
package final class SimulatedEtcd: Sendable {
    private struct State {
        var revision: Int64 = 1
        var entries: [String: EtcdKeyValue] = [:]
        /// When each lease ends.
        var leases: [Int64: Duration] = [:]
        var timesToLive: [Int64: Duration] = [:]
        var owners: [String: Int64] = [:]
        var nextLease: Int64 = 1
        var clusterID: UInt64 = 7
        var backup: [State] = []
    }

    let time: VirtualTime
    private let state = Mutex(State())

    init(_ time: VirtualTime) {
        self.time = time
    }

    /// Copies everything, as a backup does.
    package func backUp() {
        state.withLock { $0.backup = [$0] }
    }

    /// Goes back to the backup: what came later is lost.
    package func restore() {
        state.withLock { state in
            if let backup = state.backup.first { state = backup }
        }
    }

    /// Answers as another cluster with the same content.
    package func changeCluster() {
        state.withLock { $0.clusterID += 1 }
    }

    /// Ends every lease that is over, with its keys.
    private static func expire(_ state: inout State, at now: Duration) {
        for (lease, end) in state.leases where end <= now { Self.end(lease, &state) }
    }

    private static func end(_ lease: Int64, _ state: inout State) {
        state.leases[lease] = nil
        let keys = state.owners.filter { $0.value == lease }.map(\.key)
        guard !keys.isEmpty else { return }
        state.revision += 1
        for key in keys {
            state.owners[key] = nil
            state.entries[key] = nil
        }
    }

    func commit(_ transaction: EtcdTransaction) -> EtcdTransactionResult {
        state.withLock { state in
            Self.expire(&state, at: time.elapsed)
            let isSuccess = transaction.compares.allSatisfy { compare in
                switch compare {
                case .modRevision(let key, let revision):
                    state.entries[key]?.modRevision ?? 0 == revision
                case .createRevision(let key, let revision):
                    state.entries[key]?.createRevision ?? 0 == revision
                }
            }
            let operations = isSuccess ? transaction.success : transaction.failure
            let next = state.revision + 1
            var results: [[EtcdKeyValue]] = []
            for operation in operations { results.append(Self.apply(operation, next, &state)) }
            let changes = operations.contains { operation in
                switch operation {
                case .put, .delete: true
                case .get, .getPrefix: false
                }
            }
            if changes { state.revision = next }
            return EtcdTransactionResult(
                isSuccess: isSuccess,
                revision: state.revision,
                clusterID: state.clusterID,
                results: results
            )
        }
    }

    private static func apply(
        _ operation: EtcdOperation,
        _ revision: Int64,
        _ state: inout State
    ) -> [EtcdKeyValue] {
        switch operation {
        case .put(let key, let value, let lease):
            state.entries[key] = EtcdKeyValue(
                key: key,
                value: value,
                createRevision: state.entries[key]?.createRevision ?? revision,
                modRevision: revision
            )
            state.owners[key] = lease
            return []
        case .get(let key): return state.entries[key].map { [$0] } ?? []
        case .getPrefix(let prefix):
            return state.entries.values.filter { $0.key.hasPrefix(prefix) }
                .sorted { $0.key < $1.key }
        case .delete(let key):
            state.entries[key] = nil
            state.owners[key] = nil
            return []
        }
    }

    func grant(_ timeToLive: Duration) -> EtcdLease {
        state.withLock { state in
            defer { state.nextLease += 1 }
            state.leases[state.nextLease] = time.elapsed + timeToLive
            state.timesToLive[state.nextLease] = timeToLive
            return EtcdLease(id: state.nextLease, timeToLive: timeToLive)
        }
    }

    func keepAlive(_ lease: Int64) -> Duration? {
        state.withLock { state in
            Self.expire(&state, at: time.elapsed)
            guard state.leases[lease] != nil, let timeToLive = state.timesToLive[lease] else {
                return nil
            }
            state.leases[lease] = time.elapsed + timeToLive
            return timeToLive
        }
    }

    func revoke(_ lease: Int64) {
        state.withLock { Self.end(lease, &$0) }
    }
}

/// The way of one agent to etcd, which can be cut.
struct SimulatedEtcdConnection: SharedStore {
    /// What happens on the way.
    enum Fault: Hashable, Sendable {
        case none
        /// Nothing arrives.
        case cut
        /// Everything arrives, and no answer comes back.
        case losesAnswers
        /// Everything arrives twice, and the second answer comes back: the client has repeated the
        /// request at another endpoint.
        case repeats
        case slow(Duration)
    }

    /// A request that is never answered takes so long.
    private static let timeout = Duration.seconds(5)
    private static let latency = Duration.milliseconds(3)

    let etcd: SimulatedEtcd
    let lifeline: Lifeline
    let fault: @Sendable () -> Fault

    func commit(
        _ transaction: EtcdTransaction,
        isRepeatable: Bool
    ) async throws(EtcdError) -> EtcdTransactionResult {
        try await carry { etcd.commit(transaction) }
    }

    func grantLease(_ timeToLive: Duration) async throws(EtcdError) -> EtcdLease {
        try await carry { etcd.grant(timeToLive) }
    }

    func keepAlive(_ lease: Int64) async throws(EtcdError) -> Duration? {
        try await carry { etcd.keepAlive(lease) }
    }

    func revoke(_ lease: Int64) async throws(EtcdError) {
        try await carry { etcd.revoke(lease) }
    }

    private func carry<Answer>(_ request: () -> Answer) async throws(EtcdError) -> Answer {
        guard lifeline.holds else { throw .unreachable("the process was killed") }
        let fault = fault()
        switch fault {
        case .none: await pass(Self.latency)
        case .cut:
            await pass(Self.timeout)
            throw .unreachable("the connection is cut")
        case .losesAnswers: await pass(Self.latency)
        case .repeats: _ = request()
        case .slow(let duration): await pass(duration)
        }
        guard lifeline.holds else { throw .unreachable("the process was killed") }
        let answer = request()
        guard fault != .losesAnswers else {
            await pass(Self.timeout)
            throw .outcomeUnknown("no answer")
        }
        await pass(Self.latency)
        return answer
    }

    private func pass(_ duration: Duration) async {
        try? await etcd.time.sleep(for: duration)
    }
}
