import Time

/// What Cloud Eye saw of the graph's clients. It says so minutes late, so a hang is mostly decided
/// without it; it never proves one.
struct LoadWatch: Hashable, Sendable {
    /// At the times for which the values hold.
    private(set) var history = SignHistory()
    /// The newest time at which requests were answered.
    private(set) var servedAt: Timestamp?
    /// The newest time ahead of the own clock that another agent has told.
    private var futureAt: Timestamp?

    mutating func read(_ load: Observation.Load?) {
        guard let load, history.newest.map({ load.at > $0.last }) ?? true else { return }
        history.append(load.word, at: load.at)
        if load.word == .advancing { note(servedAt: load.at) }
    }

    private mutating func note(servedAt time: Timestamp) {
        servedAt = max(servedAt ?? time, time)
    }

    /// Whether another agent tells more than is known. What it tells is read again in each step.
    func isNews(servedAt time: Timestamp, at now: Timestamp) -> Bool {
        (time > now ? futureAt : servedAt).map { $0 < time } ?? true
    }

    /// Takes the word of another agent that requests were answered at this time. Its clock may be
    /// ahead: its word then counts from now, once, so that it does not hold for as long as the clock
    /// is ahead.
    mutating func believe(servedAt time: Timestamp, at now: Timestamp) {
        if time > now { futureAt = time }
        note(servedAt: min(time, now))
    }

    mutating func shift(by jump: Duration) {
        history.shift(by: jump)
        servedAt = servedAt.map { $0 + jump }
    }
}

extension Observation.Load {
    /// Requests alone prove nothing: a hung graph receives them and answers none. An engine that
    /// spins uses the processor, so that proves nothing either.
    fileprivate var word: Word {
        if requests > 0, let responseTime, responseTime > 0 { return .advancing }
        return requests == 0 && waiting > 0 ? .still : .cannotTell
    }
}
