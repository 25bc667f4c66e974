import Cycle
import Diagnosis
import Time

/// Finds the polls in a recording. A scrape may show the poll that the one before showed already.
struct RecordedPolls {
    private let recording: FleetRecording
    private let status: (String) -> ListedGraph.Status
    private let spacing: Int64
    /// Polls within this time of the one before are passed over: the agent would not have made them.
    private let shortestInterval: Int64
    private var values: RecordedValues
    private let seriesOfGraph: [[Int]]
    private let up: [Int]
    private let paths: [Int]
    private let lastSamples: [Int?]
    private let graphOfSeries: [Int]
    private let kindOfSeries: [Kind]
    private(set) var graphs: [RecordedGraph]
    /// The places of the graphs that are replayed, in order.
    private(set) var active: [Int]
    private var changed: Set<Int> = []
    /// When the newest poll began, in milliseconds.
    private var newest: Int64 = 0
    /// Polls that claim to have begun after the scrape that shows them.
    private(set) var futurePolls = 0
    /// Polls that were made sooner than the replayed agent makes one.
    private(set) var passedOver = 0
    private static let clockTolerance: Int64 = 5_000
    /// The polls of each path in which no graph on it accepted a connection, since the last that did.
    private var unreached: [Path: Int] = [:]
    /// Whether the durations of jobs have changed since they were last taken.
    private(set) var hasNewDurations = true

    init(
        _ recording: FleetRecording,
        interval: Duration,
        status: @escaping (String) -> ListedGraph.Status
    ) {
        self.recording = recording
        self.status = status
        spacing = interval.wholeMilliseconds * 3 / 4
        let isFaster = recording.interval.map { $0 < interval * 4 / 5 } ?? false
        shortestInterval = isFaster ? interval.wholeMilliseconds * 7 / 8 : 0
        values = RecordedValues(recording)
        var ofGraph = [[Int]](repeating: [], count: recording.graphIDs.count)
        var samples = [Int?](repeating: nil, count: recording.graphIDs.count)
        for (index, series) in recording.series.enumerated() {
            guard let graph = series.graph else { continue }
            if series.metric == .lastSample {
                samples[graph] = index
            } else {
                ofGraph[graph].append(index)
            }
        }
        seriesOfGraph = ofGraph
        lastSamples = samples
        graphOfSeries = recording.series.map { $0.graph ?? -1 }
        kindOfSeries = recording.series.map { series in
            guard series.graph != nil, series.metric != .lastSample else { return .other }
            return series.metric.isPartOfSummary ? .duration : .graph
        }
        up = recording.series.indices.filter { recording.series[$0].metric == .up }
        paths = recording.series.indices.filter { recording.series[$0].metric == .pathUp }
        graphs = recording.graphIDs.map { RecordedGraph(id: $0) }
        active = Array(recording.graphIDs.indices)
    }

    /// What the change of a series means.
    private enum Kind {
        case graph, duration, other
    }

    /// What the recording shows at a place of its axis.
    enum Sight {
        /// Nothing that was not known.
        case nothing
        /// A poll that began at this time.
        /// - isListed: for each graph in `active`.
        case poll(Timestamp, isListed: [Bool], isComplete: Bool)
        /// A poll whose listing failed.
        case failure(Timestamp)
    }

    /// - Parameter graphs: the places of those that are replayed; nil for all.
    mutating func advance(to place: Int, _ graphs: [Int]?) -> Sight {
        if let graphs, graphs != active {
            active = graphs
            hasNewDurations = true
        }
        var dirty = changed
        changed = []
        var hasNewDurations = hasNewDurations
        let (graphOf, kinds) = (graphOfSeries, kindOfSeries)
        values.advance(to: place) { index in
            switch kinds[index] {
            case .other: break
            case .graph: dirty.insert(graphOf[index])
            case .duration:
                dirty.insert(graphOf[index])
                hasNewDurations = true
            }
        }
        changed = dirty
        self.hasNewDurations = hasNewDurations
        guard let isUp = values.first(of: up) else { return .nothing }
        let time = recording.times[place]
        let (poll, isListed) = listing(at: place)
        guard let poll, poll > newest else {
            // Nobody tells when a poll whose listing failed began.
            guard isUp == 0, time - newest >= spacing else { return .nothing }
            newest = time
            rebuild()
            return .failure(Timestamp(milliseconds: time))
        }
        guard newest == 0 || poll - newest >= shortestInterval else {
            passedOver += 1
            return .nothing
        }
        newest = poll
        rebuild()
        return .poll(Timestamp(milliseconds: poll), isListed: isListed, isComplete: isUp == 1)
    }

    /// The newest poll that lists any graph, and which graphs it lists.
    private mutating func listing(at place: Int) -> (poll: Int64?, isListed: [Bool]) {
        let usual = Int(recording.usualPolls[place])
        guard usual >= 0 else { return (nil, []) }
        let time = recording.times[place]
        let latest = time + Self.clockTolerance
        let sampled = active.map { graph -> Int64? in
            guard let index = lastSamples[graph], let difference = values.values[index] else {
                return nil
            }
            return recording.pollTimes[usual + Int(difference)]
        }
        // Also of graphs that are left out: the others may be missing from the listing.
        var newest = recording.pollTimes[usual] <= latest ? recording.pollTimes[usual] : Int64.min
        for case let poll? in sampled where poll <= latest { newest = max(newest, poll) }
        if newest == .min {
            guard time - self.newest >= spacing else { return (nil, []) }
            futurePolls += 1
            newest = time
        }
        // A moment in the future is of a clock that was wrong; it says only that there was a poll.
        return (newest, sampled.map { poll in poll.map { $0 == newest || $0 > latest } ?? false })
    }

    private mutating func rebuild() {
        guard !changed.isEmpty else { return }
        for graph in active where changed.contains(graph) {
            changed.remove(graph)
            var builder = RecordedGraphBuilder(id: recording.graphIDs[graph], status: status)
            for index in seriesOfGraph[graph] {
                guard let value = values.values[index] else { continue }
                builder.add(recording.series[index].metric, recording.series[index].labels, value)
            }
            graphs[graph] = builder.graph
        }
    }

    mutating func takeDurations() -> JobHistory {
        hasNewDurations = false
        var measured: [String: [JobKind: JobDurations]] = [:]
        for graph in active where graphs[graph].listed != nil {
            measured[graphs[graph].id] = graphs[graph].durations
        }
        return JobHistory(measured: measured)
    }

    /// The paths that a canary must have proved: they were proved, and for three polls no graph on
    /// them accepted a connection.
    mutating func pathsOfCanaries() -> Set<Path> {
        var isReached: [Path: Bool] = [:]
        for graph in active {
            guard let reading = graphs[graph].reading, let path = reading.path else { continue }
            let reaches = reading.probes.contains { ($0.configured ?? $0.answer).provesPath }
            isReached[path] = isReached[path] ?? false || reaches
        }
        var proved: Set<Path> = []
        for index in paths where values.values[index] == 1 {
            if let path = Path(description: recording.series[index].labels[0]) {
                proved.insert(path)
            }
        }
        for (path, reaches) in isReached {
            unreached[path] = reaches ? 0 : (unreached[path] ?? 0) + 1
        }
        return proved.filter { (unreached[$0] ?? 0) > 3 }
    }
}
