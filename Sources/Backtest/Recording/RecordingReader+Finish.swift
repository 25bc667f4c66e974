import Cycle

extension RecordingReader {
    /// The recording of all files.
    package consuming func finish() throws(RecordingError) -> FleetRecording {
        putInOrder()
        var recording = FleetRecording()
        recording.times = times
        recording.pollTimes = pollTimes
        recording.usualPolls = usualPolls
        recording.sampleCount = sampleCount
        try add(to: &recording)
        guard recording.has(.up) else {
            throw .empty(
                "there is no sample of ges_up: nothing that an agent exported, or --match, --from or"
                    + " --to leave it out"
            )
        }
        return recording
    }

    /// Sorts the axis. Nearly always it is in order: the first series has all times.
    private mutating func putInOrder() {
        guard !isInOrder || building.contains(where: \.isUnordered) else { return }
        let order = times.indices.sorted { times[$0] < times[$1] }
        var newPlaces = [Int32](repeating: 0, count: times.count)
        for (new, old) in order.enumerated() { newPlaces[old] = Int32(new) }
        times = order.map { times[$0] }
        usualPolls = order.map { usualPolls[$0] }
        for index in building.indices {
            building[index].runs = Self.moved(building[index].runs, to: newPlaces)
            building[index].isUnordered = false
        }
    }

    private static func moved(_ runs: [FleetRecording.Run], to places: [Int32]) -> [FleetRecording
        .Run]
    {
        var samples: [(place: Int32, value: Double)] = []
        for run in runs {
            for place in run.start..<run.end { samples.append((places[Int(place)], run.value)) }
        }
        samples.sort { $0.place < $1.place }
        var moved: [FleetRecording.Run] = []
        for (place, value) in samples {
            if let last = moved.last, place < last.end { continue }
            if let last = moved.last, last.end == place, last.value == value {
                moved[moved.count - 1].count += 1
            } else {
                moved.append(FleetRecording.Run(start: place, count: 1, value: value))
            }
        }
        return moved
    }

    private func add(to recording: inout FleetRecording) throws(RecordingError) {
        let groups = Dictionary(grouping: building.indices.filter { !building[$0].runs.isEmpty }) {
            building[$0].key
        }
        var graphs: [String: Int] = [:]
        let ids = Set(
            groups.keys.compactMap { $0.metric.labelNames.first == "graph_id" ? $0.labels[0] : nil }
        )
        recording.graphIDs = ids.sorted()
        for (place, id) in recording.graphIDs.enumerated() { graphs[id] = place }
        var project: String?
        let keys = groups.keys.sorted {
            ($0.metric.rawValue, $0.labels.joined(separator: "\u{0}"))
                < ($1.metric.rawValue, $1.labels.joined(separator: "\u{0}"))
        }
        for key in keys {
            if key.metric == .up {
                if let project { throw .severalProjects(project, key.labels[0]) }
                project = key.labels[0]
            }
            let isOfGraph = key.metric.labelNames.first == "graph_id"
            recording.series.append(
                FleetRecording.Series(
                    metric: key.metric,
                    graph: isOfGraph ? graphs[key.labels[0]] : nil,
                    labels: isOfGraph ? Array(key.labels.dropFirst()) : key.labels,
                    runs: try joined(groups[key] ?? [])
                )
            )
        }
    }

    /// The runs of one series that successive agents recorded, or the same agent under successive
    /// labels.
    private func joined(_ indices: [Int]) throws(RecordingError) -> [FleetRecording.Run] {
        let parts = indices.sorted { (building[$0].runs[0].start) < (building[$1].runs[0].start) }
        var runs: [FleetRecording.Run] = []
        var before: Int?
        for part in parts {
            if let before, let end = runs.last?.end, building[part].runs[0].start < end {
                throw .severalAgents(building[before].foreign, building[part].foreign)
            }
            runs += building[part].runs
            before = part
        }
        return runs
    }
}
