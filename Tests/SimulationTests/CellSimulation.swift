import Cycle
import FaultCells
import GESSimulator
import InProcessCloud
import Remediation
import Rehearsal
import Time
import VirtualTime

/// The phases of one cell in virtual time. The intervals and timeouts of the cloud client are those
/// of production; the rule and the policy are fast, so that a cell takes a quarter of an hour.
struct CellSimulation {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let cell: FaultCell
    let row: FaultRow
    let world: Simulation
    /// Violations; empty if the cell passed.
    private(set) var problems: [String] = []

    private static let victim = 1
    /// Five polls.
    private static let faultLasts = Duration.seconds(150)

    init(_ cell: FaultCell, in world: Simulation) {
        self.cell = cell
        self.world = world
        row = cell.row.inProductionTime
    }

    static func settings(_ cell: FaultCell) -> SimulationSettings {
        SimulationSettings {
            $0.speaksTLS = cell.row.needsTLS
            $0.rules = rules
            $0.policy = { policy in
                policy.startupGrace = .seconds(60)
                policy.stateChangeGrace = .seconds(60)
                policy.restartTimeout = .seconds(12 * 60)
                policy.verify = Verification(probes: 2, within: .seconds(20 * 60))
            }
        }
    }

    private static let rules = """
        groups:
          - name: hangs
            rules:
              - alert: GraphUnresponsive
                expr: |
                  max by (graph_id) (ges_graph_probe_success) == 0
                  and on (graph_id) ges_graph_status_code == 200
                for: 3m
                labels: {remediate: restart, hang: unresponsive}

        """

    mutating func run() async throws {
        try await waitUntilReady()
        world.hang(Self.victim)
        if cell.moment.comesAfterRestart { try await waitForRestart() }
        let first = requestCount
        if cell.moment == .token { world.cloud.withCloud { cloud, _ in cloud.revokeTokens() } }
        try await beginFault(after: first)
        try await world.pass(Self.faultLasts)
        let refusals = tokenRequests(after: first)
        let end = endFault()
        try await expectRecovery(from: end)
        if refusals > 1, cell.isLockout {
            problems.append("\(refusals) attempts with a refused password")
        }
        let label = try await settle()
        try await expectSecondAttempt()
        expectRestraint()
        if !cell.expectedOutcomes.contains(label) {
            problems.append("the outcome is \"\(label)\", not \(cell.expectedOutcomes.sorted())")
        }
    }

    // MARK: Phases

    private func waitUntilReady() async throws {
        let isReady = try await world.pass(atMost: .seconds(600)) {
            world.status.notReady.isEmpty && world.status.inventory.graphs.count == 5
        }
        guard isReady else { throw Failure(description: "not ready before the fault") }
    }

    private func waitForRestart() async throws {
        let isSent = try await world.pass(atMost: .seconds(3600)) { !world.restarts.isEmpty }
        guard isSent else { throw Failure(description: "no restart was sent") }
    }

    private var requestCount: Int { world.cloud.withCloud { cloud, _ in cloud.log.total } }

    /// Starts the fault; returns when it has affected requests of the moment.
    private func beginFault(after first: Int) async throws {
        switch row.kind {
        case .fault(let fault, let carriedOut, let count):
            for operation in cell.moment.operations {
                world.schedule(
                    ScheduledFault(
                        fault,
                        on: FaultMatch(operation: operation),
                        carriedOut: carriedOut,
                        count: count
                    )
                )
            }
            try await waitForRequest(after: first) { $0.faults.contains(fault.name) }
            if cell.moment == .detail, count == nil { try await waitForAttempt() }
        case .outage(let outage):
            try await waitForRequest(after: first) { _ in true }
            world.setOutage(outage)
        case .certificate(let kind):
            try await waitForRequest(after: first) { _ in true }
            world.cloud.withCloud { cloud, _ in cloud.certificate = kind }
        }
    }

    private func waitForRequest(
        after first: Int,
        _ isMet: @Sendable (RequestRecord) -> Bool
    ) async throws {
        let operations = cell.moment.operations
        var seen = first
        let isMet = try await world.pass(atMost: .seconds(3600)) {
            let (total, found) = world.cloud.withCloud { cloud, _ in
                (
                    cloud.log.total,
                    cloud.log.records.suffix(cloud.log.total - seen).contains {
                        operations.contains($0.operation) && isMet($0)
                    }
                )
            }
            seen = total
            return found
        }
        guard isMet else { throw Failure(description: "the fault affected no request") }
    }

    /// A graph is read for the evidence and again just before its restart. The second read counts:
    /// waits until the restart is sent, or certain not to be.
    private func waitForAttempt() async throws {
        let isDecided = try await world.pass(atMost: .seconds(3600)) {
            !world.restarts.isEmpty || firstOutcome != nil
        }
        guard isDecided else { throw Failure(description: "the restart was not decided") }
    }

