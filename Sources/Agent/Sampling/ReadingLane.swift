import Cycle
import GES

/// How many graphs are read at the same time.
///
/// A graph that does not answer occupies its place for up to two time-outs. Such graphs have places
/// of their own, so that any number of them delays no other. Of those that find no place, the ones
/// that were not read for longest come first in the next poll.
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
    static let maximumRequests = 1024
    private static let maximumAnswering = 64

    /// The graphs that did not answer last time, as many as can be read in this poll, and the
    /// others.
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
        return (silent.prefix(self.silent).map(\.graph), others)
    }
}

/// The readings of one lane, and when the last of them ended, in elapsed time.
struct LaneReadings: Sendable {
    var readings: [GraphReading]
    var endedAt: Duration
}

/// Reads graphs concurrently, up to a number of places.
struct ReadingLane {
    private let read: @Sendable (Graph) async -> GraphReading
    private let elapsed: @Sendable () -> Duration
    private let places: Int
    private var endedAt: Duration
    private var inFlight = 0
    private var newest: [String: Graph] = [:]
    private var readings: [String: GraphReading] = [:]

    private typealias Result = (graph: Graph, reading: GraphReading, endedAt: Duration)

    init(
        _ read: @escaping @Sendable (Graph) async -> GraphReading,
        _ elapsed: @escaping @Sendable () -> Duration,
        places: Int,
        began: Duration
    ) {
        self.read = read
        self.elapsed = elapsed
        self.places = places
        endedAt = began
    }

    /// - Parameter except: graphs of the pages that another lane reads.
    mutating func run(
        _ graphs: [Graph],
        _ pages: AsyncStream<[Graph]>?,
        except: [String: Int] = [:]
    ) async -> LaneReadings {
        await withTaskGroup(of: Result.self) { group in
            for graph in graphs { await begin(graph, &group) }
            if let pages {
                for await page in pages {
                    for graph in page where except[graph.id] == nil {
                        await begin(graph, &group)
                    }
                }
            }
            while let result = await group.next() { take(result) }
        }
        return LaneReadings(readings: Array(readings.values), endedAt: endedAt)
    }

    private mutating func begin(_ graph: Graph, _ group: inout TaskGroup<Result>) async {
        if let newer = newest[graph.id], newer.isReadAs(graph) { return }
        newest[graph.id] = graph
        readings[graph.id] = nil
        guard graph.status.isRestartable else { return }
        if inFlight >= places, let result = await group.next() { take(result) }
        inFlight += 1
        group.addTask { [read, elapsed] in
            let reading = await read(graph)
            return (graph, reading, elapsed())
        }
    }

    private mutating func take(_ result: Result) {
        inFlight -= 1
        endedAt = max(endedAt, result.endedAt)
        guard newest[result.graph.id]?.isReadAs(result.graph) ?? false else { return }
        readings[result.graph.id] = result.reading
    }
}
