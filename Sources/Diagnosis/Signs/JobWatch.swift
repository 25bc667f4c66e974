import Time

/// The running management jobs of one graph.
struct JobWatch: Hashable, Sendable {
    private(set) var history = SignHistory()
    /// Of the jobs of the operation that the status shows. Another one may wait for it.
    private(set) var operation = SignHistory()
    /// When the progress of a job was last seen to change.
    private(set) var advancedAt: Timestamp?
    /// As they were last read: a list that fails ends no job.
    private(set) var running: [Observation.Job] = []
    /// Whether they could be read in the newest poll.
    private(set) var isRead = false
    /// When a job was last seen to have ended. A graph starts its engine after some of them.
    private(set) var endedAt: Timestamp?
    /// When the jobs were last read.
    private(set) var readAt: Timestamp?
    /// When each running job was first seen, by id.
    private var firstSeen: [String: Timestamp] = [:]
    private var progress: [String: String] = [:]

    /// - Parameters:
    ///   - isUnderRepair: whether a restart of ours is in progress, whose end is followed elsewhere.
    ///   - told: what a recording says of them, which lacks their progress.
    ///   - omitted: rules that are left out.
    mutating func read(
        _ jobs: [Observation.Job]?,
        for hangClass: HangClass,
        isUnderRepair: Bool = false,
        told: ToldProgress.Sign? = nil,
        _ omitted: Set<Omission> = [],
        at: Timestamp
    ) {
        isRead = jobs != nil
        guard let jobs else {
            if omitted.contains(.jobMemory) { running = [] }
            history.append(.cannotTell, at: at)
            return operation.append(.cannotTell, at: at)
        }
        running = jobs
        readAt = at
        var word = Word.cannotTell
        var isOperationStill = false
        var seen: [String: Timestamp] = [:]
        var newest: [String: String] = [:]
        for job in jobs {
            seen[job.id] = firstSeen[job.id] ?? at
            guard let now = job.progress else { continue }
            newest[job.id] = now
            guard let before = progress[job.id] else { continue }
            if now != before {
                word = .advancing
                advancedAt = at
            } else if job.isCounted {
                if word == .cannotTell { word = .still }
                isOperationStill = isOperationStill || hangClass.isOperation(named: job.name)
            }
        }
        if !isUnderRepair, !omitted.contains(.jobEnd),
            firstSeen.keys.contains(where: { seen[$0] == nil })
        {
            endedAt = at
        }
        firstSeen = seen
        progress = newest
        if let told { return take(told, at: at) }
        history.append(word, at: at)
        operation.append(word == .still && !isOperationStill ? .cannotTell : word, at: at)
    }

    private mutating func take(_ told: ToldProgress.Sign, at: Timestamp) {
        history.append(told.word, at: at)
        operation.append(told.operation, at: at)
        if let new = told.advancedAt, new <= at { advancedAt = new }
    }

    /// The oldest running job that keeps the graph busy. A job that runs for longer than `limit`
    /// does not, nor does the job of the operation that the status shows.
    ///
    /// - Parameter countsOwn: whether the job of that operation does.
    func hold(
        for hangClass: HangClass,
        limit: Duration,
        countsOwn: Bool = false,
        at: Timestamp
    ) -> Observation.Job? {
        running
            .filter { job in
                guard at - began(job, at: at) < limit else { return false }
                return countsOwn || !hangClass.isOperation(named: job.name)
            }
            .min { (began($0, at: at), $0.id) < (began($1, at: at), $1.id) }
    }

    /// A begin time in the future is of another clock.
    private func began(_ job: Observation.Job, at: Timestamp) -> Timestamp {
        min(job.beganAt ?? firstSeen[job.id] ?? at, at)
    }

    /// The jobs that ran when they were last read.
    func newestJobs(_ count: Int, at: Timestamp) -> [SeenProgress.Job] {
        running.sorted { $0.id < $1.id }.prefix(count).map { job in
            SeenProgress.Job(id: job.id, progress: job.progress, since: began(job, at: at))
        }
    }

    /// When a job that still runs was first seen; nil for any other.
    func firstSight(of id: String) -> Timestamp? { firstSeen[id] }

    mutating func beginAnew() {
        history = SignHistory()
        operation = SignHistory()
        advancedAt = nil
        endedAt = nil
        progress = [:]
    }

    mutating func shift(by jump: Duration) {
        history.shift(by: jump)
        operation.shift(by: jump)
        advancedAt = advancedAt.map { $0 + jump }
        endedAt = endedAt.map { $0 + jump }
        readAt = readAt.map { $0 + jump }
        firstSeen = firstSeen.mapValues { $0 + jump }
    }
}
