import Diagnosis
import Time

/// When a graph was last seen silent. It says whether what ended a hang was seen, and what kind of
/// hang others ended. Not persistent: whoever starts has not seen anything.
struct LastSilent: Hashable {
    var hangClass: HangClass
    /// Since when it has not answered and was seen all the time.
    var since: Timestamp
    var at: Timestamp
    /// When it first answered after the open decision, although it fell silent again; nil if it has
    /// not.
    var answeredAt: Timestamp?
    /// When it last answered since `at`; nil if it has not.
    var awakeAt: Timestamp?

    func shifted(by jump: Duration) -> LastSilent {
        var shifted = self
        shifted.since = since + jump
        shifted.at = at + jump
        shifted.answeredAt = answeredAt.map { $0 + jump }
        shifted.awakeAt = awakeAt.map { $0 + jump }
        return shifted
    }
}

extension Machine {
    mutating func noteSilentGraphs(_ step: Step) {
        guard let sightSince = step.view.sightSince else { return }
        for (id, graph) in step.view.graphs {
            // Nearly all graphs.
            if graph.verdict == .healthy, lastSilent.isEmpty { continue }
            if let hangClass = graph.silentClass {
                noteSilence(of: graph, hangClass, since: sightSince, step)
            } else if let last = lastSilent[id] {
                noteSight(of: graph, last, step)
            }
        }
        if step.view.isWhole, !lastSilent.isEmpty {
            lastSilent = lastSilent.filter { step.view.graphs[$0.key] != nil }
        }
    }

    /// The silence of a graph that answered, or was out of sight, begins anew.
    private mutating func noteSilence(
        of graph: GraphView,
        _ hangClass: HangClass,
        since sightSince: Timestamp,
        _ step: Step
    ) {
        guard var last = lastSilent[graph.id] else {
            let since = max(sightSince, graph.verdict.sickSince ?? step.at)
            lastSilent[graph.id] = LastSilent(
                hangClass: hangClass,
                since: min(since, step.at),
                at: step.at
            )
            return
        }
        if sightSince > last.at || step.at - last.at > gap(of: graph, step) { last.since = step.at }
        if let awakeAt = last.awakeAt { last.since = max(last.since, awakeAt) }
        last.hangClass = hangClass
        last.at = step.at
        last.awakeAt = nil
        lastSilent[graph.id] = last
    }

    /// A graph that was silent, and does not look so now.
    private mutating func noteSight(of graph: GraphView, _ last: LastSilent, _ step: Step) {
        let open = records[graph.id]?.openDecision
        let isPending = open?.isPending ?? false
        if graph.verdict.isUp == true || graph.isAnswering, !isPending {
            lastSilent[graph.id] = nil
        } else if graph.answersAgain(after: last), let answeredAt = graph.probe?.at {
            lastSilent[graph.id]?.awakeAt = answeredAt
            // What it answered before the decision says nothing of the decision.
            if last.answeredAt ?? .distantPast <= open?.at ?? .distantPast {
                lastSilent[graph.id]?.answeredAt = answeredAt
            }
        } else if case .busy = graph.verdict, graph.probe?.answered == false {
            // A job explains the silence, and ends none.
            lastSilent[graph.id]?.at = step.at
        }
    }

    /// Whether the graph has answered after the decision, and before this moment.
    func hasAnswered(
        _ graph: GraphView,
        after decision: DecisionRecord,
        until instant: Timestamp
    ) -> Bool {
        lastSilent[graph.id]?.answeredAt.map { $0 > decision.at && $0 < instant } ?? false
    }

    /// Since when the graph was silent until shortly before this moment, and in sight all the time;
    /// nil if it was not.
    func silence(of graph: GraphView, until instant: Timestamp, _ step: Step) -> Timestamp? {
        guard let last = lastSilent[graph.id], let sight = step.view.sightSince, sight <= last.at,
            last.awakeAt.map({ $0 >= instant }) ?? true, instant - last.at <= gap(of: graph, step)
        else { return nil }
        return last.since
    }

    /// Whether the graph was silent from the decision until shortly before this moment. An agent
    /// that was blind meanwhile does not know whether the graph came back and hung anew.
    func wasSilent(
        _ graph: GraphView,
        since decision: DecisionRecord,
        until instant: Timestamp,
        _ step: Step
    ) -> Bool {
        silence(of: graph, until: instant, step).map { $0 <= decision.at } ?? false
    }

    /// The longest time between two looks that leaves nothing unseen.
    private func gap(of graph: GraphView, _ step: Step) -> Duration {
        max(step.view.freshness, graph.policy?.diagnosis.gap ?? .zero)
    }
}

extension GraphView {
    /// During an operation the graph may answer all the time.
    fileprivate func answersAgain(after last: LastSilent) -> Bool {
        guard last.hangClass == .unresponsive, let probe else { return false }
        return probe.answered && probe.at > last.at
    }

    /// The kind of hang that its signs speak of, proved or not; nil unless it is silent.
    fileprivate var silentClass: HangClass? {
        switch verdict {
        case .hung(let hangClass, _): return hangClass
        case .suspect:
            // One that recovers, or of which only a part is silent, answers.
            let hangClass = HangClass(statusCode: statusCode)
            let answers = probe?.answered == true || answersInPart
            return hangClass == .unresponsive && answers ? nil : hangClass
        case .unknown(.sight, _), .healthy, .busy, .starting, .notEligible: return nil
        case .unknown, .flapping:
            let words = probe?.signs.values
            guard probe?.answered == false, let words,
                words.contains(where: { $0 == .silent || $0 == .still }), !words.contains(.alive)
            else { return nil }
            return HangClass(statusCode: statusCode)
        }
    }
}
