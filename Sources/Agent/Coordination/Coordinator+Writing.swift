import Coordination
package import Cycle
import Etcd
import JSON
package import Ledger
import Remediation
import Synchronization
package import Time

extension Coordinator: LedgerWriter {
    /// Writes what agents share to etcd, and then the rest to the own ledger. If etcd refuses,
    /// nothing is written. If only the own ledger does, etcd has an intent of which nothing is
    /// sent; the next write says so.
    package func write(_ toDisk: ToDisk) async throws(LedgerError) {
        var rest = toDisk
        rest.changes = SharedChanges.own(toDisk.changes)
        let shared: SharedChanges
        do throws(JSONError) {
            shared = try SharedChanges(toDisk.changes, keys)
        } catch {
            throw LedgerError(cause: .rejected("\(error)"), path: place)
        }
        note(toDisk.changes.intents)
        if !shared.operations.isEmpty { try await commit(shared) }
        try await own.write(rest)
    }

    package func tidy(before time: Timestamp) async throws(LedgerError) -> Int {
        try await own.tidy(before: time)
    }

    private var place: String { "in etcd below \(keys.prefix)" }

    private func commit(_ changes: SharedChanges) async throws(LedgerError) {
        for batch in changes.batches {
            do {
                try await commit(batch, needsLead: changes.needsLead)
            } catch {
                state.withLock { $0.mustRead = true }
                // The loop steps again at once, and needs to know what has changed.
                try? await readState(ifNewerThan: nil)
                throw LedgerError(cause: .unshared("\(error)"), path: place)
            }
        }
    }

    /// One transaction: if this agent still leads and nobody has written since the version that
    /// the loop acts on.
    private func commit(
        _ operations: [EtcdOperation],
        needsLead: Bool
    ) async throws {
        let (base, epoch, number) = state.withLock { state in
            state.writes += 1
            return (state.base, state.epoch, state.writes)
        }
        guard let base else {
            throw CoordinationRefusal("the shared state has not been read yet")
        }
        var compares: [EtcdCompare] = [.modRevision(key: keys.fleet, base)]
        if needsLead {
            guard let epoch, isLeader else {
                throw CoordinationRefusal("this agent no longer leads")
            }
            compares.append(.createRevision(key: keys.leader, epoch))
        }
        let record = FleetRecord(
            schemaVersion: MachineSnapshot.schemaVersion,
            by: settings.id,
            write: "\(settings.id)/\(number)"
        )
        guard let mark = try? StrictJSONEncoder().encode(record) else { return }
        let result = try await store.commit(
            EtcdTransaction(
                compares: compares,
                success: operations + [.put(key: keys.fleet, mark)],
                failure: [.get(key: keys.fleet)]
            ),
            // The mark tells whether an earlier copy of the transaction was carried out.
            isRepeatable: true
        )
        let fleet = result.isSuccess ? nil : result.results.first?.first
        if result.isSuccess || fleet?.value == mark {
            let version = fleet?.modRevision ?? result.revision
            try await check(result.clusterID, version: version)
            state.withLock { $0.wrote(version) }
            return remember(result.clusterID, version: version)
        }
        throw CoordinationRefusal(
            needsLead
                ? "another agent has changed the shared state or taken the lead meanwhile"
                : "another agent has changed the shared state meanwhile"
        )
    }
}

extension Coordinator.State {
    mutating func wrote(_ version: Int64) {
        base = version
        if let waiting, waiting.version <= version { self.waiting = nil }
    }
}