    private var attempts: [AttemptOutcome?] { world.attempts(Self.victim) }
    private var firstOutcome: AttemptOutcome? { attempts.first ?? nil }

    private func endFault() -> Timestamp {
        world.cloud.withCloud { cloud, _ in
            cloud.faults.cancelAll()
            cloud.certificate = .good
        }
        world.setOutage(nil)
        if cell.isLockout { world.changePassword(to: "Another-Password-2") }
        return Timestamp(milliseconds: world.time.wallMilliseconds)
    }

    /// Two whole cycles after the fault everything is as before. A poll in progress when the fault
    /// ended does not count, nor does the pause that the service requested.
    private mutating func expectRecovery(from end: Timestamp) async throws {
        let before = world.polls
        var symptoms = ["no cycle"]
        let limit = Duration.seconds(600) + row.askedPause
        _ = try await world.pass(atMost: limit, every: .seconds(10)) { [self] in
            symptoms = self.symptoms(since: end)
            return symptoms.isEmpty || world.polls > before + 3 && row.askedPause == .zero
        }
        if !symptoms.isEmpty {
            problems.append("two cycles after the fault: " + symptoms.joined(separator: ", "))
        }
    }

    private func symptoms(since end: Timestamp) -> [String] {
        let status = world.status
        var symptoms: [String] = []
        if status.inventory.lastCompleteListing.map({ $0 < end }) ?? true {
            symptoms.append("no complete listing")
        }
        if world.sample(.up, [world.cloud.configuration.projectID]) != 1 {
            symptoms.append("ges_up is 0")
        }
        if world.metric("graphwarden_stale_graphs") != 0 { symptoms.append("stale graphs") }
        if !status.notReady.isEmpty { symptoms.append("not ready") }
        for index in 0..<5 where index != Self.victim {
            let id = world.id(index).rawValue
            if world.sample(.graphUp, [id]) != 1 { symptoms.append("\(id) not up") }
        }
        return symptoms
    }

    // MARK: The end of the incident

    /// The outcome of the incident, once it has been stable for long enough.
    private func settle() async throws -> String {
        var status = IncidentStatus(self)
        var since = world.time.now
        _ = try await world.pass(atMost: .seconds(2 * 3600), every: .seconds(10)) {
            let current = IncidentStatus(self)
            if current.label != status.label { (status, since) = (current, world.time.now) }
            return world.time.now - since > current.stableDuration
        }
        return status.label
    }

    /// If certainly nothing happened, the graph is restarted after the pause, which takes an hour if
    /// the credential was refused.
    private mutating func expectSecondAttempt() async throws {
        guard let firstOutcome, !firstOutcome.counts else { return }
        let isVerified = try await world.pass(atMost: .seconds(2 * 3600), every: .seconds(10)) {
            world.isVerified(Self.victim)
        }
        if !isVerified { problems.append("no second attempt after one without effect") }
    }

    private mutating func expectRestraint() {
        for (id, count) in world.restarts.sorted(by: { $0.key < $1.key })
        where id != world.id(Self.victim) {
            problems.append("\(count) restarts of the healthy graph \(id)")
        }
        let sent = attempts.count { $0 != .notSent }
        let received = world.restarts[world.id(Self.victim)] ?? 0
        if received > sent { problems.append("\(received) restarts in \(sent) attempts") }
        if attempts.count(where: { $0?.counts ?? true }) > 1 {
            problems.append("more than one attempt that may have had an effect: \(attempts)")
        }
    }

    private func tokenRequests(after first: Int) -> Int {
        world.cloud.withCloud { cloud, _ in
            cloud.log.records.count { $0.number > first && $0.operation == .createToken }
        }
    }

    /// The outcome of an incident, and how long it must be stable to count as final.
    private struct IncidentStatus {
        let label: String
        let stableDuration: Duration

        init(_ simulation: CellSimulation) {
            if let outcome = simulation.firstOutcome, !outcome.counts {
                label = Self.label(outcome)
                stableDuration = .zero
                return
            }
            let state = simulation.world.state(CellSimulation.victim)
            switch state {
            case "cooling_down", "waiting", "exhausted":
                label = simulation.firstOutcome.map(Self.label) ?? state
                // Enough time for a second restart to show up.
                stableDuration = .seconds(90)
            case "stalled":
                label = state
                stableDuration = .seconds(90)
            case "idle":
                let reasons = simulation.world.decision(CellSimulation.victim).holdReasons
                label = "held: " + (reasons.first?.label ?? "no reason")
                stableDuration = .seconds(1800)
            default:
                label = state
                stableDuration = .seconds(3000)
            }
        }

        private static func label(_ outcome: AttemptOutcome) -> String {
            switch outcome {
            case .notSent: "not sent"
            case .probablyNotLanded: "not landed"
            default: outcome.rawValue
            }
        }
    }
}
