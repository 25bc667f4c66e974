import Cycle
import Remediation
import Time

extension Replay {
    /// Under which conditions the result holds.
    var notes: [String] {
        var notes = ["not recorded and without effect: \(Self.unrecorded)"]
        let policies = options.settings.graphs.map(\.policy)
        if options.supposesAuto, policies.contains(where: { ![.auto, .off].contains($0.mode) }) {
            notes.append("the modes shadow and approve count as auto, and nobody vetoes")
        }
        if policies.contains(where: { $0.requirement != nil }) {
            notes.append("require has no effect: restarts are shown as if decisions had been right")
        }
        let losses = [
            (journal.failures, "polls whose listing failed"),
            (journal.gaps, "times of more than 10 minutes without samples"),
            (polls.futurePolls, "polls that begin after their scrape, taken to begin with it"),
            (polls.passedOver, "polls passed over, because the policy polls less often"),
        ]
        notes += losses.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        let silent = recording.graphsSilentFromTheBegin
        if silent > 0 {
            notes.append(
                "\(silent) graphs do not answer when the recording begins; they count as starting"
                    + " until they answer once, and their hangs then are not decided on"
            )
        }
        if activeGraphs != nil {
            notes.append("graphs that are well and idle are left out; that changes no decision")
        }
        return notes
    }

    private static let unrecorded =
        "received alerts, silences, pauses, orders, acknowledgements, the limit on what a restart"
        + " may kill, incidents of the provider, and sizes and nodes of graphs"
}

extension FleetRecording {
    /// How many graphs were silent in the first sample that tells.
    fileprivate var graphsSilentFromTheBegin: Int {
        var first: [Int: (place: Int32, isAlive: Bool)] = [:]
        for series in series where series.metric == .probeOutcome {
            guard let graph = series.graph, let start = series.runs.first?.start else { continue }
            let isAlive = series.labels.last == "alive"
            guard isAlive || series.labels.last == "silent" else { continue }
            guard let known = first[graph], known.place <= start else {
                first[graph] = (start, isAlive)
                continue
            }
            if known.place == start, isAlive { first[graph] = (start, true) }
        }
        return first.values.count { !$0.isAlive }
    }
}
