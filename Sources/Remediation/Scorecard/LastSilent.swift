import Diagnosis
import Time

/// When a graph was last seen silent. It says whether what ended a hang was seen, and what kind of
/// hang others ended. Not persistent: whoever starts has not seen anything.
struct LastSilent: Hashable {
    var hangClass: HangClass
    /// Since when it has not answered.
    var since: Timestamp
    var at: Timestamp
    /// When it has answered since; nil if it has not.
    var answeredAt: Timestamp?

    func shifted(by jump: Duration) -> LastSilent {
        LastSilent(
            hangClass: hangClass,
            since: since + jump,
            at: at + jump,
            answeredAt: answeredAt.map { $0 + jump }
        )
    }
}

extension Machine {
    mutating func noteSilentGraphs(_ step: Step) {
        guard step.view.sightSince != nil else { return }
        for (id, graph) in step.view.graphs {
            // Nearly all graphs.
            if graph.verdict == .healthy, lastSilent.isEmpty { continue }
            if let hangClass = graph.silentClass {
                let since = min(graph.verdict.sickSince ?? step.at, step.at)
                lastSilent[id] = LastSilent(
                    hangClass: hangClass,
                    since: min(lastSilent[id]?.since ?? since, since),
                    at: step.at
                )
            } else if let last = lastSilent[id] {
                noteSight(of: graph, last, step)
            }
        }
        if step.view.isWhole, !lastSilent.isEmpty {
            lastSilent = lastSilent.filter { step.view.graphs[$0.key] != nil }
        }
    }

    /// A graph that was silent, and does not look so now.
    private mutating func noteSight(of graph: GraphView, _ last: LastSilent, _ step: Step) {
        let isPending = records[graph.id]?.openDecision?.isPending ?? false
        if graph.verdict.isUp == true || graph.isAnswering, !isPending {
            lastSilent[graph.id] = nil
        } else if graph.answersAgain(after: last) {
            lastSilent[graph.id]?.answeredAt = last.answeredAt ?? graph.probe?.at
        } else if case .busy = graph.verdict, graph.probe?.answered == false {
            // A job explains the silence, and ends none.
            lastSilent[graph.id]?.at = step.at
        }
    }

    /// Whether the graph has answered since it was last seen silent, and before this moment.
    func hasAnswered(_ graph: GraphView, until instant: Timestamp) -> Bool {
        lastSilent[graph.id]?.answeredAt.map { $0 < instant } ?? false
    }

    /// Whether the graph was silent until shortly before this moment, and in sight all the time.
    func wasSilent(_ graph: GraphView, until instant: Timestamp, _ step: Step) -> Bool {
        guard let last = lastSilent[graph.id], let sight = step.view.sightSince, sight <= last.at,
            !hasAnswered(graph, until: instant)
        else { return false }
        let gap = max(step.view.freshness, graph.policy?.diagnosis.gap ?? .zero)
        return instant - last.at <= gap
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
