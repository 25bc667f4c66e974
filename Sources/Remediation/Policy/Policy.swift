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
