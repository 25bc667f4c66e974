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

    /// A reading and the generation that it belongs to.
    struct Result: Sendable {
        var reading: JobHistoryReading
        fileprivate(set) var generation: Int
    }

    private static let interval = Duration.seconds(6 * 3600)
    /// After a failure.
    private static let retryInterval = Duration.seconds(60)

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
            let reading = await stop.race { await Self.read(source, at: clock.now()) }
            guard let reading else { return }
            inbox.put(Result(reading: reading, generation: generation))
        }
    }

    /// Ends the reading in progress. Nil for one of an earlier generation.
    mutating func finish(_ result: Result) -> JobHistoryReading? {
        guard result.generation == generation else { return nil }
        let wait =
            switch result.reading {
            case .read: Self.interval
            case .failed: Self.retryInterval
            }
        dueAt = clock.elapsed() + wait
        return result.reading
    }

    /// Uses this source from now on. With `looksElsewhere` a reading in progress is discarded, and
    /// the next one begins at once.
    mutating func reach(_ source: any GraphSource, looksElsewhere: Bool) {
        self.source = source
        guard looksElsewhere else { return }
        generation += 1
        dueAt = clock.elapsed()
    }

    /// A list that is not complete still tells how long its jobs took. It lacks the oldest ones.
    private static func read(
        _ source: any GraphSource,
        at now: Timestamp
    ) async -> JobHistoryReading {
        // The filter has a resolution of one day, and the clocks may disagree around midnight.
        let filter = JobFilter(
            status: .success,
            from: now - JobHistory.span,
            through: now + .seconds(86_400)
        )
        do {
            return .read(JobHistory(try await source.jobs(filter).jobs.compactMap(EndedJob.init)))
        } catch {
            return .failed("\(error)")
        }
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
