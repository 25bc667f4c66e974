import Foundation
import Workbench

/// A long run at high speed: continuous hangs, faults, outages, reloads and scrapes, during which
/// nothing may grow.
@main
enum Soak {
    private static let usage: [(name: String, meaning: String)] = [
        ("duration", "TIME   how long, 30m"),
        ("interval", "TIME   of sampling and evaluation, in ms: 100ms"),
        ("graphs", "N        size of the fleet, 40"),
        ("seed", "N          of what happens, 1"),
        ("binary", "PATH     the program, .build/release/graphwarden"),
    ]

    static func main() async {
        await benchmark(usage) { options in
            try await run(options)
        }
    }

    private static func run(_ options: Options) async throws -> Verdict {
        let duration = try options.seconds("duration", 1800)
        let plan = SoakPlan(
            graphs: try options.number("graphs", 40),
            intervalMilliseconds: try options.milliseconds("interval", 100),
            seed: UInt64(try options.number("seed", 1))
        )
        say(
            "\(plan.graphs) graphs every \(plan.intervalMilliseconds) ms for \(Int(duration)) s,"
                + " seed \(plan.seed)"
        )
        let setup = try await SoakSetup.start(plan, Programs.graphwarden(options))
        do {
            let observations = try await observe(setup, plan, seconds: duration)
            let isAlive = await setup.end()
            let flatness = Flatness(observations)
            for line in flatness.lines { say(line) }
            say(isAlive ? "the agent ended in order" : "FAIL: the agent did not end in order")
            return flatness.isFlat && isAlive ? .good : .wrong
        } catch {
            _ = await setup.end()
            throw error
        }
    }

    /// One iteration a second: an event, all reads, and sometimes a row of the table.
    private static func observe(
        _ setup: SoakSetup,
        _ plan: SoakPlan,
        seconds: Double
    ) async throws -> [Observation] {
        var troubles = Troubles(seed: plan.seed)
        var observations: [Observation] = []
        let started = Date.now
        let every = max(2, seconds / 120)
        say(Observation.heading)
        while -started.timeIntervalSinceNow < seconds {
            await troubles.next(setup)
            try await setup.readEverything()
            let elapsed = -started.timeIntervalSinceNow
            if elapsed >= Double(observations.count) * every {
                let observation = Observation(
                    elapsedSeconds: elapsed,
                    reading: try setup.agent.program.reading(),
                    cycles: try await setup.cycles()
                )
                observations.append(observation)
                say(observation.line)
            }
            try await Task.sleep(for: .seconds(1))
        }
        say(troubles.summary)
        return observations
    }
}
