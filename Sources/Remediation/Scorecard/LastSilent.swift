import Diagnosis
import Time

/// When a graph was last seen silent. It says whether what ended a hang was seen, and what kind of
/// hang others ended. Not persistent: whoever starts has not seen anything.
struct LastSilent: Hashable {
    var hangClass: HangClass
    /// Since when it has not answered.
    var since: Timestamp
    var at: Timestamp

    func shifted(by jump: Duration) -> LastSilent {
        LastSilent(hangClass: hangClass, since: since + jump, at: at + jump)
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
            } else if graph.verdict.isUp == true || graph.isAnswering,
                records[id]?.openDecision?.isPending != true
            {
                lastSilent[id] = nil
            }
        }
        if step.view.isWhole, !lastSilent.isEmpty {
            lastSilent = lastSilent.filter { step.view.graphs[$0.key] != nil }
        }
    }

    /// Whether the graph was silent until shortly before this moment, and in sight all the time.
    func wasSilent(_ graph: GraphView, until instant: Timestamp, _ step: Step) -> Bool {
        guard let last = lastSilent[graph.id], let sight = step.view.sightSince, sight <= last.at
        else { return false }
        let gap = max(step.view.freshness, graph.policy?.diagnosis.gap ?? .zero)
        return instant - last.at <= gap
    }
}

extension GraphView {
    /// The kind of hang that its signs speak of, proved or not; nil unless it is silent.
    fileprivate var silentClass: HangClass? {
        switch verdict {
        case .hung(let hangClass, _): return hangClass
        case .suspect: return HangClass(statusCode: statusCode)
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
