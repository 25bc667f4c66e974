import Cycle
import Diagnosis
import Time

/// How the state of one graph changes over a recording, as it was recorded.
struct GraphTimeline {
    enum State: Hashable {
        /// It runs and answers.
        case well
        /// It runs and does not answer.
        case silent
        /// It imports, exports, clears, or is in a status of another kind, with this code.
        case occupied(String)
        /// It is stopped or being stopped.
        case stopping
        /// It starts, or a job restarts it.
        case starting
        /// The recording shows the fleet without it.
        case gone
        /// The recording shows nothing.
        case unseen
    }

    struct Entry: Hashable {
        let at: Timestamp
        let state: State
        /// Whether its work was seen to advance, or another job than a restart ran.
        let isWorking: Bool
        /// What was seen of the work of the operation that the status shows.
        let operation: Word
    }

    /// One for each change.
    private(set) var entries: [Entry] = []
    private(set) var end = Timestamp.distantPast

    /// A longer time without samples tells nothing.
    static let longestGap = Duration.seconds(600)

    init(_ recording: FleetRecording, graph: Int, status: @escaping (String) -> ListedGraph.Status)
    {
        let wanted = recording.series.indices.filter {
            recording.series[$0].graph == graph && recording.series[$0].metric != .lastSample
        }
        let up = recording.series.indices.filter { recording.series[$0].metric == .up }
        var values = RecordedValues(recording) { $0.graph == graph || $0.metric == .up }
        var known = RecordedGraph(id: recording.graphIDs[graph])
        for (place, time) in recording.times.enumerated() {
            let at = Timestamp(milliseconds: time)
            var hasChanged = false
            values.advance(to: place) { index in
                if recording.series[index].metric != .lastSample { hasChanged = true }
            }
            if place > 0, at - end > Self.longestGap {
                append(Entry(at: end, state: .unseen, isWorking: false, operation: .cannotTell))
                hasChanged = true
            }
            end = at
            guard hasChanged else { continue }
            var builder = RecordedGraphBuilder(id: known.id, status: status)
            for index in wanted {
                guard let value = values.values[index] else { continue }
                builder.add(recording.series[index].metric, recording.series[index].labels, value)
            }
            known = builder.graph
            let isUp = values.first(of: up)
            append(Entry(at, known, isUp: isUp))
        }
    }

    private mutating func append(_ entry: Entry) {
        if let last = entries.last, last.state == entry.state, last.isWorking == entry.isWorking,
            last.operation == entry.operation
        {
            return
        }
        entries.append(entry)
    }

    /// When the first restart, stop or start began that shows at or after a time.
    func restart(after time: Timestamp) -> Timestamp? {
        entries.first { $0.at >= time && ($0.state == .starting || $0.state == .stopping) }?.at
    }

    /// The state at a time and the changes after it.
    func entries(from time: Timestamp) -> ArraySlice<Entry> {
        let first = entries.lastIndex { $0.at <= time } ?? entries.startIndex
        return entries[first...]
    }
}

extension GraphTimeline.Entry {
    fileprivate init(_ at: Timestamp, _ graph: RecordedGraph, isUp: Double?) {
        self.at = at
        isWorking =
            graph.isAdvancing
            || (graph.jobs ?? []).contains { !$0.name.lowercased().contains("start") }
        operation = graph.operationWord
        if graph.isStarting {
            state = .starting
        } else if graph.isRestarting {
            state = .stopping
        } else if let listed = graph.listed {
            switch (listed.status.code, graph.isAnswering) {
            case ("200", true?): state = .well
            case ("200", false?): state = .silent
            case ("200", nil): state = .unseen
            default: state = .occupied(listed.status.code)
            }
        } else {
            state = isUp == 1 ? .gone : .unseen
        }
    }
}
