import Diagnosis
import Foundation
import Rehearsal

/// Runs the labelled scenarios with several seeds and prints the table; with an omission, which
/// scenarios notice it.
///
///     scenarios [--seeds=N] [--workers=N] [--omit=NAME | --omit-all] [--narrate] FILE...
@main
enum Scenarios {
    private static let usage =
        "usage: scenarios [--seeds=N] [--first=N] [--workers=N] [--omit=NAME | --omit-all]"
        + " [--narrate] FILE..."

    static func main() async {
        var seeds: UInt64 = 20
        var first: UInt64 = 1
        var workers = ProcessInfo.processInfo.activeProcessorCount
        var omissions: [Omission] = []
        var options = RehearsalOptions()
        var files: [String] = []
        for argument in CommandLine.arguments.dropFirst() {
            let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
            let value = parts.count > 1 ? parts[1] : ""
            switch parts.first {
            case "--seeds": seeds = UInt64(value) ?? 0
            case "--first": first = UInt64(value) ?? 0
            case "--workers": workers = Int(value) ?? 0
            case "--omit": omissions = [Omission(rawValue: value)].compactMap(\.self)
            case "--omit-all": omissions = Omission.allCases
            case "--narrate": options.narrates = true
            case _ where argument.hasPrefix("--"): fail(usage)
            default: files.append(argument)
            }
        }
        guard seeds > 0, first > 0, workers > 0, !files.isEmpty else { fail(usage) }
        let scenarios = files.map(load)
        let range = first...(first + seeds - 1)
        if omissions.isEmpty {
            let batch = ScenarioBatch(scenarios, seeds: range, options: options, workers: workers)
            await run(batch, narrates: options.narrates)
        } else {
            await omit(omissions, scenarios, range, workers)
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

    /// Every omission must make a scenario fail that passes without it. Those that say so are tried
    /// first.
    private static func omit(
        _ omissions: [Omission],
        _ scenarios: [Scenario],
        _ seeds: ClosedRange<UInt64>,
        _ workers: Int
    ) async {
        let known = Set(Omission.allCases.map(\.rawValue))
        for scenario in scenarios {
            for name in scenario.notices where !known.contains(name) {
                fail("\(scenario.file): there is no rule \"\(name)\"")
            }
        }
        var unnoticed = 0
        for omission in omissions {
            let noticing = scenarios.filter { $0.notices.contains(omission.rawValue) }
            let others = scenarios.filter { !$0.notices.contains(omission.rawValue) }
            var options = RehearsalOptions()
            options.omission = omission
            let batch = ScenarioBatch(
                noticing + others,
                seeds: seeds,
                options: options,
                workers: workers
            )
            let found = await batch.firstDifference(from: RehearsalOptions())
            if found == nil { unnoticed += 1 }
            let problem = found?.failures.first?.problems.first ?? ""
            let text = found.map { "\($0.scenario.name): \(problem)" } ?? "NOT NOTICED"
            say("without \(omission.rawValue): \(text)")
        }
        say("\(omissions.count - unnoticed) of \(omissions.count) omissions are noticed")
        exit(unnoticed == 0 ? 0 : 1)
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
