import FaultCells
import Foundation
import GESSimulator
import HTTPClient
import JSON
import TestSupport

/// The course of one cell: a graph hangs, the fault starts and ends, and the agent recovers. The
/// duration of each phase is counted in polls of the agent.
struct FaultCellRun {
    struct NoGraph: Error {}

    let cell: FaultCell
    let cloud: SimulatedCloudServer
    let agent: AgentProcess
    let folder: URL
    var result = FaultCell.Result()
    private var victim = ""
    private var endOfFault = 0.0

    init(cell: FaultCell, cloud: SimulatedCloudServer, agent: AgentProcess, folder: URL) {
        self.cell = cell
        self.cloud = cloud
        self.agent = agent
        self.folder = folder
    }

    /// How many polls the fault lasts.
    private static let faultPolls = 2

    mutating func run() async throws {
        try await waitUntilReady()
        victim = try hangOne()
        if cell.moment.comesAfterRestart { try await waitForRestart() }
        let first = cloud.withCloud { cloud, _ in cloud.log.total }
        if cell.moment == .token { cloud.withCloud { cloud, _ in cloud.revokeTokens() } }
        try await beginFault(after: first)
        try await agent.waitForPolls(Self.faultPolls)
        let refusals = tokenRequests(after: first)
        try await endFault()
        try await expectRecovery()
        if refusals > 1, cell.isLockout { note("\(refusals) attempts with a refused password") }
        result.outcome = try await settle()
        expectRestraint()
        if !cell.expectedOutcomes.contains(result.outcome) {
            note("the outcome is \"\(result.outcome)\", not \(cell.expectedOutcomes)")
        }
        if !result.problems.isEmpty { result.account = try await account() }
    }

    private mutating func note(_ problem: String) { result.problems.append(problem) }

    // MARK: Phases

    private func waitUntilReady() async throws {
        try await eventually("the agent is ready before the fault") {
            let running = "ges_graphs{project_id=\"\(project)\",phase=\"running\"}"
            guard try await agent.metric(running) == 5 else { return false }
            return try await agent.get("/-/ready").status == 200
        }
    }

    private var project: String { cloud.configuration.projectID }

    private func hangOne() throws -> String {
        let id = cloud.withCloud { cloud, now -> String? in
            guard let id = cloud.graphIDs.dropFirst().first else { return nil }
            cloud.hang(id, .unresponsive, restartsToHeal: 1, at: now)
            return id
        }
        guard let id else { throw NoGraph() }
        return id
    }

    private func waitForRestart() async throws {
        try await eventually("a restart is in progress", every: .milliseconds(10)) {
            restarts[victim] != nil
        }
    }

    /// Starts the fault; returns when it has affected requests of the moment.
    private func beginFault(after first: Int) async throws {
        switch cell.row.kind {
        case .fault(let fault, let carriedOut, let count):
            for operation in cell.moment.operations {
                let scheduled = ScheduledFault(
                    fault,
                    on: FaultMatch(operation: operation),
                    carriedOut: carriedOut,
                    count: count
                )
                cloud.withCloud { cloud, _ in _ = cloud.faults.schedule(scheduled) }
            }
            try await waitForRequest(after: first) { $0.faults.contains(fault.name) }
            if cell.moment == .detail, count == nil { try await waitForAttempt() }
        case .outage(let outage):
            try await waitForRequest(after: first) { _ in true }
            try await cloud.setOutage(outage)
        case .certificate(let kind):
            try await waitForRequest(after: first) { _ in true }
            try await cloud.setCertificate(kind)
        }
    }

    private func waitForRequest(
        after first: Int,
        _ isMet: @Sendable (RequestRecord) -> Bool
    ) async throws {
        let operations = cell.moment.operations
        try await eventually("the fault affects a request", every: .milliseconds(10)) {
            cloud.withCloud { cloud, _ in
                cloud.log.records.contains {
                    $0.number > first && operations.contains($0.operation) && isMet($0)
                }
            }
        }
    }

    /// A graph is read for the evidence and again just before its restart. The second read counts:
    /// waits until the restart is sent, or certain not to be.
    private func waitForAttempt() async throws {
        try await eventually("the restart is decided") {
            if restarts[victim] != nil { return true }
            let why = try await agent.json("/api/v1/graphs/\(victim)/why")
            return why["data"]?["attempts"]?.arrayValue?.last?["outcome"]?.stringValue != nil
        }
    }

