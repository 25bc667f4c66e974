import Cycle
import Time

/// Which graphs have to be replayed at each time.
///
/// Most graphs are well most of the time, and then nothing is decided about them. A graph is replayed
/// around whatever differs from that: long enough before for every window of the rules and of the
/// diagnosis, and until two occurrences are too far apart to count together. On each path one graph
/// that is well is always replayed as well: it proves the path, and shows that not everything is silent.
struct ActiveGraphs {
    private let spans: [[Range<Int32>]]
    /// When each graph is in the recording.
    private let presence: [[Range<Int32>]]
    private let groups: [[Int]]
    /// The span of each graph that ends last before the current place.
    private var cursors: [Int]
    private var presenceCursors: [Int]
    private var witnesses: [Int?]
    private var active: Set<Int> = []
    /// The graphs whose span begins or ends at each place.
    private var changes: [Int32: [Int]] = [:]
    private(set) var current: [Int] = []
    /// Where a graph appears or vanishes.
    private let presenceChanges: Set<Int32>
    /// How many graphs that are well and left out each of some graphs stands for.
    private(set) var standIns: [Int: Int] = [:]

    /// Whether only graphs that are well are replayed.
    var isQuiet: Bool { active.isEmpty }

    /// A graph is flapping by its changes within this time.
    private static let memory: Duration = .seconds(6 * 3600 + 1800)

    /// - Parameters:
    ///   - before: for how long before anything happens to a graph it is replayed.
    ///   - after: for how long after that.
    ///   - group: what the graphs that can stand for each other have in common.
    init(
        _ recording: FleetRecording,
        before: Duration,
        after: Duration,
        group: (Int) -> String
    ) {
        let count = recording.graphIDs.count
        var events = [[Range<Int32>]](repeating: [], count: count)
        var present = [[Range<Int32>]](repeating: [], count: count)
        for series in recording.series {
            guard let graph = series.graph else { continue }
            events[graph] += series.occurrences(until: Int32(recording.times.count))
            if series.metric == .info { present[graph] += series.runs.map { $0.start..<$0.end } }
        }
        let axis = Axis(recording.times)
        spans = events.map {
            axis.spans($0, before: before, after: after, memory: Self.memory)
        }
        presence = present.map { $0.sorted { $0.lowerBound < $1.lowerBound } }
        presenceChanges = Set(present.joined().flatMap { [$0.lowerBound, $0.upperBound] })
        let keys = recording.graphIDs.indices.map(group)
        groups = Dictionary(grouping: recording.graphIDs.indices) { keys[$0] }
            .sorted { $0.key < $1.key }.map(\.value)
        cursors = Array(repeating: 0, count: count)
        presenceCursors = Array(repeating: 0, count: count)
        witnesses = Array(repeating: nil, count: groups.count)
        for (graph, spans) in spans.enumerated() {
            for span in spans {
                changes[span.lowerBound, default: []].append(graph)
                changes[span.upperBound, default: []].append(graph)
            }
        }
    }

    /// Moves to the next place.
    ///
    /// - Parameter pinned: graphs that are replayed in any case.
    mutating func advance(to place: Int, pinned: Set<Int>) {
        let place = Int32(place)
        for graph in changes[place] ?? [] {
            if isActive(graph, at: place) { active.insert(graph) } else { active.remove(graph) }
        }
        var all = active.union(pinned)
        for group in groups.indices {
            if let known = witnesses[group], !isActive(known, at: place),
                isPresent(known, at: place)
            {
                all.insert(known)
                continue
            }
            witnesses[group] = witness(of: groups[group], at: place)
            if let new = witnesses[group] { all.insert(new) }
        }
        let isOther = all.count != current.count || !current.allSatisfy(all.contains)
        if isOther { current = all.sorted() }
        if isOther || presenceChanges.contains(place) { countLeftOut(all, at: place) }
    }

    private mutating func countLeftOut(_ all: Set<Int>, at place: Int32) {
        standIns = [:]
        for (group, members) in groups.enumerated() {
            guard let witness = witnesses[group] else { continue }
            var count = 0
            for graph in members where !all.contains(graph) && isPresent(graph, at: place) {
                count += 1
            }
            if count > 0 { standIns[witness] = count }
        }
    }

