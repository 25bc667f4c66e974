import Measurements
import Workbench

/// The speed of the whole cycle: a fleet of five with the shipped rules, a poll every 30 seconds of
/// virtual time, a graph that hangs every day. One million steps are 347 days.
@main
enum Steps {
    private static let usage: [(name: String, meaning: String)] = [
        ("steps", "N   how many, 1000000"), ("rules", "FOLDER   with the rule files, rules"),
    ]

    private static let secondsMaximum = 60.0
    private static let stepsOfBound = 1_000_000.0

    static func main() async {
        await benchmark(usage) { options in
            try run(options.number("steps", 1_000_000), rules: options.text("rules", "rules"))
        }
    }

    private static func run(_ count: Int, rules: String) throws -> Verdict {
        var stepped = try SteppedCycle(World(graphs: 5), rules: rules)
        let seconds = elapsed { for _ in 0..<count { stepped.step() } }
        return report(count, seconds, stepped)
    }

    private static func report(
        _ count: Int,
        _ seconds: Double,
        _ stepped: SteppedCycle
    ) -> Verdict {
        let (world, verified) = (stepped.world, stepped.verifiedRestarts)
        say(
            "\(count) steps (\(stepped.days.text(1)) days of five graphs) in \(seconds.text(2)) s:"
                + " \((seconds / Double(count) * 1e6).text(1)) µs each; \(world.hangs) hangs,"
                + " \(world.restarts) restarts, \(verified) verified"
        )
        // The last day may end in the middle of an incident.
        guard (0...1).contains(world.hangs - world.restarts),
            (0...1).contains(world.restarts - verified)
        else {
            say("FAIL: every hang leads to one verified restart")
            return .wrong
        }
        let bound = secondsMaximum * Double(count) / stepsOfBound
        say("\(seconds <= bound ? "PASS" : "FAIL"): bound \(bound.text(1)) s")
        return seconds <= bound ? .good : .boundMissed
    }
}
