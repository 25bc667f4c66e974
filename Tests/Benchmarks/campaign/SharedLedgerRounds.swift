import Foundation
import Rehearsal
import Synchronization

/// Several agents that share a ledger, under random trouble.
struct SharedLedgerRounds {
    static let perSeed = 10

    let agents: Int
    let dividesWatch: Bool
    let workers: Int

    /// Returns whether every promise was kept.
    func run(_ seeds: Range<UInt64>) async -> Bool {
        let start = ContinuousClock.now
        let tally = Campaign.Shared((next: seeds.lowerBound, restarts: 0, failed: 0))
        await withDiscardingTaskGroup { group in
            for _ in 0..<workers {
                group.addTask {
                    while true {
                        let seed = tally.value.withLock { state in
                            defer { state.next += 1 }
                            return state.next
                        }
                        guard seed < seeds.upperBound else { return }
                        let (restarts, problem) = course(seed)
                        tally.value.withLock { state in
                            state.restarts += restarts
                            if problem != nil { state.failed += 1 }
                        }
                        if let problem { Campaign.say("seed \(seed): \(problem)") }
                    }
                }
            }
        }
        let (_, restarts, failed) = tally.value.withLock(\.self)
        let seconds = Int((ContinuousClock.now - start) / .seconds(1))
        Campaign.say(
            "\(seeds.count * Self.perSeed) rounds with \(agents) agents\(dividesWatch ? " that divide the watch" : ""),"
                + " \(restarts) restarts,"
                + " \(failed) of \(seeds.count) seeds failed, in \(seconds) s"
        )
        return failed == 0
    }

    private func course(_ seed: UInt64) -> (restarts: Int, problem: String?) {
        do {
            let report = try SharedLedgerChaos.run(
                seed: seed,
                agents: agents,
                rounds: Self.perSeed,
                dividesWatch: dividesWatch
            )
            guard !report.faults.isEmpty else { return (report.restarts, nil) }
            return (report.restarts, report.faults.joined(separator: "; ") + "\n" + report.trace)
        } catch {
            return (0, "\(error)")
        }
    }
}
