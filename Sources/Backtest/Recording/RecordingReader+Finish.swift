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

    /// Sorts the axis, unless it is in order. It is not if the first series has holes.
    package mutating func putInOrder() {
        guard !isInOrder else {
            for index in building.indices where building[index].isUnordered {
                building[index].runs = Self.sorted(building[index].runs)
                building[index].isUnordered = false
            }
            return
        }
        defer { noteOrder() }
        let order = times.indices.sorted { times[$0] < times[$1] }
        var newPlaces = [Int32](repeating: 0, count: times.count)
        for (new, old) in order.enumerated() { newPlaces[old] = Int32(new) }
        times = order.map { times[$0] }
        usualPolls = order.map { usualPolls[$0] }
        // Most of a run stays together.
        var ends = [Int32](repeating: Int32(times.count), count: times.count)
        for place in newPlaces.indices.dropLast().reversed() {
            let isTogether = newPlaces[place + 1] == newPlaces[place] + 1
            ends[place] = isTogether ? ends[place + 1] : Int32(place + 1)
        }
        for index in building.indices {
            let runs = building[index].runs
            building[index].runs = []
            building[index].runs = Self.sorted(Self.moved(runs, to: newPlaces, ends))
            building[index].isUnordered = false
        }
    }

    /// - Parameter ends: where the places that follow each other in the new order end.
    private static func moved(
        _ runs: [FleetRecording.Run],
        to places: [Int32],
        _ ends: [Int32]
    ) -> [FleetRecording.Run] {
        var moved: [FleetRecording.Run] = []
        for run in runs {
            var place = run.start
            while place < run.end {
                let end = min(ends[Int(place)], run.end)
                let start = places[Int(place)]
                moved.append(
                    FleetRecording.Run(start: start, count: end - place, value: run.value)
                )
                place = end
            }
        }
        return moved
    }

    /// Runs in order of time; of values of the same time the first counts.
    private static func sorted(_ runs: [FleetRecording.Run]) -> [FleetRecording.Run] {
        var sorted: [FleetRecording.Run] = []
        for var run in runs.sorted(by: { $0.start < $1.start }) {
            guard let last = sorted.last else {
                sorted.append(run)
                continue
            }
            guard run.end > last.end else { continue }
            run.count = run.end - max(run.start, last.end)
            run.start = max(run.start, last.end)
            if last.end == run.start, last.value == run.value {
                sorted[sorted.count - 1].count += run.count
            } else {
                sorted.append(run)
            }
        }
        return sorted
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
                if let project {
                    let labels = groups[key]?.first.map { building[$0].foreign } ?? ""
                    throw .severalProjects(project, key.labels[0], labels: labels)
                }
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
        if indices.count == 1 { return building[indices[0]].runs }
        let parts = indices.flatMap { part in building[part].runs.map { (part: part, run: $0) } }
            .sorted { $0.run.start < $1.run.start }
        var runs: [FleetRecording.Run] = []
        var before: Int?
        for (part, run) in parts {
            if let before, let end = runs.last?.end, run.start < end {
                throw .severalAgents(building[before].foreign, building[part].foreign)
            }
            runs.append(run)
            before = part
        }
        return runs
    }
}
