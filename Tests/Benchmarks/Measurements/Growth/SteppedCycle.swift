import Cycle
import Foundation
import PromQL
import Remediation
import Rules
import Time

/// The cycle of an agent with the shipped rules in virtual time, and the graphs that it watches.
package struct SteppedCycle {
    package private(set) var world: World
    private var cycle: Cycle
    private var disk: DiskOutcome?
    private var elapsed = Duration.zero

    private static let noon = Timestamp(milliseconds: 1_795_428_000_000)

    /// - Parameter rules: the folder with the rule files.
    package init(_ world: World, rules: String) throws {
        self.world = world
        cycle = Cycle(
            try Self.settings(rules),
            from: CycleMemory(),
            language: RuleLanguage(),
            at: ClockReading(bootID: "boot", elapsed: .zero, wall: Self.noon),
            stopwatch: { .zero }
        )
    }

    /// One poll later.
    package mutating func step() {
        elapsed += World.interval
        let clock = ClockReading(bootID: "boot", elapsed: elapsed, wall: Self.noon + elapsed)
        let ready = cycle.step(world.input(clock, disk))
        world.perform(ready.anytime + ready.afterDisk, at: clock.wall)
        disk = .written
    }

    /// How much virtual time has passed.
    package var days: Double { elapsed.inSeconds / 86_400 }

    package var verifiedRestarts: Int {
        cycle.machine.counters.verifiedDurations.counts.reduce(0, +)
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
