import API
import Coordination
import Etcd
import JSON
import Ledger
import Logging
import Remediation
import Synchronization
import Time

/// One look: renew the lease, publish, read the others, compete for the lead, and read the shared
/// state if somebody has changed it.
extension Coordinator {
    func look() async {
        let began = clock.elapsed()
        do {
            try await renew()
            let fleet = try await exchange()
            try await readState(ifNewerThan: fleet)
            if try await compete() { try await readState(ifNewerThan: nil) }
            note(trouble: nil)
        } catch {
            metrics.add(to: MetricCatalog.storeFailures, "etcd")
            note(trouble: "\(error)")
        }
        metrics.add(to: MetricCatalog.storeOperations, "etcd")
        let seconds = (clock.elapsed() - began).inSeconds
        metrics.observe(MetricCatalog.storeDuration, seconds: seconds, "etcd")
        if hasNews { wake() }
    }

    /// Notices a store that is not the one that this agent knows, or lacks what it has seen there.
    func check(_ result: EtcdTransactionResult) throws {
        let new = SharedWatermark(clusterID: "\(result.clusterID)", revision: result.revision)
        let known = state.withLock { state in
            defer { if state.watermark == nil { state.watermark = new } }
            return state.watermark
        }
        guard let objection = known?.objection(toCluster: new.clusterID, revision: new.revision)
        else { return }
        state.withLock { state in
            state.epoch = nil
            state.awaitedEpoch = nil
        }
        throw CoordinationRefusal(
            objection + "; once it is right, start the agent with"
                + " --storage.accept-older-ledger"
        )
    }

    private func note(trouble: String?) {
        let before = state.withLock { state in
            defer { if trouble != nil || state.trouble != nil { state.trouble = trouble } }
            return state.trouble
        }
        guard before != trouble else { return }
        if let trouble {
            logger.warning(
                "etcd cannot be used; nothing is restarted",
                metadata: ["err": "\(trouble)"]
            )
        } else {
            logger.info("etcd can be used", metadata: ["prefix": "\(keys.prefix)"])
        }
    }

    // MARK: - Lease

    private func renew() async throws {
        let now = clock.elapsed()
        let (lease, renewedAt) = state.withLock { ($0.lease, $0.renewedAt) }
        if let lease {
            guard now - renewedAt >= settings.lease.renewInterval else { return }
            if try await store.keepAlive(lease) != nil {
                state.withLock { $0.renewedAt = now }
                return
            }
            logger.warning("The lease has expired", metadata: ["lease": "\(lease)"])
            state.withLock { $0.lose() }
        }
        let granted = try await store.grantLease(settings.lease.timeToLive)
        state.withLock { state in
            state.lease = granted.id
            state.renewedAt = now
        }
    }

    // MARK: - What agents say

    /// Publishes what changed and reads what the others say. Returns the key of the fleet.
    private func exchange() async throws -> EtcdKeyValue? {
        let (lease, report, published) = state.withLock { state in
            (state.lease, self.report(state), state.published)
        }
        guard let lease else { return nil }
        var operations: [EtcdOperation] = [
            .get(key: keys.leader), .get(key: keys.fleet), .getPrefix(keys.members),
        ]
        let new = Published(lease: lease, report: report)
        if new != published, let value = try? StrictJSONEncoder().encode(report) {
            operations.append(.put(key: keys.member(report.id), value, lease: lease))
        }
        let result: EtcdTransactionResult
        do {
            result = try await store.commit(
                EtcdTransaction(compares: [], success: operations, failure: []),
                isRepeatable: true
            )
        } catch {
            // The lease may have expired between the renewal and now.
            state.withLock { $0.published = nil }
            throw error
        }
        let now = clock.elapsed()
        let members = result.results[2].map { MemberReport($0) }
        let leader = result.results[0].first
        state.withLock { state in
            state.published = new
            state.see(members, except: settings.id, at: now)
            state.leader = leader.map { LeaderRecord($0) }
            if leader == nil || leader?.createRevision != state.epoch { state.epoch = nil }
            if leader?.createRevision != state.awaitedEpoch { state.awaitedEpoch = nil }
            // A bid for the lead whose answer was lost may have been carried out.
            if state.epoch == nil, state.leader?.id == settings.id {
                state.awaitedEpoch = leader?.createRevision
            }
        }
        try check(result)
        return result.results[1].first
    }

