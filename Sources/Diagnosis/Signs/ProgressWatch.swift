import Time

/// Finds out whether work inside a graph goes on, by comparing each reading with the one before.
struct ProgressWatch: Hashable, Sendable {
    private(set) var history = SignHistory()
    /// Of the work of the operation that the status shows. Other work may wait for it.
    private(set) var operation = SignHistory()
    /// The newest reading in which something had advanced.
    private(set) var advancedAt: Timestamp?
    /// The longest time between two advances of the work that goes on now.
    private(set) var longestPause: Duration = .zero
    /// The progress of each work in the last reading, by id; nil for work that reports none.
    private var known: [String: Double?] = [:]
    private var wasRead = false
    /// When the graph last listed work that could not be read; nil once it can be.
    private(set) var obscuredAt: Timestamp?

    /// A graph that lists more is compared by the first ones.
    private static let maximumWork = 200

    /// Merges a reading. `work` is nil if it could not be read: what was known stays.
    ///
    /// Work that has ended has advanced, and so has work that was pending and runs. New work proves
    /// nothing: a front end accepts it for an engine that is dead. Such a front end also ends it,
    /// when the client has waited for too long: while no sign of the engine is alive, the end of
    /// work that is reported at no progress proves nothing either.
    mutating func read(
        _ work: [Observation.Work]?,
        for hangClass: HangClass = .unresponsive,
        isEngineSilent: Bool = false,
        obscured: Observation.Obscurity? = nil,
        at: Timestamp
    ) {
        guard let work else {
            if obscured == .tooLarge || obscured == .unreadable && wasRead { obscuredAt = at }
            history.append(.cannotTell, at: at)
            return operation.append(.cannotTell, at: at)
        }
        obscuredAt = nil
        if work.isEmpty, known.isEmpty {
            longestPause = .zero
            wasRead = true
            history.append(.cannotTell, at: at)
            return operation.append(.cannotTell, at: at)
        }
        let running = work.filter(\.isRunning).prefix(Self.maximumWork)
        let ended = wasRead ? self.ended(work, isEngineSilent) : false
        let word = wasRead ? ended ? .advancing : compare(running) : .cannotTell
        let own = running.filter { hangClass.isOperation(named: $0.type) }
        operation.append(wasRead && word != .advancing ? compare(own[...]) : word, at: at)
        if word == .advancing {
            if let advancedAt { longestPause = max(longestPause, at - advancedAt) }
            advancedAt = at
        }
        if running.isEmpty { longestPause = .zero }
        known = [:]
        for entry in running { known[entry.id] = .some(entry.progress) }
        wasRead = true
        history.append(word, at: at)
    }

    /// Merges a reading of a recording, which has its word in place of the work.
    ///
    /// - Parameter isIdle: whether nothing ran.
    mutating func take(_ told: ToldProgress.Sign, isIdle: Bool, at: Timestamp) {
        obscuredAt = nil
        history.append(told.word, at: at)
        operation.append(told.operation, at: at)
        if let new = told.advancedAt, new > advancedAt ?? .distantPast, new <= at {
            if let advancedAt { longestPause = max(longestPause, new - advancedAt) }
            advancedAt = new
        }
        if isIdle { longestPause = .zero }
        wasRead = true
    }

    private func ended(_ work: [Observation.Work], _ isEngineSilent: Bool) -> Bool {
        let all = Set(work.map(\.id))
        return known.contains { id, progress in
            !all.contains(id) && !(isEngineSilent && progress == 0)
        }
    }

    private func compare(_ running: ArraySlice<Observation.Work>) -> Word {
        var isComparable = false
        var isHidden = false
        for entry in running {
            guard let before = known[entry.id] else { continue }
            guard let before, let progress = entry.progress else {
                isHidden = true
                continue
            }
            if progress > before { return .advancing }
            isComparable = true
        }
        return isComparable && !isHidden ? .still : .cannotTell
    }

    /// The work that ran when it was last read.
    func newestWork(_ count: Int) -> [SeenProgress.Work] {
        known.sorted { $0.key < $1.key }.prefix(count).map { id, progress in
            SeenProgress.Work(id: id, progress: progress)
        }
    }

    mutating func shift(by jump: Duration) {
        history.shift(by: jump)
        operation.shift(by: jump)
        advancedAt = advancedAt.map { $0 + jump }
        obscuredAt = obscuredAt.map { $0 + jump }
    }

    /// Since when nothing has advanced, as far as was seen; nil if nothing ever did.
    func stillFor(at: Timestamp) -> Duration? { advancedAt.map { at - $0 } }
}
