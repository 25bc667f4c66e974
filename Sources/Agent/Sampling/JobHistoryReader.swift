import Cycle
import GES
import Time

/// Reads the job list of the last month now and then, beside the polls: it is long, and changes
/// little.
struct JobHistoryReader {
    private var source: any GraphSource
    private let clock: AgentClock
    /// When the next reading begins, in elapsed time; nil while one is in progress.
    private var dueAt: Duration?
    /// Incremented when the agent is pointed at another cloud. Readings of an earlier generation
    /// are discarded.
    private var generation = 0
    private var failures = 0

    /// A reading and the generation that it belongs to.
    struct Result: Sendable {
        var reading: JobHistoryReading
        fileprivate(set) var generation: Int
    }

    private static let interval = Duration.seconds(6 * 3600)
    /// After a failure; doubles with each further one.
    private static let retryInterval = Duration.seconds(60)
    /// Between the requests for two days, so that polls do not wait behind them.
    private static let pause = Duration.milliseconds(100)
    /// What is kept of a reading: of a fleet of thousands the newest days.
    private static let maximumJobs = 200_000

    init(source: any GraphSource, clock: AgentClock) {
        self.source = source
        self.clock = clock
        dueAt = clock.elapsed()
    }

    /// Starts a reading if one is due. One that a stop interrupts is discarded.
    mutating func beginWhenDue(
        _ inbox: Inbox,
        _ stop: StopSignal,
        _ group: inout DiscardingTaskGroup
    ) {
        guard let dueAt, clock.elapsed() >= dueAt else { return }
        self.dueAt = nil
        group.addTask { [source, clock, generation] in
            let reading = await stop.race { await Self.read(source, clock) }
            guard let reading else { return }
            inbox.put(Result(reading: reading, generation: generation))
        }
    }

    /// Ends the reading in progress. Nil for one of an earlier generation.
    mutating func finish(_ result: Result) -> JobHistoryReading? {
        guard result.generation == generation else { return nil }
        switch result.reading {
        case .read:
            failures = 0
            dueAt = clock.elapsed() + Self.interval
        case .failed:
            let wait = Self.retryInterval * (1 << min(failures, 10))
            failures += 1
            dueAt = clock.elapsed() + min(wait, Self.interval)
        }
        return result.reading
    }

    /// Uses this source from now on. With `looksElsewhere` a reading in progress is discarded, and
    /// the next one begins at once.
    mutating func reach(_ source: any GraphSource, looksElsewhere: Bool) {
        self.source = source
        guard looksElsewhere else { return }
        generation += 1
        failures = 0
        dueAt = clock.elapsed()
    }

    /// Reads every graph, for its name and its age, and the jobs day by day, the newest first: the
    /// list of a whole month would take longer than a listing may.
    private static func read(
        _ source: any GraphSource,
        _ clock: AgentClock
    ) async -> JobHistoryReading {
        do {
            let graphs = try await source.listGraphs()
            guard graphs.isComplete else { return .failed("the list of graphs is not complete") }
            var month = JobMonth()
            let now = clock.now() + (source.gatewayClockOffset ?? .zero)
            for day in 0...Int((JobHistory.span / .seconds(86_400)).rounded()) {
                // The clocks may disagree around midnight.
                let date = now + .seconds(86_400) * (1 - day)
                let filter = JobFilter(status: .success, from: date, through: date)
                month.add(try await source.jobs(filter))
                guard month.jobs.count < maximumJobs else {
                    month.shortfall = "it has more than \(maximumJobs) jobs"
                    break
                }
                try? await clock.sleep(pause)
            }
            let named = graphs.graphs.map {
                NamedGraph(id: $0.id, name: $0.name, createdAt: $0.createdAt)
            }
            let history = JobHistory(month.jobs, of: named, at: now, shortfall: month.shortfall)
            return .read(history)
        } catch {
            return .failed("\(error)")
        }
    }
}

/// The jobs of a month, collected day by day.
private struct JobMonth {
    private(set) var jobs: [EndedJob] = []
    var shortfall: String?
    /// A cloud that ignores the filter lists every job every day.
    private var seen: Set<String> = []

    mutating func add(_ listing: JobListing) {
        for job in listing.jobs where seen.insert(job.id).inserted {
            if let ended = EndedJob(job) { jobs.append(ended) }
        }
        if !listing.isComplete { shortfall = listing.shortfall ?? "a day is incomplete" }
    }
}

extension EndedJob {
    /// Nil for a job that did not end well, does not say how long it took, or is of no interest.
    init?(_ job: Job) {
        guard job.status == .success, let kind = job.name.flatMap(JobKind.init(jobName:)),
            let graphName = job.relatedGraph, let beganAt = job.beginTime, let end = job.endTime,
            end >= beganAt
        else { return nil }
        self.init(graphName: graphName, kind: kind, beganAt: beganAt, duration: end - beganAt)
    }
}
