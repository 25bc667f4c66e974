// Remediation decides whether a graph may be restarted, and follows each restart to its end.
//
// It is pure: a step takes what is known now and returns what to do. It reads no clock, does no
// input or output, draws no random numbers and knows neither GES nor the ledger; time and facts
// are arguments. A run is therefore repeatable, and a test can play a year in a second.
//
//   Input      what a step is told: the fleet, the alerts that ask for a restart, reports
//   Policy     what the configuration allows
//   Populations  which graphs became sick together, and storms
//   Gates      what must hold before a restart; each closed gate gives its reason
//   Decisions  from a request to an intent
//   Orders     what persons may say: approve, reject, pause, acknowledge, restart
//   Following  what becomes of a restart that was sent, phase by phase
//   Attempts   how a restart ends and what it costs the graph
//   Incidents  what people are told, once
//   Scorecard  whether decisions were right, by what happened afterwards
//   Records    what must survive a crash, and what metrics show

package import Diagnosis
package import Time

/// The state machine: one value that holds where every graph stands.
///
/// A restart kills every task of a graph, and the endpoint has no idempotency key. A restart that
/// was not needed, or was sent twice, is worse than one that came late. Three rules follow:
///
/// - An intent allows one POST, and the POST waits until the intent is on disk.
/// - An outcome that is not known is searched for; nothing is ever sent again because of it.
/// - Not knowing never leads to action. Every hold has a reason that a person can read.
///
/// After each step the caller writes `changes` to disk and then performs the effects. While the
/// disk refuses, the changes add up and `Effect.waitsForDisk` says what must not be performed.
package struct Machine: Sendable {
    /// What the last step decided, for every graph with a request or with something in progress.
    package internal(set) var decisions: [GraphID: Decision] = [:]
    package internal(set) var counters = RemediationCounters()
    /// Pauses in force, the fleet's first, then those of entries and of graphs.
    package internal(set) var pauses: [Pause] = []
    /// Pauses that ended, the last one of each scope.
    var endedPauses: [PauseScope: Pause] = [:]
    /// Orders that were answered, by id.
    var answered: [String: AnsweredOrder] = [:]
    var records: [GraphID: GraphRecord] = [:]
    /// Graphs whose records change with time. The others only remember decisions, and a large fleet
    /// has many of them.
    var awake: Set<GraphID> = []
    /// When all records were looked through for what is too old.
    var sweptAt = Timestamp.distantPast
    /// The requests of the last step, one for each graph.
    var requests: [GraphID: RestartRequest] = [:]
    /// What people were told about each request. Not persistent: after a start they hear it again.
    var incidents: [GraphID: Incident] = [:]
    /// Which graphs became sick at about the same time. Not persistent: a start knows the begin of
    /// an incident from the verdicts.
    package internal(set) var populations = Populations()
    /// What is known of restarts by others before the start.
    var adoption = Adoption.needless
    /// Other agents that act on the same fleet without sharing the ledger, by what they did.
    package internal(set) var rivals = Rivals()
    /// Whether pauses of another agent were taken since the last step.
    var hasTakenPauses = false
    /// How often decisions were right.
    package internal(set) var scorecard = Scorecard()
    var scoredAt = Timestamp.distantPast
    /// Whether a decision has changed since it was counted.
    var hasNewDecisions = true
    /// When each graph that does not answer was last seen so.
    var lastSilent: [GraphID: LastSilent] = [:]
    /// Intents whose job was searched for since the start and not found.
    var searchedInVain: Set<String> = []
    /// Graphs whose records differ from those on disk.
    var unsaved: Set<GraphID> = []
    /// Everything else that is not on disk yet.
    var pending = Changes()

    package init() {}

    /// Leaves out rules, to show that a scenario notices. Only tests call it.
    package mutating func omit(_ rules: Set<Omission>) {
        populations.omitted = rules
    }

    /// Takes all requests that are active now and all reports since the last step, and returns
    /// what to do, in the order described at `Effect`.
    ///
    /// Facts come first and persons next, because a decision must not rest on the state before
    /// them; new restarts come last. Graphs are visited by id and requests by age, so the same
    /// inputs give the same effects in whatever order they arrive.
    package mutating func step(
        requests active: [RestartRequest],
        reports: [Report],
        view: FleetView,
        at instant: Timestamp
    ) -> [Effect] {
        requests = RestartRequest.onePerGraph(active, in: view)
        decisions = [:]
        var step = Step(view: view, at: instant)
        if view.isObserving { return observe(reports, &step) }
        stopPreparationsOfTakenPauses(step)
        tendPauses(&step)
        for report in reports.inOrder() {
            receive(report, &step)
        }
        for id in recordsDue(step) {
            follow(id, &step)
        }
        adoptJobs(&step)
        noticeExternalActions(&step)
        judgeDecisions(step)
        if score(at: instant) { limitDecisions(at: instant) }
        populations.update(view, awakeRecords, requests, at: instant)
        considerRequests(&step)
        closeIncidents(&step)
        return step.effects
    }
}
