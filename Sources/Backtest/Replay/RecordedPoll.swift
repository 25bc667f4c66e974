import Cycle
import Diagnosis
import Time

/// Finds the polls in a recording. A scrape may show the poll that the one before showed already.
struct RecordedPolls {
    private let recording: FleetRecording
    private let status: (String) -> ListedGraph.Status
    private let spacing: Int64
    private var values: RecordedValues
    private let seriesOfGraph: [[Int]]
    private let up: [Int]
    private let paths: [Int]
    private let lastSamples: [Int?]
    private(set) var graphs: [RecordedGraph]
    private var changed: Set<Int> = []
    /// When the newest poll began, in milliseconds.
    private var newest = Int64.min
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
        up = recording.series.indices.filter { recording.series[$0].metric == .up }
        paths = recording.series.indices.filter { recording.series[$0].metric == .pathUp }
        graphs = recording.graphIDs.map { RecordedGraph(id: $0) }
    }

    /// What the recording shows at a place of its axis.
    enum Sight {
        /// Nothing that was not known.
        case nothing
        /// A poll that began at this time.
        case poll(Timestamp, isListed: [Bool], isComplete: Bool)
        /// A poll whose listing failed.
        case failure(Timestamp)
    }

    mutating func advance(to place: Int) -> Sight {
        let recording = recording
        var dirty = changed
        var hasNewDurations = hasNewDurations
        values.advance(to: place) { index in
            guard let graph = recording.series[index].graph else { return }
            let metric = recording.series[index].metric
            if metric != .lastSample { dirty.insert(graph) }
            if metric.isPartOfSummary { hasNewDurations = true }
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
        newest = poll
        rebuild()
        return .poll(Timestamp(milliseconds: poll), isListed: isListed, isComplete: isUp == 1)
    }

    /// The newest poll that lists any graph, and which graphs it lists.
    private func listing(at place: Int) -> (poll: Int64?, isListed: [Bool]) {
        let usual = recording.usualPolls[place]
        guard usual >= 0 else { return (nil, []) }
        var newest = Int64.min
        for case let index? in lastSamples {
            guard let difference = values.values[index] else { continue }
            newest = max(newest, recording.pollTimes[Int(usual) + Int(difference)])
        }
        let isListed = lastSamples.map { index in
            guard let index, let difference = values.values[index] else { return false }
            return recording.pollTimes[Int(usual) + Int(difference)] == newest
        }
        return (newest, isListed)
    }

    private mutating func rebuild() {
        for graph in changed {
            var builder = RecordedGraphBuilder(id: recording.graphIDs[graph], status: status)
            for index in seriesOfGraph[graph] {
                guard let value = values.values[index] else { continue }
                builder.add(recording.series[index].metric, recording.series[index].labels, value)
            }
            graphs[graph] = builder.graph
        }
        changed = []
    }

    mutating func takeDurations() -> JobHistory {
        hasNewDurations = false
        var measured: [String: [JobKind: JobDurations]] = [:]
        for graph in graphs where graph.listed != nil { measured[graph.id] = graph.durations }
        return JobHistory(measured: measured)
    }

    /// The paths that a canary must have proved: they were proved, and for three polls no graph on
    /// them accepted a connection.
    mutating func pathsOfCanaries() -> Set<Path> {
        var isReached: [Path: Bool] = [:]
        for graph in graphs {
            guard let reading = graph.reading, let path = reading.path else { continue }
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
