/// The values of all series at one time of a recording, moved forward time by time.
struct RecordedValues {
    private let recording: FleetRecording
    /// The series whose value may change at each place: those of `order[offsets[p]..<offsets[p + 1]]`.
    private var order: [Int32] = []
    private var offsets: [Int] = []
    private var cursors: [Int32]
    private(set) var values: [Double?]

    init(_ recording: FleetRecording, _ isWanted: (FleetRecording.Series) -> Bool = { _ in true }) {
        self.recording = recording
        cursors = Array(repeating: 0, count: recording.series.count)
        values = Array(repeating: nil, count: recording.series.count)
        var counts = [Int](repeating: 0, count: recording.times.count + 2)
        let wanted = recording.series.indices.filter { isWanted(recording.series[$0]) }
        for index in wanted { Self.forEachChange(recording.series[index]) { counts[$0 + 1] += 1 } }
        for place in 1..<counts.count { counts[place] += counts[place - 1] }
        offsets = counts
        order = Array(repeating: 0, count: counts.last ?? 0)
        for index in wanted {
            Self.forEachChange(recording.series[index]) { place in
                order[counts[place]] = Int32(index)
                counts[place] += 1
            }
        }
    }

    /// The value of the first of these series that has one.
    func first(of series: [Int]) -> Double? {
        for index in series {
            if let value = values[index] { return value }
        }
        return nil
    }

    private static func forEachChange(_ series: FleetRecording.Series, _ body: (Int) -> Void) {
        var end: Int32 = -1
        for run in series.runs {
            if end >= 0, end < run.start { body(Int(end)) }
            body(Int(run.start))
            end = run.end
        }
        if end >= 0 { body(Int(end)) }
    }

    /// Moves to the next place and calls the body with each series that may have changed.
    mutating func advance(to place: Int, _ changed: (Int) -> Void) {
        for entry in offsets[place]..<offsets[place + 1] {
            let index = Int(order[entry])
            let runs = recording.series[index].runs
            var cursor = Int(cursors[index])
            while cursor < runs.count, runs[cursor].end <= place { cursor += 1 }
            cursors[index] = Int32(cursor)
            let isPresent = cursor < runs.count && runs[cursor].start <= place
            values[index] = isPresent ? runs[cursor].value : nil
            changed(index)
        }
    }
}
