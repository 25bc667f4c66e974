import API
import Coordination
@testable import Cycle
import Etcd
import Foundation
import Ledger
import Logging
import Remediation
import Synchronization
import TestSupport
import Testing
import Time

@testable import Agent

/// A ledger as an agent uses it, and what an agent that starts now would find in it.
struct LedgerUnderTest {
    enum Kind: CaseIterable {
        case file, memory, etcd
    }

    let write: (Machine.Changes) async throws -> Void
    /// Opens a file anew. What is in memory is read from the same object, and etcd is asked as an
    /// agent asks it that has a lease.
    let reopened: () async throws -> MachineSnapshot

    /// Runs a test with an empty ledger.
    ///
    /// - Parameter isSmall: whether it has room for some hundred kilobytes only.
    static func with(
        _ kind: Kind,
        isSmall: Bool = false,
        _ test: (LedgerUnderTest) async throws -> Void
    ) async throws {
        switch kind {
        case .file, .memory:
            let scratch = try Scratch()
            try await test(own(inFile: kind == .file ? scratch.folder.path : nil, isSmall))
        case .etcd:
            let quota = isSmall ? ["--quota-backend-bytes=\(smallBytes)"] : []
            try await EtcdServer.with(arguments: quota) { server in
                try await server.withClient { client in try await test(shared(client)) }
            }
        }
    }

    private static let smallBytes = 200 * 4096

    private static func own(inFile folder: String?, _ isSmall: Bool) throws -> LedgerUnderTest {
        var options = LedgerOptions()
        if isSmall { options.maximumBytes = smallBytes }
        let inMemory = folder == nil ? try Ledger.inMemory(options: options) : nil
        let open = { [options] in
            if let inMemory { return inMemory }
            // A program that another test starts inherits the lock until it calls exec.
            let opened = try await eventually("the ledger is not in use") { () -> Ledger? in
                do throws(LedgerError) {
                    return try Ledger(folder: folder ?? "", options: options)
                } catch {
                    guard case .locked = error.cause else { throw error }
                    return nil
                }
            } is: {
                $0 != nil
            }
            return try #require(opened)
        }
        return LedgerUnderTest(
            write: { try await open().write(toDisk($0)) },
            reopened: { try await open().load() }
        )
    }

    private static func shared(_ client: EtcdClient) async throws -> LedgerUnderTest {
        let leader = coordinator("leader", client)
        try await eventually("the agent leads") {
            await look(leader).role.isLeader
        } lastSeen: {
            "\(leader.take())"
        }
        return LedgerUnderTest(
            write: { changes in
                // Renews the lease.
                await look(leader)
                try await leader.write(toDisk(changes))
            },
            reopened: {
                // Not by another agent: without room etcd grants it no lease.
                let result = try await client.commit(
                    EtcdTransaction(
                        success: [
                            .get(key: leader.keys.fleet), .getPrefix(leader.keys.graphs),
                            .get(key: leader.keys.pauses),
                        ]
                    )
                )
                return try SharedState(
                    fleet: result.results[0].first,
                    graphs: result.results[1],
                    pauses: result.results[2].first
                )
                .machine
            }
        )
    }

    private static func coordinator(_ name: String, _ client: EtcdClient) -> Coordinator {
        Coordinator(
            store: client,
            own: NoLedger(),
            settings: Coordinator.Settings(
                id: name,
                name: name,
                prefix: "/graphwarden/",
                policyHash: "policy"
            ),
            clock: .system,
            metrics: MetricRegistry(),
            wake: {},
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    /// One look of an agent that has polled again.
    @discardableResult
    private static func look(_ coordinator: Coordinator) async -> ClusterReading {
        let (poll, epoch) = coordinator.state.withLock { ($0.publication.poll, $0.handedEpoch) }
        coordinator.publish(
            Publication(poll: poll + 1, sights: [:], isFitToLead: true, ledEpoch: epoch)
        )
        await coordinator.look()
        return coordinator.take()
    }

    private static func toDisk(_ changes: Machine.Changes) -> ToDisk {
        ToDisk(
            changes: changes,
            alerts: nil,
            savedReceived: [],
            removedReceived: [],
            savedStatuses: [],
            removedStatuses: [],
            savedMemories: [],
            removedMemories: [],
            incidents: IncidentChanges(),
            clock: nil
        )
    }
}

/// In place of the own ledger of an agent that shares its fleet.
private struct NoLedger: LedgerWriter {
    func write(_ toDisk: ToDisk) async throws(LedgerError) {}
    func tidy(before time: Timestamp) async throws(LedgerError) -> Int { 0 }
}

extension ClusterReading.Role {
    fileprivate var isLeader: Bool {
        guard case .leader = self else { return false }
        return true
    }
}
