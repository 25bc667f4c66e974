import Cycle
import Foundation
import PromQL
import Remediation
import Rules
import Time
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
        var world = World()
        let noon = Timestamp(milliseconds: 1_795_428_000_000)
        var cycle = Cycle(
            try settings(rules),
            from: CycleMemory(),
            language: RuleLanguage(),
            at: ClockReading(bootID: "boot", elapsed: .zero, wall: noon),
            stopwatch: { .zero }
        )
        var disk: DiskOutcome?
        var elapsed = Duration.zero
        let began = ContinuousClock.now
        for _ in 0..<count {
            elapsed += World.interval
            let clock = ClockReading(bootID: "boot", elapsed: elapsed, wall: noon + elapsed)
            let ready = cycle.step(world.input(clock, disk))
            world.perform(ready.anytime + ready.afterDisk, at: clock.wall)
            disk = .written
        }
        let seconds = (ContinuousClock.now - began).inSeconds
        return report(
            count,
            seconds,
            world,
            verified: cycle.machine.counters.verifiedDurations.counts.reduce(0, +)
        )
    }

    private static func report(
        _ count: Int,
        _ seconds: Double,
        _ world: World,
        verified: Int
    ) -> Verdict {
        let days = Double(count) * World.interval.inSeconds / 86_400
        say(
            "\(count) steps (\(days.text(1)) days of five graphs) in \(seconds.text(2)) s:"
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

    private static func settings(_ folder: String) throws -> CycleSettings {
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            .filter { $0.hasSuffix(".yml") }
            .compactMap { name in
                let text = try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
                return RuleFile.read(text, file: name, options: ParserOptions()).file
            }
        var policy = Policy()
        policy.mode = .auto
        var everything = GraphMatch()
        everything.name = try LabelValuePattern(".*")
        return CycleSettings(
            vantage: Vantage(region: "r", projectID: "p", way: []),
            graphs: [GraphEntry(match: everything, policy: policy)],
            defaultPolicy: policy,
            freshness: .seconds(100),
            evaluationInterval: World.interval,
            ruleFiles: files,
            ruleOptions: RuleEngine.Options(interval: World.interval, queryTimeout: .seconds(10)),
            retention: .seconds(3600)
        )
    }
}
