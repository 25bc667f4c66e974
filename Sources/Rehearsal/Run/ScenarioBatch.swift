import Synchronization

/// Runs scenarios with several seeds each, on several threads.
package struct ScenarioBatch: Sendable {
    let scenarios: [Scenario]
    let seeds: ClosedRange<UInt64>
    let options: RehearsalOptions
    let workers: Int

    package init(
        _ scenarios: [Scenario],
        seeds: ClosedRange<UInt64>,
        options: RehearsalOptions,
        workers: Int
    ) {
        self.scenarios = scenarios
        self.seeds = seeds
        self.options = options
        self.workers = workers
    }

    /// Returns the results in the order of the scenarios. Each run stays on one thread, so the
    /// result does not depend on the number of workers.
    ///
    /// - Parameter report: called after each scenario is complete, in any order.
    package func run(
        report: @escaping @Sendable (ScenarioSummary) -> Void = { _ in }
    ) async -> [ScenarioSummary] {
        let progress = Progress()
        await withDiscardingTaskGroup { group in
            for _ in 0..<max(1, workers) {
                group.addTask {
                    while let index = progress.take(below: scenarios.count) {
                        let summary = summary(of: scenarios[index])
                        progress.put(summary, at: index)
                        report(summary)
                    }
                }
            }
        }
        return progress.summaries(scenarios.count)
    }

    /// The first scenario, in order, that fails with these options and passes with others; nil if
    /// there is none. Stops as soon as it is found.
    package func firstDifference(from other: RehearsalOptions) async -> ScenarioSummary? {
        let progress = Progress()
        await withDiscardingTaskGroup { group in
            for _ in 0..<max(1, workers) {
                group.addTask {
                    while !progress.isFound, let index = progress.take(below: scenarios.count) {
                        let summary = summary(of: scenarios[index])
                        guard let failure = summary.failures.first else { continue }
                        let sound = ScenarioRun(
                            scenarios[index],
                            seed: failure.seed,
                            options: other
                        )
                        if sound.outcome().hasPassed { progress.put(summary, at: index) }
                    }
                }
            }
        }
        return progress.summaries(scenarios.count).first
    }

    /// What the workers share.
    private final class Progress: Sendable {
        private struct State {
            var next = 0
            var summaries: [Int: ScenarioSummary] = [:]
        }

        private let state = Mutex(State())

        func take(below count: Int) -> Int? {
            state.withLock { state in
                guard state.next < count else { return nil }
                defer { state.next += 1 }
                return state.next
            }
        }

        var isFound: Bool { state.withLock { !$0.summaries.isEmpty } }

        func put(_ summary: ScenarioSummary, at index: Int) {
            state.withLock { $0.summaries[index] = summary }
        }

        func summaries(_ count: Int) -> [ScenarioSummary] {
            state.withLock { state in (0..<count).compactMap { state.summaries[$0] } }
        }
    }

    private func summary(of scenario: Scenario) -> ScenarioSummary {
        ScenarioSummary(
            scenario,
            seeds.map { ScenarioRun(scenario, seed: $0, options: options).outcome() }
        )
    }
}