    private func report(_ state: State) -> MemberReport {
        MemberReport(
            id: settings.id,
            name: settings.name,
            url: settings.url,
            version: BuildInformation.current.version,
            policyHash: state.policyHash,
            poll: state.publication.poll,
            sights: state.publication.sights
        )
    }

    // MARK: - The lead

    /// Returns true if this agent has become the leader. One that has not polled yet leaves it to
    /// the others.
    private func compete() async throws -> Bool {
        let (isVacant, lease) = state.withLock { state in
            (state.leader == nil && state.publication.poll > 0, state.lease)
        }
        let record = LeaderRecord(id: settings.id, name: settings.name, url: settings.url)
        guard isVacant, let lease, let value = try? StrictJSONEncoder().encode(record) else {
            return false
        }
        let result = try await store.commit(
            EtcdTransaction(
                compares: [.createRevision(key: keys.leader, 0)],
                success: [.put(key: keys.leader, value, lease: lease)],
                failure: []
            ),
            isRepeatable: false
        )
        guard result.isSuccess else { return false }
        state.withLock { state in
            state.leader = record
            state.awaitedEpoch = result.revision
        }
        return true
    }

    // MARK: - The shared state

    /// - Parameter fleet: the key of the fleet as it was read; nil to read in any case.
    func readState(ifNewerThan fleet: EtcdKeyValue?) async throws {
        let isNeeded = state.withLock { state in
            state.mustRead || state.awaitedEpoch != nil
                || fleet.map { state.isForeign($0, to: settings.id) } ?? false
        }
        guard isNeeded else { return }
        let writes = state.withLock { $0.writes }
        let result = try await store.commit(
            EtcdTransaction(
                compares: [],
                success: [
                    .get(key: keys.fleet), .getPrefix(keys.graphs), .get(key: keys.pauses),
                ],
                failure: []
            ),
            isRepeatable: true
        )
        try check(result)
        let shared: SharedState
        do {
            shared = try SharedState(
                fleet: result.results[0].first,
                graphs: result.results[1],
                pauses: result.results[2].first
            )
        } catch {
            throw CoordinationRefusal("\(error)")
        }
        state.withLock { state in
            // The loop has written meanwhile: what was read may be older than what it knows.
            guard state.writes == writes, shared.version >= state.base ?? 0 else { return }
            state.waiting = shared
            state.mustRead = false
            if let epoch = state.awaitedEpoch {
                state.epoch = epoch
                state.awaitedEpoch = nil
            }
        }
        remember(result)
    }

    /// Best effort while reading; a write insists.
    private func remember(_ result: EtcdTransactionResult) {
        let mark = SharedWatermark(clusterID: "\(result.clusterID)", revision: result.revision)
        state.withLock { $0.watermark = mark }
        try? settings.keep(mark)
    }
}

extension Coordinator.State {
    /// Nothing that was bound to the lease is left.
    mutating func lose() {
        lease = nil
        epoch = nil
        awaitedEpoch = nil
        published = nil
        leader = nil
    }

    mutating func see(_ members: [MemberReport], except own: String, at elapsed: Duration) {
        var seen: [String: Coordinator.Member] = [:]
        for report in members where report.id != own {
            let known = others[report.id]
            let isNew = known?.report.poll != report.poll
            seen[report.id] = Coordinator.Member(
                report: report,
                changedAt: isNew ? elapsed : known?.changedAt ?? elapsed
            )
        }
        others = seen
    }

    /// Whether somebody else has written the shared state since it was last taken.
    func isForeign(_ fleet: EtcdKeyValue, to own: String) -> Bool {
        let known = max(base ?? -1, waiting?.version ?? -1)
        guard fleet.modRevision > known else { return false }
        let record = try? StrictJSONDecoder().decode(FleetRecord.self, from: fleet.value)
        return record?.by != own
    }
}
