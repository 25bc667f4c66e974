import API
import Coordination
import Diagnosis
import Ledger
import Logging
import Remediation
import Synchronization
import Time
import VirtualTime

@testable import Agent
@testable import Cycle
@testable import Rehearsal

/// Two coordinators on one etcd in virtual time, each with a ledger of its own.
struct CoordinatorPair: Sendable {
    let time: VirtualTime
    let etcd: SimulatedEtcd
    let first: Coordinator
    let second: Coordinator
    let firstDisk: LoopLedger
    let firstFault = FaultSwitch()

    static func run(
        watermark: SharedWatermark? = nil,
        dividesWatch: Bool = false,
        _ test: @escaping @Sendable (CoordinatorPair) async throws -> Void
    ) throws {
        let time = VirtualTime()
        let pair = CoordinatorPair(time, watermark, dividesWatch)
        try time.run { try await test(pair) }
    }

    private init(_ time: VirtualTime, _ watermark: SharedWatermark?, _ dividesWatch: Bool) {
        self.time = time
        etcd = SimulatedEtcd(time)
        firstDisk = LoopLedger(time.trace)
        first = Self.coordinator("first", etcd, firstDisk, watermark, dividesWatch, firstFault.read)
        let disk = LoopLedger(time.trace)
        second = Self.coordinator("second", etcd, disk, nil, dividesWatch) { .none }
    }

    private static func coordinator(
        _ name: String,
        _ etcd: SimulatedEtcd,
        _ disk: LoopLedger,
        _ watermark: SharedWatermark?,
        _ dividesWatch: Bool,
        _ fault: @escaping @Sendable () -> SimulatedEtcdConnection.Fault
    ) -> Coordinator {
        var settings = Coordinator.Settings(
            id: name,
            name: name,
            prefix: "/graphwarden/",
            policyHash: "policy"
        )
        settings.watermark = watermark
        settings.dividesWatch = dividesWatch
        let time = etcd.time
        return Coordinator(
            store: SimulatedEtcdConnection(etcd: etcd, lifeline: Lifeline(), fault: fault),
            own: disk,
            settings: settings,
            clock: AgentClock(
                now: { Timestamp(milliseconds: time.wallMilliseconds) },
                sleep: { try await time.sleep(for: $0) },
                elapsed: { time.elapsed },
                bootID: time.bootID
            ),
            metrics: MetricRegistry(),
            wake: {},
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    /// Lets a coordinator look, and hands what it knows to its loop.
    @discardableResult
    func look(_ coordinator: Coordinator, isFit: Bool = true) async -> ClusterReading {
        // What a loop tells after each poll and step.
        let (poll, epoch) = coordinator.state.withLock { ($0.publication.poll, $0.handedEpoch) }
        coordinator.publish(
            Publication(poll: poll + 1, sights: [:], isFitToLead: isFit, ledEpoch: epoch)
        )
        await coordinator.look()
        return coordinator.take()
    }

    /// The first one leads and the second one observes; both know the shared state.
    func settle() async {
        await look(first)
        await look(second)
        await look(first)
    }

    /// The write of an intent for a graph, as a step of the leader returns it.
    func intent(_ graph: String = "g", attempt: Int = 1) -> (intent: Intent, toDisk: ToDisk) {
        let request = RestartRequest(
            graphID: GraphID(graph),
            hangClass: .unresponsive,
            alertname: "GraphUnresponsive",
            reason: "it hangs",
            activeAt: Timestamp(milliseconds: 0)
        )
        let intent = Intent(
            request: request,
            graphName: graph,
            attempt: attempt,
            createdAt: Timestamp(milliseconds: time.wallMilliseconds)
        )
        var record = GraphRecord(id: GraphID(graph))
        record.phase = .intended(intent)
        record.attemptCount = attempt
        var changes = Machine.Changes()
        changes.records = [record]
        changes.intents = [intent]
        return (intent, Self.toDisk(changes))
    }

    /// The write of an agent that observes and takes the order to pause the fleet.
    func pause() -> ToDisk {
        let now = Timestamp(milliseconds: time.wallMilliseconds)
        var changes = Machine.Changes()
        changes.pauses = [
            Pause(
                scope: .fleet,
                by: "kim",
                reason: "upgrade",
                since: now,
                until: now + .seconds(600)
            )
        ]
        return Self.toDisk(changes)
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

extension Coordinator {
    /// As if the clock of the host had stood still since the last renewal.
    func believeInLead() {
        let now = clock.elapsed()
        state.withLock { $0.renewedAt = now }
    }
}
