import API
import Cycle
import Diagnosis
import GES
import Time

/// How many graphs are read at the same time.
///
/// A graph that does not answer occupies its place for up to two time-outs. Such graphs have places
/// of their own, so that any number of them delays no other. Of those that find no place, the ones
/// that were not read for longest come first in the next poll. Places that they leave free serve
/// graphs that answered last time and take long now.
struct ReadingPlaces: Sendable {
    let answering: Int
    let silent: Int

    /// Fewer places if the limit on open files is low: a probe that gets no socket would make a
    /// healthy graph look sick.
    init(requestsPerGraph: Int) {
        let requests = OpenFiles.room(for: Self.maximumRequests, eachWith: 1)
        answering = min(Self.maximumAnswering, max(1, requests * 2 / 3 / requestsPerGraph))
        silent = max(1, (requests - answering * requestsPerGraph) / requestsPerGraph)
    }

    /// Requests to graphs that are in flight at the same time.
    static let maximumRequests = 2048
    private static let maximumAnswering = 64

    /// The graphs that did not answer last time, in the order in which they should be read, and the
    /// others.
    ///
    /// Graphs that never answered, such as those of a network that the agent cannot reach, leave
    /// every other place to those that did, because only the latter can be found to hang.
    func divide(_ known: KnownGraphs) -> (silent: [Graph], others: [Graph]) {
        guard !known.silent.isEmpty else { return ([], known.graphs) }
        var silent: [(graph: Graph, poll: Int)] = []
        var others: [Graph] = []
        for graph in known.graphs {
            if let poll = known.silent[graph.id] {
                silent.append((graph, poll))
            } else {
                others.append(graph)
            }
        }
        silent.sort { ($0.poll, $0.graph.id) < ($1.poll, $1.graph.id) }
        let reached = silent.filter { known.reached.contains($0.graph.id) }
        let neverReached = silent.filter { !known.reached.contains($0.graph.id) }
        var order: [Graph] = []
        for place in 0..<max(reached.count, neverReached.count) {
            if place < reached.count { order.append(reached[place].graph) }
            if place < neverReached.count { order.append(neverReached[place].graph) }
        }
        return (order, others)
    }
}

/// The readings of one lane.
struct LaneReadings: Sendable {
    var readings: [GraphReading] = []
    /// The graphs that were not read to the end, because others would have had to wait for them.
    var abandoned: [String] = []
    /// When the last graph that answers was read, and the last of the others, in elapsed time.
    var ended: ReadingEnds
}

/// When the last readings of a poll ended, in elapsed time. The listing may have taken longer.
struct ReadingEnds: Sendable {
    var answering: Duration
    var silent: Duration

    init(began: Duration) {
        answering = began
        silent = began
    }

    mutating func take(_ other: ReadingEnds) {
        answering = max(answering, other.answering)
        silent = max(silent, other.silent)
    }
}

/// Reads graphs concurrently, up to a number of places.
///
/// A reading that takes long is probably the first of a graph that hangs, and the others need not
/// wait for it: it moves to one of the `spare` places, and is abandoned if there is none.
struct ReadingLane {
    private let read: @Sendable (Graph) async -> GraphReading
    private let clock: AgentClock
    private let places: Int
    private let opensUntil: Duration?
    private let keepsPlaces: Bool
    private var spare: Int
    private var readingsBegun = 0
    private var inFlight: [Int: InFlight] = [:]
    /// Readings in spare places.
    private var moved: Set<Int> = []
    private var isWatchingTime = false
    private var newest: [String: Graph] = [:]
    private var readings: [String: GraphReading] = [:]
    private var result: LaneReadings

    private struct InFlight {
        let began: Duration
        let abandon: AsyncEvent?
    }

    private enum Event: Sendable {
        case read(Int, Graph, GraphReading?, at: Duration)
        case timePassed
    }

    /// When a reading counts as long. A graph that works answers in milliseconds.
    private static let patience = Duration.milliseconds(200)
    /// When a reading is abandoned if others wait and no place is spare.
    private static let lastPatience = Duration.milliseconds(500)

