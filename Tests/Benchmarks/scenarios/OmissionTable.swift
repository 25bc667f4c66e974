import Diagnosis
import Rehearsal
import Synchronization

/// For each rule of the agent the scenarios that notice its omission. They say so themselves, with
/// the key `notices`, and each of them is run without the rule and must fail.
struct OmissionTable: Sendable {
    let scenarios: [Scenario]
    let seeds: ClosedRange<UInt64>
    let workers: Int

    /// One run: a scenario without some rules.
    private struct Job: Hashable {
        let omitted: Set<Omission>
        let scenario: Int
        let seed: UInt64
    }

    private struct State {
        var next = 0
        /// What is wrong with each run; empty for one that passed.
        var problems: [Job: [String]] = [:]
    }

    /// Prints a line for each rule. Returns how many are not noticed as they should be.
    func print(_ say: (String) -> Void) async -> Int {
        let problems = await run(jobs)
        let width = Omission.allCases.map(\.rawValue.count).max() ?? 0
        say(pad("omission", width) + "  noticed by")
        var faults = 0
        for omission in Omission.allCases {
            let row = row(omission, problems)
            if !row.isSound { faults += 1 }
            say(pad(omission.rawValue, width) + "  " + row.text)
        }
        return faults
    }

    private func row(
        _ omission: Omission,
        _ problems: [Job: [String]]
    ) -> (text: String, isSound: Bool) {
        if let reason = omission.idleReason { return ("(nothing: \(reason))", true) }
        let noticing = noticing(omission)
        guard !noticing.isEmpty else { return ("NO SCENARIO", false) }
        let omitted = omitted(omission)
        var texts: [String] = []
        var isSound = true
        for index in noticing {
            let name = scenarios[index].file.fileName
            let failure = first(problems, omitted, index)
            if first(problems, [], index) != nil {
                texts.append("\(name) FAILS ANYWAY")
                isSound = false
            } else if failure == nil {
                texts.append("\(name) DOES NOT NOTICE")
                isSound = false
            } else if omission.backing != nil, first(problems, [omission], index) != nil {
                texts.append("\(name) NOTICES IT ALONE")
                isSound = false
            } else {
                texts.append("\(name) (\(failure ?? ""))")
            }
        }
        var text = texts.joined(separator: "; ")
        if let backing = omission.backing {
            let rules = backing.rules.map(\.rawValue).sorted().joined(separator: ", ")
            text = "with \(rules) (\(backing.reason)): " + text
        }
        return (text, isSound)
    }

    private func first(
        _ problems: [Job: [String]],
        _ omitted: Set<Omission>,
        _ scenario: Int
    ) -> String? {
        for seed in seeds {
            let job = Job(omitted: omitted, scenario: scenario, seed: seed)
            if let problem = problems[job]?.first { return problem }
        }
        return nil
    }

    private func noticing(_ omission: Omission) -> [Int] {
        scenarios.indices.filter { scenarios[$0].notices.contains(omission.rawValue) }
    }

    private func omitted(_ omission: Omission) -> Set<Omission> {
        (omission.backing?.rules ?? []).union([omission])
    }

    private var jobs: [Job] {
        var jobs: Set<Job> = []
        for omission in Omission.allCases {
            for scenario in noticing(omission) {
                for seed in seeds {
                    jobs.insert(Job(omitted: [], scenario: scenario, seed: seed))
                    for rules in [[omission], omitted(omission)] {
                        jobs.insert(Job(omitted: rules, scenario: scenario, seed: seed))
                    }
                }
            }
        }
        return Array(jobs)
    }

    private func run(_ jobs: [Job]) async -> [Job: [String]] {
        let state = SharedState()
        await withDiscardingTaskGroup { group in
            for _ in 0..<max(1, workers) {
                group.addTask {
                    while let job = state.take(from: jobs) {
                        var options = RehearsalOptions()
                        options.omitted = job.omitted
                        let run = ScenarioRun(
                            scenarios[job.scenario],
                            seed: job.seed,
                            options: options
                        )
                        state.put(run.outcome().problems, for: job)
                    }
                }
            }
        }
        return state.problems
    }

    /// What the workers share.
    private final class SharedState: Sendable {
        private let state = Mutex(State())

        var problems: [Job: [String]] { state.withLock { $0.problems } }

        func take(from jobs: [Job]) -> Job? {
            state.withLock { state in
                guard state.next < jobs.count else { return nil }
                defer { state.next += 1 }
                return jobs[state.next]
            }
        }

        func put(_ problems: [String], for job: Job) {
            state.withLock { $0.problems[job] = problems }
        }
    }

    private func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}

extension String {
    /// Without its folder and its extension.
    fileprivate var fileName: String {
        let name = split(separator: "/").last.map(String.init) ?? self
        return name.split(separator: ".").first.map(String.init) ?? name
    }
}
