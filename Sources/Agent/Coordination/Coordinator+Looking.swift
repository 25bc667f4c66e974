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
            let fleet = try await readOthers()
            try await publishReport()
            try await readState(ifNewerThan: fleet)
            try await yieldIfUnfit()
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
    /// Such a store is not acted upon, and nothing is written to it.
    func check(_ clusterID: UInt64, version: Int64) async throws {
        let found = SharedWatermark(clusterID: "\(clusterID)", version: version)
        let known = state.withLock { $0.watermark }
        guard let objection = known?.objection(to: found) else { return }
        let epoch = state.withLock { state in
            defer { state.dropLead() }
            return state.epoch ?? state.awaitedEpoch
        }
        if let epoch { try? await giveUp(epoch) }
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

    /// Reads what the others say, and who leads. Returns the key of the fleet.
    private func readOthers() async throws -> EtcdKeyValue? {
        let result = try await store.commit(
            EtcdTransaction(
                success: [
                    .get(key: keys.leader), .get(key: keys.fleet), .getPrefix(keys.members),
                ]
            ),
            isRepeatable: true
        )
        let (leader, fleet) = (result.results[0].first, result.results[1].first)
        // Before anything is written, which would make a wrong store look alive.
        try await check(result.clusterID, version: fleet?.modRevision ?? 0)
        let members = result.results[2].map { MemberReport($0) }
        let now = clock.elapsed()
        state.withLock { state in
            state.see(members, except: settings.id, at: now)
            state.leader = leader.map { LeaderRecord($0) }
            if leader == nil || leader?.createRevision != state.epoch { state.epoch = nil }
            if leader?.createRevision != state.awaitedEpoch { state.awaitedEpoch = nil }
            // A bid for the lead whose answer was lost may have been carried out.
            if state.epoch == nil, state.leader?.id == settings.id {
                state.awaitedEpoch = leader?.createRevision
            }
        }
        return fleet
    }

    /// Tells the others what changed.
    private func publishReport() async throws {
        let (lease, report, published) = state.withLock { state in
            (state.lease, self.report(state), state.published)
        }
        guard let lease else { return }
        let new = Published(lease: lease, report: report)
        guard new != published else { return }
        let value = try Self.encode(report)
        _ = try await store.commit(
            EtcdTransaction(success: [.put(key: keys.member(report.id), value, lease: lease)]),
            isRepeatable: true
        )
        state.withLock { $0.published = new }
    }

    /// etcd refuses requests above 1.5 MB unless it is configured otherwise. A refused report would
    /// cost the lead. What only eases a move of graphs is left out first, then what asks for
    /// restarts, and never what prevents one.
    private static func encode(_ report: MemberReport) throws(JSONError) -> [UInt8] {
        var report = report
        var value = try StrictJSONEncoder().encode(report)
        if value.count > maximumReportBytes {
            report.alerts = []
            value = try StrictJSONEncoder().encode(report)
        }
        if value.count > maximumReportBytes {
            report.requests = []
            value = try StrictJSONEncoder().encode(report)
        }
        return value
    }

    private static let maximumReportBytes = 1_000_000

    private func report(_ state: State) -> MemberReport {
        MemberReport(
            id: settings.id,
            name: settings.name,
            url: settings.url,
            version: BuildInformation.current.version,
            policyHash: state.policyHash,
            poll: state.publication.poll,
            sights: state.publication.sights,
            division: state.publication.division,
            requests: state.publication.requests,
            alerts: state.publication.alerts,
            losses: state.publication.losses,
            blocks: state.publication.blocks,
            sickSince: state.publication.sickSince,
            servedAt: state.publication.servedAt
        )
    }

    // MARK: - The lead

    /// Leaves the lead to another agent if this one could not act: it does not see the fleet, its
    /// clock or disk fails, or it no longer polls.
    private func yieldIfUnfit() async throws {
        let now = clock.elapsed()
        let epoch = state.withLock { state -> Int64? in
            state.unfitLooks = isFit(state, at: now) ? 0 : state.unfitLooks + 1
            guard state.unfitLooks >= Self.patientLooks, let epoch = state.epoch else { return nil }
            state.dropLead()
            return epoch
        }
        guard let epoch else { return }
        logger.warning("Leaving the lead to another agent: this one could not act", metadata: [:])
        try await giveUp(epoch)
    }

    /// A single refused write is no reason.
    private static let patientLooks = 3

    private func isFit(_ state: State, at elapsed: Duration) -> Bool {
        state.publication.poll > 0 && state.publication.isFitToLead
            && elapsed - state.polledAt <= settings.patience
    }

    /// Removes the own key, and no other's.
    private func giveUp(_ epoch: Int64) async throws {
        _ = try await store.commit(
            EtcdTransaction(
                compares: [.createRevision(key: keys.leader, epoch)],
                success: [.delete(key: keys.leader)]
            ),
            isRepeatable: true
        )
    }

    /// Returns true if this agent has become the leader. One that has not polled yet leaves it to
    /// the others.
    private func compete() async throws -> Bool {
        let now = clock.elapsed()
        let (isVacant, lease) = state.withLock { state in
            (state.leader == nil && isFit(state, at: now), state.lease)
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
        let (writes, awaited) = state.withLock { ($0.writes, $0.awaitedEpoch) }
        let result = try await store.commit(
            EtcdTransaction(
                success: [
                    .get(key: keys.fleet), .getPrefix(keys.graphs), .get(key: keys.pauses),
                ]
            ),
            isRepeatable: true
        )
        let shared = try SharedState(
            fleet: result.results[0].first,
            graphs: result.results[1],
            pauses: result.results[2].first
        )
        try await check(result.clusterID, version: shared.version)
        let isTaken = state.withLock { state in
            // The loop has written meanwhile, or another read was faster: this one may be older
            // than what is known.
            guard state.writes == writes, state.awaitedEpoch == awaited,
                shared.version >= max(state.base ?? 0, state.waiting?.version ?? 0)
            else { return false }
            state.waiting = shared
            state.mustRead = false
            if let awaited { state.epoch = awaited }
            state.awaitedEpoch = nil
            return true
        }
        if isTaken { remember(result.clusterID, version: shared.version) }
    }

    /// Keeps how far the store has come. A mark that cannot be written delays nothing: the next one
    /// is written instead.
    func remember(_ clusterID: UInt64, version: Int64) {
        let mark = SharedWatermark(clusterID: "\(clusterID)", version: version)
        marks.withLock { newest in
            guard newest?.clusterID != mark.clusterID || newest?.version ?? 0 < version else {
                return
            }
            newest = mark
            try? settings.keep(mark)
        }
        state.withLock { $0.watermark = mark }
    }
}

extension Coordinator.State {
    /// Nothing that was bound to the lease is left.
    mutating func lose() {
        lease = nil
        published = nil
        dropLead()
    }

    mutating func dropLead() {
        epoch = nil
        awaitedEpoch = nil
        handedEpoch = nil
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
