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
        let batch = { (options: RehearsalOptions) in
            ScenarioBatch(scenarios, seeds: range, options: options, workers: workers)
        }
        if omissions.isEmpty {
            await run(batch(options), narrates: options.narrates)
        } else {
            await omit(omissions, batch, options)
        }
    }

    private static func run(_ batch: ScenarioBatch, narrates: Bool) async {
        let start = ContinuousClock.now
        let summaries = await batch.run()
        for summary in summaries {
            if narrates, let outcome = summary.failures.first ?? summary.outcomes.first {
                print("\n\(summary.scenario.name), seed \(outcome.seed)")
                print(outcome.narration.joined(separator: "\n"))
            }
        }
        print(ScenarioTable(summaries).lines.joined(separator: "\n"))
        for summary in summaries where !summary.hasPassed {
            print("\n\(summary.scenario.file)")
            for outcome in summary.failures.prefix(2) {
                print("  seed \(outcome.seed): " + outcome.problems.joined(separator: "\n    "))
            }
        }
        let failed = summaries.count { !$0.hasPassed }
        let seconds = Int((ContinuousClock.now - start) / .seconds(1))
        print(
            "\n\(summaries.count - failed) of \(summaries.count) scenarios passed in \(seconds) s"
        )
        exit(failed == 0 ? 0 : 1)
    }

    /// Every omission must make a scenario fail that passes without it.
    private static func omit(
        _ omissions: [Omission],
        _ batch: (RehearsalOptions) -> ScenarioBatch,
        _ options: RehearsalOptions
    ) async {
        let before = await batch(options).run()
        let sound = Set(before.filter(\.hasPassed).map(\.scenario.name))
        var unnoticed = 0
        for omission in omissions {
            var mutated = options
            mutated.omission = omission
            let failing = await batch(mutated).run()
                .filter { !$0.hasPassed && sound.contains($0.scenario.name) }
                .map(\.scenario.name)
            if failing.isEmpty { unnoticed += 1 }
            let text = failing.isEmpty ? "NOT NOTICED" : failing.joined(separator: "; ")
            print("without \(omission.rawValue): \(text)")
        }
        exit(unnoticed == 0 ? 0 : 1)
    }

    private static func load(_ file: String) -> Scenario {
        do {
            return try Scenario.load(file)
        } catch {
            fail("\(error)")
        }
    }

    private static func fail(_ message: String) -> Never {
        FileHandle.standardError.write(Data((message + "\n").utf8))
        exit(64)
    }
}
