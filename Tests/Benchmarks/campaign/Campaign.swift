import Foundation
import Rehearsal
import StrictYAML
import Synchronization

/// Runs the whole agent through random scenarios in virtual time and checks what must always hold.
///
///     campaign [--seeds=N] [--first=N] [--hours=N] [--workers=N]
///     campaign --print=SEED [--hours=N]
///     campaign --effects [--workers=N]
///     campaign --agents=N [--divide-watch] [--seeds=N] [--first=N] [--workers=N]
///
/// A failing seed prints the commands that replay it. `--effects` lets each effect of the agent fail
/// in turn instead, and prints the scenario of each failure. `--agents` lets agents share a ledger,
/// and kills, freezes and cuts them off at random.
@main
enum Campaign {
    private static let usage =
        "usage: campaign [--seeds=N] [--first=N] [--hours=N] [--workers=N] [--print=SEED]"
        + " | campaign --effects [--workers=N]"
        + " | campaign --agents=N [--divide-watch] [--seeds=N] [--first=N] [--workers=N]"

    /// What the runs have found so far.
    private struct Tally {
        var next: UInt64
        var graphMinutes = 0
        var posts = 0
        var failed = 0
    }

    /// Violations that are printed; all are counted.
    private static let shownFailures = 20

    static func main() async {
        var seeds: UInt64 = 1000
        var first: UInt64 = 1
        var hours = 12
        var workers = ProcessInfo.processInfo.activeProcessorCount
        var printed: UInt64?
        var effects = false
        var agents: Int?
        var dividesWatch = false
        for argument in CommandLine.arguments.dropFirst() {
            let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
            let value = parts.count > 1 ? parts[1] : ""
            switch parts.first {
            case "--seeds": seeds = UInt64(value) ?? 0
            case "--first": first = UInt64(value) ?? 0
            case "--hours": hours = Int(value) ?? 0
            case "--workers": workers = Int(value) ?? 0
            case "--print": printed = UInt64(value)
            case "--effects": effects = true
            case "--agents": agents = Int(value)
            case "--divide-watch": dividesWatch = true
            default: fail()
            }
        }
        guard seeds > 0, first > 0, (4...240).contains(hours), workers > 0 else { fail() }
        if let agents {
            guard (2...9).contains(agents) else { fail() }
            let rounds = SharedLedgerRounds(
                agents: agents,
                dividesWatch: dividesWatch,
                workers: workers
            )
            exit(await rounds.run(first..<(first + seeds)) ? 0 : 1)
        }
        if effects {
            await failEffects(workers)
        } else if let printed {
            say(RandomScenario(seed: printed, hours: hours).text)
        } else {
            await run(first..<(first + seeds), hours, workers)
        }
    }

    private static func failEffects(_ workers: Int) async {
        let start = ContinuousClock.now
        let courses = EffectCourses.all
        let tally = Shared((next: 0, runs: 0, failed: 0))
        await withDiscardingTaskGroup { group in
            for _ in 0..<workers {
                group.addTask {
                    while true {
                        let index = tally.value.withLock { state in
                            defer { state.next += 1 }
                            return state.next
                        }
                        guard index < courses.count else { return }
                        let (runs, problems) = courses[index].run()
                        say("\(courses[index].name): \(runs) runs, \(problems.count) failed")
                        for problem in problems { say(problem) }
                        tally.value.withLock { state in
                            state.runs += runs
                            state.failed += problems.count
                        }
                    }
                }
            }
        }
        let (_, runs, failed) = tally.value.withLock(\.self)
        let seconds = Int((ContinuousClock.now - start) / .seconds(1))
        say("\(runs) runs with an effect that fails, \(failed) not made good, in \(seconds) s")
        exit(failed == 0 ? 0 : 1)
    }

    private static func run(_ seeds: Range<UInt64>, _ hours: Int, _ workers: Int) async {
        let start = ContinuousClock.now
        let tally = Shared(Tally(next: seeds.lowerBound))
        await withDiscardingTaskGroup { group in
            for _ in 0..<workers {
                group.addTask { work(seeds, hours, tally) }
            }
        }
        let end = tally.value.withLock(\.self)
        let seconds = Int((ContinuousClock.now - start) / .seconds(1))
        say(
            "\(seeds.count) runs, \(end.graphMinutes / 1440) graph-days, \(end.posts) restarts,"
                + " \(end.failed) violations of what must hold, in \(seconds) s"
        )
        exit(end.failed == 0 ? 0 : 1)
    }

    private static func work(_ seeds: Range<UInt64>, _ hours: Int, _ tally: Shared<Tally>) {
        while true {
            let seed = tally.value.withLock { state in
                defer { state.next += 1 }
                return state.next
            }
            guard seed < seeds.upperBound else { return }
            let random = RandomScenario(seed: seed, hours: hours)
            let reading = ScenarioReader.read(random.text, file: "seed \(seed)")
            var found = reading.issues.map(\.description)
            var posts = 0
            if var scenario = reading.value {
                scenario.isLabelled = false
                let outcome = ScenarioRun(scenario, seed: seed, options: RehearsalOptions())
                    .outcome()
                posts = outcome.posts.values.reduce(0) { $0 + $1.count }
                found = Invariants(scenario: random).violations(outcome)
            }
            let failures = tally.value.withLock { state in
                state.graphMinutes += random.graphs * random.minutes
                state.posts += posts
                if !found.isEmpty { state.failed += 1 }
                return state.failed
            }
            guard !found.isEmpty, failures <= shownFailures else { continue }
            say(
                "seed \(seed): \(found.joined(separator: "; "))\n  replay: campaign"
                    + " --print=\(seed) --hours=\(hours) > s.yaml && graphwarden rehearse"
                    + " --seed=\(seed) s.yaml"
            )
        }
    }

    final class Shared<Value: Sendable>: Sendable {
        let value: Mutex<Value>

        init(_ value: Value) { self.value = Mutex(value) }
    }

    /// Unbuffered: what was found so far is seen, also if the run is ended.
    static func say(_ line: String) {
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }

    private static func fail() -> Never {
        FileHandle.standardError.write(Data((usage + "\n").utf8))
        exit(64)
    }
}