    /// The graph that stays well for longest.
    private mutating func witness(of group: [Int], at place: Int32) -> Int? {
        var best: (graph: Int, until: Int32)?
        for graph in group where !isActive(graph, at: place) && isPresent(graph, at: place) {
            let next =
                cursors[graph] < spans[graph].count
                ? spans[graph][cursors[graph]].lowerBound : Int32.max
            if next > best?.until ?? -1 { best = (graph, next) }
        }
        return best?.graph
    }

    private mutating func isActive(_ graph: Int, at place: Int32) -> Bool {
        while cursors[graph] < spans[graph].count,
            spans[graph][cursors[graph]].upperBound <= place
        { cursors[graph] += 1 }
        return cursors[graph] < spans[graph].count
            && spans[graph][cursors[graph]].contains(place)
    }

    private mutating func isPresent(_ graph: Int, at place: Int32) -> Bool {
        while presenceCursors[graph] < presence[graph].count,
            presence[graph][presenceCursors[graph]].upperBound <= place
        { presenceCursors[graph] += 1 }
        return presenceCursors[graph] < presence[graph].count
            && presence[graph][presenceCursors[graph]].contains(place)
    }
}

/// The times of a recording, for spans of time.
private struct Axis {
    let times: [Int64]

    init(_ times: [Int64]) {
        self.times = times
    }

    func spans(
        _ events: [Range<Int32>],
        before: Duration,
        after: Duration,
        memory: Duration
    ) -> [Range<Int32>] {
        var spans: [Range<Int32>] = []
        var last: Int64?
        for event in events.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            let first = times[Int(event.lowerBound)]
            let end = times[min(times.count - 1, Int(event.upperBound))]
            let lower = place(from: first - before.wholeMilliseconds)
            let upper = place(from: end + after.wholeMilliseconds) + 1
            if let known = spans.last, let before = last,
                first - before <= memory.wholeMilliseconds || known.upperBound >= lower
            {
                spans[spans.count - 1] = known.lowerBound..<max(known.upperBound, upper)
            } else {
                spans.append(lower..<upper)
            }
            last = max(last ?? end, end)
        }
        return spans
    }

    /// The first place at or after a time.
    private func place(from time: Int64) -> Int32 {
        var (low, high) = (0, times.count)
        while low < high {
            let middle = (low + high) / 2
            if times[middle] < time { low = middle + 1 } else { high = middle }
        }
        return Int32(low)
    }
}

extension FleetRecording.Series {
    /// When the series shows something else than a graph that is well and does nothing but answer.
    ///
    /// - Parameter end: of the recording. What begins or ends with it did not begin or end.
    fileprivate func occurrences(until end: Int32) -> [Range<Int32>] {
        switch metric {
        case .statusCode: unusual(until: end) { $0 == 200 }
        case .jobsRunning: unusual(until: end) { $0 == 0 }
        case .lastSample: unusual(until: end) { $0 == 0 }
        case .probeConnected: unusual(until: end) { $0 == 1 }
        case .probeOutcome: labels.last == "alive" ? unusual(until: end) { _ in true } : all
        case .progress where labels.first == "queries": []
        case .progress, .unreadable, .jobStart, .oldestJobStart: all
        case .info, .tagInfo, .pathInfo: unusual(until: end) { _ in true }
        default: []
        }
    }

    private var all: [Range<Int32>] { runs.map { $0.start..<$0.end } }

    /// The runs of other values, and where the series begins and ends.
    private func unusual(until end: Int32, _ isUsual: (Double) -> Bool) -> [Range<Int32>] {
        var found: [Range<Int32>] = []
        var last: Int32 = 0
        for run in runs {
            if last < run.start { found.append(max(0, last - 1)..<run.start + 1) }
            if !isUsual(run.value) { found.append(run.start..<run.end) }
            last = run.end
        }
        if last < end { found.append(max(0, last - 1)..<last) }
        return found
    }
}