    private mutating func endFault() async throws {
        cloud.withCloud { cloud, _ in cloud.faults.cancelAll() }
        try await cloud.setOutage(nil)
        try await cloud.setCertificate(.good)
        endOfFault = Date().timeIntervalSince1970
        if cell.isLockout {
            let password = "Another-Password-2"
            cloud.withCloud { cloud, _ in cloud.changePassword(to: password) }
            try Data(password.utf8).write(to: folder.appending(path: "password"))
        }
    }

    /// Two whole cycles after the fault everything is as before. A cycle in progress when the fault
    /// ended does not count, nor does the pause that the service requested.
    private mutating func expectRecovery() async throws {
        let polls = "graphwarden_samples_total{source=\"ges_api\"}"
        let before = try await agent.metric(polls) ?? 0
        var symptoms: [String] = []
        try await eventually("the agent recovers or has polled twice", every: .milliseconds(40)) {
            let metrics = try await agent.metrics()
            symptoms = try await self.symptoms(metrics)
            return symptoms.isEmpty
                || (metrics[polls] ?? 0) > before + 3 && cell.row.askedPause == .zero
        } lastSeen: {
            symptoms.joined(separator: ", ")
        }
        if !symptoms.isEmpty {
            note("two cycles after the fault: " + symptoms.joined(separator: ", "))
        }
    }

    private func symptoms(_ metrics: [String: Double]) async throws -> [String] {
        var symptoms: [String] = []
        let listed = metrics[
            "graphwarden_sampling_last_success_timestamp_seconds{source=\"ges_api\"}"
        ]
        if (listed ?? 0) < endOfFault { symptoms.append("no complete listing") }
        if metrics["ges_up{project_id=\"\(project)\"}"] != 1 { symptoms.append("ges_up is 0") }
        if metrics["graphwarden_stale_graphs"] != 0 { symptoms.append("stale graphs") }
        if try await agent.get("/-/ready").status != 200 { symptoms.append("not ready") }
        let healthy = cloud.withCloud { cloud, _ in cloud.graphIDs }.filter { $0 != victim }
        for id in healthy where metrics["ges_graph_up{graph_id=\"\(id)\"}"] != 1 {
            symptoms.append("\(id) not up")
        }
        return symptoms
    }

    // MARK: The end of the incident

    private func settle() async throws -> String {
        var label = "?"
        var since = 0
        try await eventually("the incident ends", every: .milliseconds(100)) {
            let why = try await agent.json("/api/v1/graphs/\(victim)/why")["data"] ?? .null
            let polls = try await agent.polls()
            let status = IncidentStatus(why)
            if status.label != label { (label, since) = (status.label, polls) }
            return polls - since > status.polls
        } lastSeen: {
            label
        }
        return label
    }

    private mutating func expectRestraint() {
        for (id, count) in restarts.sorted(by: { $0.key < $1.key }) {
            if id != victim { note("\(count) restarts of the healthy graph \(id)") }
            if count > 1 { note("\(count) restarts of one incident") }
        }
        if !agent.program.isRunning { note("the agent is gone") }
    }

    private var restarts: [String: Int] {
        cloud.withCloud { cloud, _ in cloud.restartCounts }
    }

    private func tokenRequests(after first: Int) -> Int {
        cloud.withCloud { cloud, _ in
            cloud.log.records.count { $0.number > first && $0.operation == .createToken }
        }
    }

    private func account() async throws -> String {
        let why = try await agent.get("/api/v1/graphs/\(victim)/why")
        return String(decoding: why.body, as: UTF8.self)
    }
}

/// The outcome of an incident, and for how many polls it must be stable to count as final.
private struct IncidentStatus {
    let label: String
    let polls: Int

    init(_ why: JSONValue) {
        let state = why["state"]?.stringValue ?? "none"
        let outcome = why["attempts"]?.arrayValue?.last?["outcome"]?.stringValue
        switch state {
        case "cooling_down", "waiting", "exhausted":
            label = outcome == "notSent" ? "not sent" : outcome ?? state
            // Enough for a second restart to show up.
            polls = 4
        case "stalled":
            label = state
            polls = 4
        case "unknown_outcome":
            // No trace is found. The agent keeps searching for half an hour and never sends the
            // request again.
            label = "not landed"
            polls = 12
        case "idle":
            label = "held: " + (why["reasons"]?[0]?["reason"]?.stringValue ?? "no reason")
            polls = 60
        default:
            label = state
            polls = 100
        }
    }
}