    /// - Parameters:
    ///   - spare: nil for a lane of graphs that are known to be slow: their readings keep their
    ///     places.
    ///   - opensUntil: readings after the first `places` begin until then only.
    init(
        _ read: @escaping @Sendable (Graph) async -> GraphReading,
        _ clock: AgentClock,
        places: Int,
        spare: Int? = nil,
        opensUntil: Duration? = nil,
        began: Duration
    ) {
        self.read = read
        self.clock = clock
        self.places = places
        self.opensUntil = opensUntil
        self.spare = spare ?? 0
        keepsPlaces = spare == nil
        result = LaneReadings(ended: ReadingEnds(began: began))
    }

    /// - Parameter except: graphs of the pages that another lane reads.
    mutating func run(
        _ graphs: [Graph],
        _ pages: AsyncStream<[Graph]>?,
        except: [String: Int] = [:]
    ) async -> LaneReadings {
        await withTaskGroup(of: Event.self) { group in
            for graph in graphs { await begin(graph, &group) }
            if let pages {
                for await page in pages {
                    for graph in page where except[graph.id] == nil {
                        await begin(graph, &group)
                    }
                }
            }
            while !inFlight.isEmpty || !moved.isEmpty, let event = await group.next() {
                take(event)
            }
            group.cancelAll()
        }
        result.readings = Array(readings.values)
        return result
    }

    private mutating func begin(_ graph: Graph, _ group: inout TaskGroup<Event>) async {
        if let newer = newest[graph.id], newer.isReadAs(graph) { return }
        guard graph.status.isRestartable else {
            newest[graph.id] = graph
            readings[graph.id] = nil
            return
        }
        while inFlight.count >= places {
            watchTime(&group)
            guard let event = await group.next() else { break }
            take(event)
        }
        if readingsBegun >= places, let opensUntil, clock.elapsed() >= opensUntil { return }
        newest[graph.id] = graph
        readings[graph.id] = nil
        readingsBegun += 1
        let abandon = keepsPlaces ? nil : AsyncEvent()
        inFlight[readingsBegun] = InFlight(began: clock.elapsed(), abandon: abandon)
        group.addTask { [read, clock, number = readingsBegun] in
            guard let abandon else {
                return .read(number, graph, await read(graph), at: clock.elapsed())
            }
            let reading = await abandon.race { await read(graph) }
            return .read(number, graph, reading, at: clock.elapsed())
        }
    }

    private mutating func watchTime(_ group: inout TaskGroup<Event>) {
        guard !keepsPlaces, !isWatchingTime else { return }
        isWatchingTime = true
        group.addTask { [clock] in
            try? await clock.sleep(Self.patience / 2)
            return .timePassed
        }
    }

    private mutating func take(_ event: Event) {
        switch event {
        case .timePassed:
            isWatchingTime = false
            makeRoom()
        case .read(let number, let graph, let reading, let at):
            inFlight[number] = nil
            if moved.remove(number) != nil { spare += 1 }
            guard newest[graph.id]?.isReadAs(graph) ?? false else { return }
            guard let reading else {
                result.abandoned.append(graph.id)
                return
            }
            readings[graph.id] = reading
            if reading.isSilent {
                result.ended.silent = max(result.ended.silent, at)
            } else {
                result.ended.answering = max(result.ended.answering, at)
            }
        }
    }

    private mutating func makeRoom() {
        let now = clock.elapsed()
        let long = inFlight.filter { now - $0.value.began >= Self.patience }
        for (number, reading) in long.sorted(by: { $0.key < $1.key }) {
            if spare > 0 {
                spare -= 1
                moved.insert(number)
                inFlight[number] = nil
            } else if now - reading.began >= Self.lastPatience {
                reading.abandon?.set()
            }
        }
    }
}

extension GraphReading {
    /// Whether the graph did not answer. Its reading takes up to two time-outs.
    var isSilent: Bool { probes.contains { $0.answer.isTelling && $0.answer != .alive } }
}
