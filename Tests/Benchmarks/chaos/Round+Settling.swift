import Foundation
import GESSimulator
import Remediation
import TestSupport
import Time
import Workbench

/// The end of a round: faults end, and what was begun must end too.
extension Round {
    /// How long agents that nothing disturbs may take until everything has ended that no long wait
    /// holds: the end of a lease and the first poll, and for one graph after the other the
    /// detection of its hang, the restart and its verification.
    private func settlingBound(_ sick: Int) -> Duration { .seconds(20 + 10 * sick) }
    /// For how long only long waits must be left.
    private static let patience = Duration.seconds(1)
    /// The bound of an answer that was lost is 26 minutes, and what was not sent waits for five,
    /// then ten, and so on.
    private static let fastBound = Duration.seconds(90)
    static let fastFactor = 60

    /// What is still open, one line each.
    struct Rest {
        /// Held by a wait of minutes.
        var long: [String] = []
        /// What must end within seconds.
        var short: [String] = []

        var isEmpty: Bool { long.isEmpty && short.isEmpty }
    }

    /// Returns what is wrong, one line each.
    func settle() async throws -> [String] {
        note("all faults end")
        try fleet.heal()
        try await fleet.waitForLeader()
        try await resumeAll()
        note("agent \(fleet.leader?.index ?? -1) leads, nothing is paused")
        let began = ContinuousClock.now
        let bound = settlingBound(fleet.sickGraphs.count)
        var urgentAt = began
        while true {
            for agent in fleet.agents { _ = agent.readLog() }
            guard let shared = try? await fleet.readShared() else {
                await Pacing.wait(.milliseconds(100))
                continue
            }
            let rest = rest(shared)
            if rest.isEmpty {
                note("settled")
                return []
            }
            if !rest.short.isEmpty { urgentAt = .now }
            if .now - urgentAt >= Self.patience { return try await settleFast() }
            guard .now - began < bound else { return rest.short }
            await Pacing.wait(.milliseconds(100))
        }
    }

    /// Until no pause is in the ledger: an agent that was stopped with an order in its socket
    /// carries it out when it goes on.
    private func resumeAll() async throws {
        guard !pauses.graphs.isEmpty else { return }
        try await eventually("nothing is paused", every: .milliseconds(200), within: .seconds(30)) {
            for agent in fleet.agents { _ = agent.readLog() }
            guard let url = (fleet.leader ?? fleet.agents[0]).url else { return false }
            for graph in pauses.graphs { _ = await pauses.resume(graph, by: url) }
            let paused = try? await fleet.readShared().pauses.filter { $0.until > clock.now() }
            return paused?.isEmpty ?? false
        } lastSeen: {
            "\(try await fleet.readShared().pauses)"
        }
    }

    /// One agent goes on alone, in time that passes a minute in each second, as does the cloud's.
    private func settleFast() async throws -> [String] {
        note("time passes \(Self.fastFactor) times faster")
        for agent in fleet.agents { await agent.process.end() }
        clock.speedUp(by: Self.fastFactor)
        wasFast = true
        try fleet.agents[0].startFast(by: Self.fastFactor)
        let began = ContinuousClock.now
        while true {
            await Pacing.wait(.milliseconds(200))
            _ = fleet.agents[0].readLog()
            guard let shared = try? await fleet.readShared() else { continue }
            let rest = rest(shared)
            if rest.isEmpty {
                note("settled")
                return []
            }
            guard .now - began < Self.fastBound else {
                return (rest.long + rest.short).map { "\($0), for ever" }
            }
            guard fleet.agents[0].process.isRunning else { return ["the agent has ended"] }
        }
    }

    /// What has not ended, but for graphs that a limit of the policy leaves alone.
    private func rest(_ shared: Fleet.Shared) -> Rest {
        var rest = Rest()
        let records = Dictionary(uniqueKeysWithValues: shared.records.map { ($0.id.rawValue, $0) })
        let used = shared.records.flatMap(\.attempts).count { $0.counts }
        let isBlocked =
            shared.records.count { $0.phase.isInFlight && $0.phase.isLong } >= plan.limits.places
        for record in shared.records {
            for attempt in record.attempts where attempt.ending == nil {
                let line = "\(attempt.intentID) has not ended: it is \(record.phase.label)"
                if record.phase.isLong { rest.long.append(line) } else { rest.short.append(line) }
            }
        }
        for graph in fleet.sickGraphs {
            let record = records[graph]
            let attempts = record?.attempts.count { $0.counts } ?? 0
            if attempts >= plan.limits.attempts || used >= plan.limits.budget { continue }
            let phase = record?.phase ?? .idle
            let line = "graph \(graph) hangs: it is \(phase.label)"
            if phase.isLong || isBlocked { rest.long.append(line) } else { rest.short.append(line) }
        }
        return rest
    }
}

extension Phase {
    /// Whether it may last for minutes by the constants of the machine, or until a person comes.
    fileprivate var isLong: Bool {
        switch self {
        case .unknownOutcome, .waiting, .suspended, .stalled, .exhausted: true
        default: false
        }
    }
}
