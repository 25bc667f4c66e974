package import Time

/// Decides when a graph is restarted. Holds no clock and does no input or output; every hold has a
/// reason.
///
/// A restart kills every task of the graph and GES has no idempotency key, so one that was not
/// needed, or was sent twice, is worse than one that came late. Hence: an intent allows one POST;
/// an outcome that is not known is looked for and never repeated; not knowing never leads to
/// action.
///
/// The caller writes `changes` to the disk after every step, and starts the effects only then.
package struct Machine: Sendable {
    /// Of the last step, for every graph that is asked about or that something was begun with.
    package internal(set) var decisions: [GraphID: Decision] = [:]
    package internal(set) var counters = RemediationCounters()
    package internal(set) var pauses: [Pause] = []
    var records: [GraphID: GraphRecord] = [:]
    /// Those of the last step, one for each graph.
    var requests: [GraphID: RestartRequest] = [:]
    /// What the machine has said about each request; may be forgotten.
    var incidents: [GraphID: Incident] = [:]
    /// Records that differ from the disk.
    var unsaved: Set<GraphID> = []
    /// Everything else that differs from the disk.
    var pending = Changes()

    package init() {}

    /// The one entry. Requests are all that are active now, reports all that came in since the
    /// last step. The same inputs give the same effects, whatever order they come in.
    package mutating func step(
        requests active: [RestartRequest],
        reports: [Report],
        view: FleetView,
        at instant: Timestamp
    ) -> [Effect] {
        requests = RestartRequest.onePerGraph(active, in: view)
        decisions = [:]
        var step = Step(view: view, at: instant)
        endPauses(&step)
        for report in reports.inOrder() {
            receive(report, &step)
        }
        for id in records.keys.sorted() {
            follow(id, &step)
        }
        noticeExternalActions(&step)
        considerRequests(&step)
        closeIncidents(&step)
        return step.effects
    }
}
