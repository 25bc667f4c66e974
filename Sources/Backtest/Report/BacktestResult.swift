package import Cycle
import Diagnosis
import Remediation
package import Time

/// What one policy decided over a recording, and what became of the graphs.
package struct BacktestResult: Sendable {
    /// Alerts that wanted a restart and were held, by the first reason.
    package struct Hold: Hashable, Sendable {
        /// The label of the reason.
        package var reason: String
        /// How often the reason began to hold an alert.
        package var count = 0
        /// How many graphs it held.
        package var graphs = 0
        /// The first one.
        package var example: String
        package var exampleAt: Timestamp
    }

    package var name: String
    package var from: Timestamp
    package var to: Timestamp
    /// Between two polls.
    package var interval: Duration
    package var graphs: Int
    package var polls = 0
    /// Readings of graphs in the polls that the recording covers.
    package var graphPolls = 0
    /// Those of them that were replayed; the rest shows graphs that are well and idle.
    package var replayedGraphPolls = 0
    package var decisions: [RestartDecision] = []
    package var holds: [Hold] = []
    /// Under which conditions the rest holds: what the recording does not tell, and what was supposed.
    package var notes: [String] = []

    init(name: String, _ recording: FleetRecording, interval: Duration) {
        self.name = name
        from = Timestamp(milliseconds: recording.times.first ?? 0)
        to = Timestamp(milliseconds: recording.times.last ?? 0)
        graphs = recording.graphIDs.count
        self.interval = interval
    }

    /// How many graphs the recording covers for how many days.
    package var graphDays: Double { Double(graphPolls) * interval.inSeconds / 86_400 }
    package var replayedGraphDays: Double {
        Double(replayedGraphPolls) * interval.inSeconds / 86_400
    }

    package func count(_ judgement: GraphOutcome.Judgement) -> Int {
        decisions.count { $0.outcome.judgement == judgement }
    }

    /// The sentence that a person wants.
    package var sentence: String {
        let days = PrometheusDuration.format(
            .seconds(Int64((to - from).inSeconds)),
            largestUnit: .day
        )
        let restarts = decisions.count == 1 ? "1 restart" : "\(decisions.count) restarts"
        guard !decisions.isEmpty else {
            return
                "\(name): over \(days) of \(graphs) graphs this policy would have made no restart"
        }
        return "\(name): over \(days) of \(graphs) graphs this policy would have made \(restarts):"
            + " \(count(.right)) right\(lateRecoveries), \(count(.unneeded)) not needed,"
            + " \(count(.unknown)) unknown\(recorded)"
    }

    private var lateRecoveries: String {
        let count = decisions.count { decision in
            guard case .recoveredAlone = decision.outcome else { return false }
            return decision.outcome.judgement == .right
        }
        let patience = GraphOutcome.patience.shown
        return count == 0 ? "" : " (\(count) of them recovered alone, after more than \(patience))"
    }

    private var recorded: String {
        let count = decisions.count { $0.outcome.label == "recorded" }
        return count == 0 ? "" : " (the recording has \(count) of them too)"
    }
}

extension FleetRecording {
    /// Adds what became of each graph after its decisions.
    package func judge(
        _ result: BacktestResult,
        status: @escaping (String) -> ListedGraph.Status
    ) -> BacktestResult {
        var judged = result
        var timelines: [String: GraphTimeline] = [:]
        for index in judged.decisions.indices {
            let id = judged.decisions[index].graphID
            guard let graph = graphIDs.firstIndex(of: id) else { continue }
            let timeline =
                timelines[id] ?? GraphTimeline(self, graph: graph, status: status)
            timelines[id] = timeline
            let decision = judged.decisions[index]
            let outcome = Aftermath.outcome(
                of: timeline,
                since: decision.at,
                decision.hangClass ?? .unresponsive
            )
            judged.decisions[index].outcome = outcome
            judged.decisions[index].hangEnd =
                outcome.duration.map { decision.at + $0 } ?? timeline.end
        }
        return judged
    }
}
