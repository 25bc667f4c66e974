import Cycle
import Diagnosis
import Remediation
import Time

/// Graphs as values: each hangs in its turn, once a day, and lives again after a restart.
package struct World {
    private struct Graph {
        let id: String
        var isHung = false
        /// When the restart in progress will have ended; nil without one.
        var runsAgainAt: Timestamp?
    }

    private var graphs: [Graph]
    private var reports: [Report] = []
    /// What a poll shows; made again when anything has changed.
    private var listing: Readings.Listing?
    private var readings: [GraphReading] = []
    /// Nil before the first poll, in which every graph answers: one that never did is not hung.
    private var day: Int64?
    package private(set) var hangs = 0
    package private(set) var restarts = 0

    package static let interval = Duration.seconds(30)
    private static let restartDuration = Duration.seconds(180)

    /// - Parameter first: the number in the id of the first graph.
    package init(graphs count: Int, from first: Int = 1) {
        graphs = (first..<(first + count)).map { Graph(id: "graph-\($0)") }
    }

    /// What has come in at this moment.
    mutating func input(_ clock: ClockReading, _ disk: DiskOutcome?) -> CycleInput {
        turn(to: clock.wall)
        let listing = look()
        var input = CycleInput(clock: clock)
        input.disk = disk
        input.reports = reports
        input.readings = Readings(
            at: clock.wall,
            began: clock.elapsed,
            listing: .success(listing),
            jobs: .success([]),
            graphs: readings
        )
        reports = []
        return input
    }

    /// Does at once what the machine wants.
    mutating func perform(_ effects: [Effect], at now: Timestamp) {
        for effect in effects {
            switch effect {
            case .restart(let intent):
                restarts += 1
                reports.append(
                    .outcome(intentID: intent.id, .accepted(jobID: "job-\(restarts)"), at: now)
                )
                guard let index = graphs.firstIndex(where: { $0.id == intent.graphID.rawValue })
                else { continue }
                graphs[index].isHung = false
                graphs[index].runsAgainAt = now + Self.restartDuration
                listing = nil
            case .collectEvidence(let id, _, _):
                reports.append(.evidence(id, summary: "nothing runs"))
            case .followJob(let id, let job):
                let graph = graphs.first { $0.id == id.rawValue }
                let state = graph?.runsAgainAt == nil ? JobState.succeeded : .running
                reports.append(.job(id, jobID: job, state))
            case .readJobList: reports.append(.jobList([]))
            case .searchJobs, .answer, .record, .cancelTask, .stop, .start: break
            }
        }
    }

    /// Makes what the first poll shows, so that its cost is not measured.
    mutating func prepare() { _ = look() }

    private mutating func turn(to now: Timestamp) {
        for index in graphs.indices {
            guard let end = graphs[index].runsAgainAt, now >= end else { continue }
            graphs[index].runsAgainAt = nil
            listing = nil
        }
        let today = now.milliseconds / 86_400_000
        guard today != day else { return }
        defer { day = today }
        guard day != nil else { return }
        hangs += 1
        graphs[Int(today % Int64(graphs.count))].isHung = true
        listing = nil
    }

    private mutating func look() -> Readings.Listing {
        if let listing { return listing }
        let new = Readings.Listing(graphs: graphs.map(listed), isComplete: true)
        listing = new
        readings = graphs.filter { $0.runsAgainAt == nil }.map(reading)
        return new
    }

    private func listed(_ graph: Graph) -> ListedGraph {
        let isRunning = graph.runsAgainAt == nil
        return ListedGraph(
            id: graph.id,
            name: graph.id,
            status: ListedGraph.Status(
                code: isRunning ? "200" : "901",
                phase: isRunning ? .running : .transitional,
                description: isRunning ? "200 (Running)" : "901 (Stopping)"
            )
        )
    }

    private func reading(_ graph: Graph) -> GraphReading {
        let answer: Answer = graph.isHung ? .silent(.afterConnection) : .alive
        var reading = GraphReading(
            graphID: graph.id,
            probes: ["summary", "version"].map { kind in
                GraphReading.Probe(
                    kind: kind,
                    answer: answer,
                    duration: graph.isHung ? .seconds(10) : .milliseconds(3),
                    reason: graph.isHung ? "timeout" : nil
                )
            },
            tasks: graph.isHung ? nil : [],
            queries: graph.isHung ? nil : GraphReading.Queries(readRunning: 0, writeRunning: 0)
        )
        reading.path = Path(addressKind: "private", network: "s", scheme: "http", port: 80)
        return reading
    }
}
