import Diagnosis
import Foundation
import Rehearsal

/// Runs the labelled scenarios with several seeds and prints the table.
///
///     scenarios [--seeds=N] [--workers=N] [--divide-watch=AGENTS]
///         [--omit=NAME,... | --omit-all] [--narrate] FILE...
///
/// With `--divide-watch` so many agents share a ledger and divide the watch. Scenarios in which
/// ledgers are lost or several agents act are left out.
/// With `--omit` it searches for a scenario that notices that these rules are left out, or narrates
/// without them; with `--omit-all` it prints for each rule which scenarios notice its omission.
@main
enum Scenarios {
    private static let usage =
        "usage: scenarios [--seeds=N] [--first=N] [--workers=N] [--divide-watch=AGENTS]"
        + " [--omit=NAME,... | --omit-all] [--narrate] FILE..."

    static func main() async {
        var seeds: UInt64 = 20
        var first: UInt64 = 1
        var workers = ProcessInfo.processInfo.activeProcessorCount
        var omitted: Set<Omission> = []
        var omitsAll = false
        var options = RehearsalOptions()
        var files: [String] = []
        for argument in CommandLine.arguments.dropFirst() {
            let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
            let value = parts.count > 1 ? parts[1] : ""
            switch parts.first {
            case "--seeds": seeds = UInt64(value) ?? 0
            case "--first": first = UInt64(value) ?? 0
            case "--workers": workers = Int(value) ?? 0
            case "--omit":
                omitted = Set(value.split(separator: ",").map(String.init).map(omission))
            case "--omit-all": omitsAll = true
            case "--divide-watch": options.dividingAgents = Int(value)
            case "--narrate": options.narrates = true
            case _ where argument.hasPrefix("--"): fail(usage)
            default: files.append(argument)
            }
        }
        guard seeds > 0, first > 0, workers > 0, !files.isEmpty else { fail(usage) }
        let scenarios = files.map(load)
        let range = first...(first + seeds - 1)
        if omitsAll {
            await omitAll(OmissionTable(scenarios: scenarios, seeds: range, workers: workers))
        } else if omitted.isEmpty || options.narrates {
            options.omitted = omitted
            let batch = ScenarioBatch(scenarios, seeds: range, options: options, workers: workers)
            await run(batch, narrates: options.narrates)
        } else {
            await search(omitted, scenarios, range, workers)
        }
    }

    private static func run(_ batch: ScenarioBatch, narrates: Bool) async {
        let start = ContinuousClock.now
        let summaries = await batch.run()
        for summary in summaries {
            if narrates, let outcome = summary.failures.first ?? summary.outcomes.first {
                say("\n\(summary.scenario.name), seed \(outcome.seed)")
                say(outcome.narration.joined(separator: "\n"))
            }
        }
        say(ScenarioTable(summaries).lines.joined(separator: "\n"))
        for summary in summaries where !summary.hasPassed {
            say("\n\(summary.scenario.file)")
            for outcome in summary.failures.prefix(2) {
                say("  seed \(outcome.seed): " + outcome.problems.joined(separator: "\n    "))
            }
        }
        let failed = summaries.count { !$0.hasPassed }
        let seconds = Int((ContinuousClock.now - start) / .seconds(1))
        say(
            "\n\(summaries.count - failed) of \(summaries.count) scenarios passed in \(seconds) s"
        )
        exit(failed == 0 ? 0 : 1)
    }

    /// Searches for a scenario that fails without these rules and passes with them.
    private static func search(
        _ omitted: Set<Omission>,
        _ scenarios: [Scenario],
        _ seeds: ClosedRange<UInt64>,
        _ workers: Int
    ) async {
        var options = RehearsalOptions()
        options.omitted = omitted
        let batch = ScenarioBatch(scenarios, seeds: seeds, options: options, workers: workers)
        let found = await batch.firstDifference(from: RehearsalOptions())
        let problem = found?.failures.first?.problems.first ?? ""
        say(found.map { "\($0.scenario.file): \(problem)" } ?? "no scenario notices")
        exit(found == nil ? 1 : 0)
    }

    /// Leaves out one rule at a time: the scenarios that say so must notice.
    private static func omitAll(_ table: OmissionTable) async {
        let known = Set(Omission.allCases.map(\.rawValue))
        for scenario in table.scenarios {
            for name in scenario.notices where !known.contains(name) {
                fail("\(scenario.file): there is no rule \"\(name)\"")
            }
        }
        let start = ContinuousClock.now
        let faults = await table.print(say)
        let seconds = Int((ContinuousClock.now - start) / .seconds(1))
        let count = Omission.allCases.count
        say("\(count - faults) of \(count) rules are as the table says, in \(seconds) s")
        exit(faults == 0 ? 0 : 1)
    }

    private static func omission(_ name: String) -> Omission {
        guard let omission = Omission(rawValue: name) else { fail("there is no rule \"\(name)\"") }
        return omission
    }

    private static func load(_ file: String) -> Scenario {
        do {
            return try Scenario.load(file)
        } catch {
            fail("\(error)")
        }
    }

    /// Unbuffered: what was found so far is seen, also if the run is ended.
    private static func say(_ line: String) {
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }

    private static func fail(_ message: String) -> Never {
        FileHandle.standardError.write(Data((message + "\n").utf8))
        exit(64)
    }
}
