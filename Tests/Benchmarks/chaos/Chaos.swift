import Foundation
import GESSimulator
import NIOPosix
import Synchronization
import Time
import Workbench

/// Rounds of faults against real agents that share a fleet through a real etcd: processes that are
/// killed and stopped, networks that lose and delay, clocks that are set. After each round the
/// requests that the simulated cloud received are compared with the promises.
@main
enum Chaos {
    private static let usage: [(name: String, meaning: String)] = [
        ("rounds", "N       how many, 10"),
        ("seed", "N       of the first round, 1; the others follow"),
        ("agents", "N       2 or 3; by turns if it is not given"),
        ("members", "N       of etcd, 1 or 3; by turns if it is not given"),
        ("parallel", "N       rounds at a time, 4"),
        ("binary", "PATH    the program, .build/release/graphwarden"),
    ]

    static func main() async {
        await benchmark(usage) { options in
            try await run(options)
        }
    }

    private static func run(_ options: Options) async throws -> Verdict {
        let first = try options.number("seed", 1)
        let rounds = try options.number("rounds", 10)
        let agents = try choice("agents", of: [2, 3], options)
        let members = try choice("members", of: [1, 3], options)
        let parallel = try options.number("parallel", 4)
        let binary = try Programs.graphwarden(options)
        let signals = Children.all.watchSignals()
        defer { withExtendedLifetime(signals) {} }
        let seeds = Seeds(first..<(first + rounds))
        let tally = Tally()
        let began = ContinuousClock.now
        await withDiscardingTaskGroup { group in
            for _ in 0..<parallel {
                group.addTask {
                    while let seed = seeds.next() {
                        let plan = RoundPlan(
                            seed: seed,
                            agents: agents ?? 2 + seed % 2,
                            members: members ?? 1 + seed / 2 % 2 * 2
                        )
                        let report = await RoundRun(plan: plan, binary: binary).report()
                        if rounds == 1 { say(report.story.joined(separator: "\n")) }
                        tally.add(report)
                    }
                }
            }
        }
        let seconds = Int((ContinuousClock.now - began) / .seconds(1))
        say(tally.summary + ", in \(seconds) s")
        return tally.verdict
    }

    private static func choice(
        _ name: String,
        of allowed: [Int],
        _ options: Options
    ) throws -> Int? {
        guard !options.text(name, "").isEmpty else { return nil }
        let number = try options.number(name, allowed[0])
        guard allowed.contains(number) else {
            throw BenchError("--\(name) must be \(allowed[0]) or \(allowed[1])")
        }
        return number
    }
}

/// The seeds that are left.
private final class Seeds: Sendable {
    private let left: Mutex<Range<Int>>

    init(_ seeds: Range<Int>) {
        left = Mutex(seeds)
    }

    func next() -> Int? {
        left.withLock { $0.popFirst() }
    }
}

/// The sums over all rounds.
final class Tally: Sendable {
    private struct State {
        var rounds = 0
        var failed = 0
        var unmeasured = 0
        var requests = 0
        var attempts = 0
        var fast = 0
    }

    private let state = Mutex(State())

    func add(_ report: RoundReport) {
        state.withLock { state in
            state.rounds += 1
            if !report.broken.isEmpty { state.failed += 1 }
            if report.error != nil { state.unmeasured += 1 }
            state.requests += report.requests
            state.attempts += report.attempts
            if report.wasFast { state.fast += 1 }
        }
        if let text = report.failure { say(text) }
    }

    var summary: String {
        state.withLock { state in
            "\(state.rounds) rounds, \(state.attempts) attempts, \(state.requests) requests for a"
                + " restart, \(state.fast) rounds with faster time, \(state.failed) rounds failed,"
                + " \(state.unmeasured) could not be judged"
        }
    }

    var verdict: Verdict {
        state.withLock { $0.failed == 0 && $0.unmeasured == 0 ? .good : .wrong }
    }
}
