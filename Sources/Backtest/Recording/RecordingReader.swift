package import Cycle
package import Series
package import Time

/// Reads samples into a recording: OpenMetrics text with times, piece by piece, or series of a query.
///
/// Everything but the metrics of graphs is skipped, so that the dump of a whole Prometheus can be
/// read. Labels that the agent does not write, such as `instance`, only tell agents apart.
package struct RecordingReader: Sendable {
    package struct Options: Sendable {
        /// A series must satisfy all.
        package var matchers: [LabelMatcher] = []
        package var from = Timestamp.distantPast
        package var to = Timestamp.distantFuture
        /// Metrics that no rule reads and that decide nothing.
        package var leftOut: Set<GraphMetric> = []
        package var maximumSeries = 2_000_000
        /// 16 bytes each, and as many again while the recording is replayed.
        package var maximumRuns = 60_000_000
        /// 30 seconds apart, more than ten years.
        package var maximumTimes = 20_000_000
        package var maximumLabelBytes = 512 << 20

        package init() {}

        /// The matchers that apply to a metric. A label that the agent writes selects among the series
        /// that have it: otherwise a choice of graphs would leave out the fleet.
        package func matchers(of metric: GraphMetric) -> [LabelMatcher] {
            matchers.filter { matcher in
                metric.labelNames.contains(matcher.name)
                    || !Self.agentLabels.contains(matcher.name)
            }
        }

        private static let agentLabels = Set(GraphMetric.allCases.flatMap(\.labelNames))
    }

    /// What identifies a series: its own labels, without those of whoever scraped it.
    struct Key: Hashable {
        let metric: GraphMetric
        let labels: [String]
    }

    struct Building {
        let key: Key
        /// The labels that the agent does not write.
        let foreign: String
        var runs: [FleetRecording.Run] = []
        /// Whether its samples did not come in order of time.
        var isUnordered = false
    }

    /// Of what the graphs are and do; the rest can be derived, or is nothing that decides.
    package static let used: Set<GraphMetric> = Set(GraphMetric.allCases).subtracting([
        .graphs, .graphUp, .verdict, .probeSuccess, .statusChange,
    ]).subtracting(GraphMetric.ofNodes + GraphMetric.ofSize)

    let options: Options
    package private(set) var line = 0
    /// The end of the last piece, without a newline.
    private var rest: [UInt8] = []
    var building: [Building] = []
    /// By the text of the series; nil for one that is skipped.
    private var known: [[UInt8]: Int?] = [:]
    private var newest: (text: [UInt8], series: Int?) = ([], nil)
    var times: [Int64] = []
    var isInOrder = true
    private var places: [Int64: Int32] = [:]
    var pollTimes: [Int64] = []
    private var polls: [Int64: Int32] = [:]
    var usualPolls: [Int32] = []
    private var runCount = 0
    package internal(set) var sampleCount = 0

    private static let metrics = Dictionary(
        uniqueKeysWithValues: GraphMetric.allCases.map { ($0.rawValue, $0) }
    )
    private static let prefix = Array("ges_".utf8)
    private static let maximumLineBytes = 1 << 20
    private static let maximumOwnLineBytes = 1 << 16
    private var labelBytes = 0
    var knownTimes: [ChunkStart: ChunkTimes] = [:]

    package init(_ options: Options = Options()) {
        self.options = options
    }

    /// Begins another file, whose lines count from 1.
    package mutating func beginFile() {
        line = 0
        rest = []
    }

    /// Reads the next piece of a file.
    package mutating func read(_ piece: [UInt8]) throws(RecordingError) {
        let bytes = rest.isEmpty ? piece : rest + piece
        var start = 0
        while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
            line += 1
            try read(bytes, start..<end)
            start = end + 1
        }
        rest = Array(bytes[start...])
        guard rest.count <= Self.maximumLineBytes else {
            throw .malformed(line: line + 1, "the line is longer than 1 MiB")
        }
    }

    /// Reads what is left of a file that does not end with a newline.
    package mutating func endFile() throws(RecordingError) {
        guard !rest.isEmpty else { return }
        line += 1
        let bytes = rest
        rest = []
        try read(bytes, 0..<bytes.count)
    }

    private mutating func read(_ bytes: [UInt8], _ range: Range<Int>) throws(RecordingError) {
        // Lines of others are not looked at. UTF-8 names stand in the braces; the agent has none.
        guard bytes[range].starts(with: Self.prefix) else { return }
        guard range.count <= Self.maximumOwnLineBytes else {
            throw .malformed(line: line, "the line is longer than 64 KiB")
        }
        guard let sample = SampleText(bytes, range) else {
            throw .malformed(
                line: line,
                "expected NAME{LABELS} VALUE SECONDS, as promtool tsdb dump-openmetrics prints it"
            )
        }
        guard let series = try series(bytes[sample.series]) else { return }
        try append(sample.value, at: sample.milliseconds, to: series)
    }

    private mutating func series(_ text: ArraySlice<UInt8>) throws(RecordingError) -> Int? {
        if newest.text.elementsEqual(text) { return newest.series }
        let key = Array(text)
        if let known = known[key] {
            newest = (key, known)
            return known
        }
        guard let parsed = SeriesText(text) else {
            throw .malformed(line: line, "expected NAME{LABELS} VALUE SECONDS")
        }
        labelBytes += key.count
        guard labelBytes <= options.maximumLabelBytes else {
            throw .tooLarge(line: line, limit: options.maximumLabelBytes, "bytes of labels")
        }
        let made = try make(parsed)
        known[key] = .some(made)
        newest = (key, made)
        return made
    }

    /// A place for a series; nil if it is not wanted.
    package mutating func make(
        name: String,
        labels: [(name: String, value: String)]
    ) throws(RecordingError) -> Int? {
        try make(SeriesText(name: name, labels: labels))
    }

    private mutating func make(_ text: SeriesText) throws(RecordingError) -> Int? {
        guard known.count + building.count < options.maximumSeries * 2 else {
            throw .tooLarge(line: line, limit: options.maximumSeries, "series")
        }
        guard let metric = Self.metrics[text.name], Self.used.contains(metric),
            !options.leftOut.contains(metric)
        else { return nil }
        let all = Labels(text.labels + [(name: "__name__", value: text.name)])
        guard options.matchers(of: metric).allSatisfy({ $0.matches(all) }) else { return nil }
        let own = metric.labelNames
        if let first = own.first, all[first].isEmpty {
            throw .malformed(line: line, "\(text.name) has no label \(first)")
        }
        let foreign = text.labels.filter { !own.contains($0.name) }
            .sorted { $0.name < $1.name }
            .map { "\($0.name)=\"\($0.value)\"" }.joined(separator: ", ")
        let key = Key(metric: metric, labels: own.map { all[$0] })
        building.append(Building(key: key, foreign: foreign))
        return building.count - 1
    }

    /// Adds a sample. One that is not a number, such as a staleness marker, is none.
    package mutating func append(
        _ value: Double,
        at milliseconds: Int64,
        to index: Int
    ) throws(RecordingError) {
        let time = Timestamp(milliseconds: milliseconds)
        guard !value.isNaN, time >= options.from, time <= options.to else { return }
        let place = try place(of: milliseconds, after: building[index].runs.last?.end)
        let metric = building[index].key.metric
        try check(value, of: metric)
        try put(
            metric == .lastSample ? Double(try pollDifference(value, at: place)) : value,
            places: place..<place + 1,
            to: index
        )
    }

    func check(_ value: Double, of metric: GraphMetric) throws(RecordingError) {
        guard metric.range.contains(value) else {
            throw .malformed(line: line, "\(metric.rawValue) is \(value)")
        }
    }

    /// Adds equal samples at places that follow each other.
    mutating func put(
        _ value: Double,
        places: Range<Int32>,
        to index: Int
    ) throws(RecordingError) {
        let count = Int32(places.count)
        sampleCount += places.count
        if let last = building[index].runs.last {
            // A sample that comes twice, as at the borders of two queries.
            if count == 1, places.lowerBound == last.end - 1 { return }
            if places.lowerBound < last.end {
                building[index].isUnordered = true
            } else if places.lowerBound == last.end, last.value == value {
                building[index].runs[building[index].runs.count - 1].count += count
                return
            }
        }
        runCount += 1
        guard runCount <= options.maximumRuns else {
            throw .tooLarge(line: line, limit: options.maximumRuns, "changes of values")
        }
        building[index].runs.append(
            FleetRecording.Run(start: places.lowerBound, count: count, value: value)
        )
    }

    /// Series of one scrape have the same times, so the next place is nearly always the right one.
    mutating func place(
        of milliseconds: Int64,
        after: Int32?
    ) throws(RecordingError) -> Int32 {
        if let after, Int(after) < times.count, times[Int(after)] == milliseconds { return after }
        if let known = places[milliseconds] { return known }
        if let last = times.last, last > milliseconds { isInOrder = false }
        guard times.count < options.maximumTimes else {
            throw .tooLarge(line: line, limit: options.maximumTimes, "times")
        }
        let place = Int32(times.count)
        times.append(milliseconds)
        usualPolls.append(-1)
        places[milliseconds] = place
        return place
    }

    /// nil if no sample has that time.
    func knownPlace(of milliseconds: Int64) -> Int32? { places[milliseconds] }

    /// nil if no poll began at that time.
    func knownPoll(at milliseconds: Int64) -> Int32? { polls[milliseconds] }

    /// Call this when the axis was sorted.
    mutating func noteOrder() {
        isInOrder = true
        knownTimes = [:]
        for (place, time) in times.enumerated() { places[time] = Int32(place) }
    }

    /// Adds the times of a reader, all of which are later.
    mutating func addTimes(_ later: RecordingReader) throws(RecordingError) {
        guard times.count + later.times.count <= options.maximumTimes else {
            throw .tooLarge(line: line, limit: options.maximumTimes, "times")
        }
        for time in later.times {
            places[time] = Int32(times.count)
            times.append(time)
            usualPolls.append(-1)
        }
    }

    /// Adds the polls of a reader whose times were added last. None of its polls is known.
    mutating func addPolls(_ later: RecordingReader) throws(RecordingError) {
        guard pollTimes.count + later.pollTimes.count <= options.maximumTimes else {
            throw .tooLarge(line: line, limit: options.maximumTimes, "polls")
        }
        let offset = Int32(pollTimes.count)
        let first = usualPolls.count - later.usualPolls.count
        for (place, poll) in later.usualPolls.enumerated() where poll >= 0 {
            usualPolls[first + place] = poll + offset
        }
        for poll in later.pollTimes {
            polls[poll] = Int32(pollTimes.count)
            pollTimes.append(poll)
        }
    }

    mutating func pollDifference(
        _ seconds: Double,
        at place: Int32
    ) throws(RecordingError) -> Int32 {
        let milliseconds = Int64((seconds * 1000).rounded())
        let usual = usualPolls[Int(place)]
        // Most graphs were read in the same poll.
        if usual >= 0, pollTimes[Int(usual)] == milliseconds { return 0 }
        let poll: Int32
        if let known = polls[milliseconds] {
            poll = known
        } else {
            guard pollTimes.count < options.maximumTimes else {
                throw .tooLarge(line: line, limit: options.maximumTimes, "polls")
            }
            poll = Int32(pollTimes.count)
            pollTimes.append(milliseconds)
            polls[milliseconds] = poll
        }
        if usualPolls[Int(place)] < 0 { usualPolls[Int(place)] = poll }
        return poll - usualPolls[Int(place)]
    }
}

extension GraphMetric {
    /// The values that an agent can export. Others are none, and would overflow what is computed of them.
    fileprivate var range: ClosedRange<Double> {
        switch self {
        case .tasks, .jobsRunning, .jobDurationCount, .queriesRunning, .queriesWaiting: 0...1e9
        case .probeDuration, .jobDuration, .jobDurationSum: 0...1e12
        default: -1e15...1e15
        }
    }
}
