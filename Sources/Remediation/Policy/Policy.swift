/// What may be done with one graph: the defaults of the configuration file with the overrides of
/// the first entry of `graphs` that matches. Whatever counts the whole fleet (budget, breaker,
/// concurrency) is read from the policy of the graph that asks.
package struct Policy: Hashable, Sendable {
    package var mode: Mode = .shadow
    /// How long to observe after a start, or after having been blind, before any action.
    package var startupGrace: Duration = .seconds(20 * 60)
    /// How long to leave a graph alone after its status changed.
    package var stateChangeGrace: Duration = .seconds(15 * 60)
    /// From the end of an attempt; doubles with each further attempt of the last 24 hours.
    package var cooldown: Duration = .seconds(60 * 60)
    /// What the doubling stops at; a longer `cooldown` stays as it is.
    package var maxCooldown: Duration = .seconds(8 * 60 * 60)
    /// Attempts on this graph per sliding window; when one is used up, a person must acknowledge.
    package var maxAttempts: [WindowLimit] = [
        WindowLimit(window: .seconds(6 * 3600), count: 2),
        WindowLimit(window: .seconds(24 * 3600), count: 3),
    ]
    /// Restarts of the whole fleet that may be under way at once.
    package var maxConcurrent: Int = 1
    /// Restarts of the whole fleet per sliding window.
    package var budget: [WindowLimit] = [
        WindowLimit(window: .seconds(3600), count: 3),
        WindowLimit(window: .seconds(24 * 3600), count: 10),
    ]
    package var breaker = Breaker()
    /// How long the collection of evidence may delay an action; zero collects none.
    package var evidenceTimeout: Duration = .seconds(60)
    /// Accepted, but not running again by then: stalled.
    package var restartTimeout: Duration = .seconds(45 * 60)
    package var verify = Verification()
    /// How long an announced restart may be vetoed; a class that is missing has no such period.
    package var veto: [HangClass: Duration] = [:]

    package init() {}
}

/// At most `count` events in any span of length `window`.
package struct WindowLimit: Hashable, Sendable {
    package var window: Duration
    package var count: Int

    package init(window: Duration, count: Int) {
        self.window = window
        self.count = count
    }
}

/// When so many graphs look sick at once that the fault is likelier in the watcher, the network or
/// the provider.
package struct Breaker: Hashable, Sendable {
    /// Reached: a person has to agree to each restart.
    package var soft = Threshold(graphs: 3, percent: 2)
    /// Reached: no action at all.
    package var hard = Threshold(graphs: 5, percent: 5)

    package init() {}

    package init(soft: Threshold, hard: Threshold) {
        self.soft = soft
        self.hard = hard
    }

    /// Which of the two is reached. A fleet in which nothing is well is a storm of its own: then
    /// the fault is likelier in the watcher, or in what all graphs share.
    package func level(sick: Int, fleetSize: Int) -> StormLevel? {
        if sick >= hardCount(fleetSize: fleetSize) { return .hard }
        return sick >= soft.count(fleetSize: fleetSize) ? .soft : nil
    }

    /// From how many sick graphs on nothing is done at all.
    func hardCount(fleetSize: Int) -> Int {
        min(hard.count(fleetSize: fleetSize), max(fleetSize, 2))
    }

    /// A number of graphs, or a share of the fleet, whichever is the larger count.
    package struct Threshold: Hashable, Sendable {
        package var graphs: Int
        package var percent: Double

        package init(graphs: Int, percent: Double) {
            self.graphs = graphs
            self.percent = percent
        }

        /// Sick graphs, out of `fleetSize`, from which on the threshold counts as reached; at
        /// least one, because a threshold of nothing would be reached by a healthy fleet.
        package func count(fleetSize: Int) -> Int {
            let share = min(max(Double(fleetSize) * percent / 100, 0), Double(Int32.max))
            let whole = Int(share)
            return max(1, graphs, Double(whole) < share ? whole + 1 : whole)
        }
    }
}

/// When a graph counts as healthy again after a restart.
package struct Verification: Hashable, Sendable {
    /// Consecutive answered probes, each newer than the one before.
    package var probes: Int = 5
    package var within: Duration = .seconds(20 * 60)

    package init() {}

    package init(probes: Int, within: Duration) {
        self.probes = probes
        self.within = within
    }
}
