// A policy is data: the configuration reader fills it in, the gates read it, nothing changes it.
// The defaults are those of the configuration file and are meant to be safe for a fleet of
// hundreds of graphs, each of which hangs a few times a year.

package import Diagnosis

/// What may be done with one graph: the defaults of the configuration file, with the overrides of
/// the first entry of `graphs` that matches.
///
/// Limits of the whole fleet (budget, POSTs, breaker, places) are taken from the policy of the
/// graph that asks. So a strict entry is strict about its own graphs, whatever others allow.
package struct Policy: Hashable, Sendable {
    package var mode: Mode = .shadow
    /// How long to observe after a start, or after having been blind, before any restart.
    package var startupGrace: Duration = .seconds(20 * 60)
    /// How long to leave a graph alone after its status changed.
    package var stateChangeGrace: Duration = .seconds(15 * 60)
    /// Measured from the end of an attempt. Doubles with each further attempt within 24 hours.
    package var cooldown: Duration = .seconds(60 * 60)
    /// Where the doubling stops. A `cooldown` that is longer than this stays as it is.
    package var maxCooldown: Duration = .seconds(8 * 60 * 60)
    /// By which share a cool-down may be longer, so that graphs that were restarted together are
    /// not restarted together again.
    package var cooldownJitter = 0.1
    /// Attempts on this graph per sliding window. When a window is used up the graph is exhausted,
    /// and a person must acknowledge it.
    package var maxAttempts: [WindowLimit] = [
        WindowLimit(window: .seconds(6 * 3600), count: 2),
        WindowLimit(window: .seconds(24 * 3600), count: 3),
    ]
    /// The places: how many restarts of the whole fleet may be in progress at once.
    package var maxConcurrent: Int = 1
    /// How many of them at most to graphs on one path; nil for as many as there are places.
    package var maxConcurrentPerPath: Int?
    /// Restarts of the whole fleet per sliding window. Places bound how many at once, the budget
    /// bounds how many over time: one at a time, all day long, is also a disaster.
    package var budget: [WindowLimit] = [
        WindowLimit(window: .seconds(3600), count: 3),
        WindowLimit(window: .seconds(24 * 3600), count: 10),
    ]
    /// POSTs of the whole fleet per sliding window, whatever became of them. What GES refuses costs
    /// no budget, but must not become a loop either.
    package var posts: [WindowLimit] = [WindowLimit(window: .seconds(3600), count: 6)]
    /// The work of tasks that restarts of the whole fleet may kill per sliding window. Beyond it a
    /// person is asked.
    package var killBudget: [KillLimit] = [
        KillLimit(window: .seconds(24 * 3600), work: .seconds(50 * 3600))
    ]
    /// How many imports of a graph must have ended well within the last month before a stuck one is
    /// restarted without a person; the same for exports and clears. Zero asks for none.
    package var requiredJobs = 5
    package var breaker = Breaker()
    /// How long the collection of evidence may delay a restart. Zero collects none.
    package var evidenceTimeout: Duration = .seconds(60)
    /// An accepted restart that is not running again by then is stalled.
    package var restartTimeout: Duration = .seconds(45 * 60)
    package var verify = Verification()
    /// How often decisions must have been right before mode `auto` acts without a person; nil for no
    /// matter how often.
    package var requirement: Requirement?
    /// What is tried in which order.
    package var ladder = Ladder()
    /// How long a restart is announced before it is sent, during which a person may veto it. A
    /// class that is missing is not announced.
    package var veto: [HangClass: Duration] = [:]

    /// What diagnosis needs before it believes something.
    package var diagnosis = DiagnosisPolicy()

    package init() {}
}

extension Policy {
    /// Whether restarts of this class are announced and may be vetoed.
    func announces(_ hangClass: HangClass) -> Bool {
        mode == .auto && veto[hangClass] ?? .zero > .zero
    }

    /// How long to observe after a pause or a maintenance window: what was seen meanwhile may be
    /// the work of persons.
    package var freshObservation: Duration { max(startupGrace, diagnosis.observe) }
}
