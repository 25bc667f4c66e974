import Foundation
import GESSimulator
import NIOPosix
import Remediation
import Time
import Workbench

/// What became of a round.
struct RoundReport {
    let plan: RoundPlan
    var story: [String] = []
    /// The promises that are broken, however busy the machine is: what was sent, when and how often.
    var broken: [String] = []
    /// What did not end within its bound, which depends on how busy the machine is.
    var late: [String] = []
    /// The longest delay of this process.
    var delay = Duration.zero
    /// Why it could not be judged; nil if it was.
    var error: String?
    var requests = 0
    var attempts = 0
    var wasFast = false
    /// Where the logs are, if they are kept.
    var folder: URL?

    enum Outcome {
        case kept
        case broken
        /// The machine was too busy to judge the promises in ``late``, or the whole round.
        case inconclusive
    }

    var outcome: Outcome {
        if !broken.isEmpty { return .broken }
        if late.isEmpty && error == nil { return .kept }
        return delay < Lateness.bound ? .broken : .inconclusive
    }

    /// What is printed of a round that was not kept; nil for any other.
    var failure: String? {
        let verdict: String
        switch outcome {
        case .kept: return nil
        case .broken: verdict = "FAILED"
        case .inconclusive: verdict = "is INCONCLUSIVE, because this process was delayed,"
        }
        let problems = broken + late + (error.map { ["could not be judged: \($0)"] } ?? [])
        return """
            seed \(plan.seed) \(verdict) with \(plan.agents) agents and \(plan.members) members of etcd:
            \(problems.map { "  \($0)" }.joined(separator: "\n"))
            places \(plan.limits.places), budget \(plan.limits.budget), attempts \
            \(plan.limits.attempts), cool-down \(plan.limits.cooldownSeconds) s; longest delay \
            \(Int(delay / .milliseconds(1))) ms; what happened:
            \(story.joined(separator: "\n"))
            logs: \(folder?.path ?? "none")
            again: chaos --seed=\(plan.seed) --rounds=1 --agents=\(plan.agents) \
            --members=\(plan.members)
            """
    }
}

/// Starts and ends what a round needs.
struct RoundRun {
    let plan: RoundPlan
    let binary: URL

    /// A restart takes two seconds.
    private var cloud: SimulatorConfiguration {
        var cloud = SimulatorConfiguration()
        cloud.graphCount = plan.graphs
        // Within a round every operation would be shorter than what is normal.
        cloud.pastJobs = 0
        cloud.seed = UInt64(plan.seed)
        cloud.timeScale = 0.01
        return cloud
    }

    func report() async -> RoundReport {
        var report = RoundReport(plan: plan)
        do {
            let folder = try Programs.folder("chaos-\(plan.seed)")
            Children.all.add(folder)
            let clock = CloudClock()
            let cloud = try await SimulatedCloudServer.bind(cloud, clock: { clock.now() })
            let lateness = Lateness()
            await withDiscardingTaskGroup { tasks in
                tasks.addTask { await cloud.run() }
                tasks.addTask { await lateness.measure() }
                await run(cloud, clock, folder, &report)
                await cloud.stop()
                tasks.cancelAll()
            }
            report.delay = lateness.worst
            let isKept = report.failure != nil
            if isKept { report.folder = folder }
            Children.all.remove(folder, isKept: isKept)
        } catch {
            report.error = "\(error)"
        }
        return report
    }

    private func run(
        _ cloud: SimulatedCloudServer,
        _ clock: CloudClock,
        _ folder: URL,
        _ report: inout RoundReport
    ) async {
        do {
            let group = MultiThreadedEventLoopGroup.singleton
            let fleet = try await Fleet(plan, cloud, binary: binary, in: folder, on: group)
            let round = Round(plan, fleet, clock)
            do {
                try await fleet.start()
                try await round.misbehave()
                report.late = try await round.settle()
            } catch {
                report.error = "\(error)"
            }
            // Also of a round that came to no end: it may have sent a request twice.
            do {
                let evidence = try await round.evidence()
                report.broken = Promises.broken(evidence)
                report.requests = evidence.requests.count
                report.attempts = evidence.records.reduce(0) { $0 + $1.attempts.count }
            } catch {
                report.error = [report.error, "\(error)"].compactMap(\.self).joined(separator: "; ")
            }
            (report.story, report.wasFast) = (round.story, round.wasFast)
            await fleet.stop()
        } catch {
            report.error = "\(error)"
        }
    }
}
