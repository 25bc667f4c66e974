import Foundation
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
        let plans = (first..<(first + rounds)).map { seed in
            RoundPlan(
                seed: seed,
                agents: agents ?? 2 + seed % 2,
                members: members ?? 1 + seed / 2 % 2 * 2
            )
        }
        let began = ContinuousClock.now
        let tally = await Rounds(
            plans: plans,
            binary: binary,
            parallel: parallel,
            isNarrated: rounds == 1
        ).run()
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
