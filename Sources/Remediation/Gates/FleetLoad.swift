import Time

/// What the whole fleet has in progress and has used up, counted once per decision and not per
/// gate.
struct FleetLoad {
    /// Graphs that hold a place.
    var inFlight: Set<GraphID> = []
    /// Graphs whose evidence is being collected: no intent yet, but likely soon.
    var gathering: Set<GraphID> = []
    /// Graphs that we stop or have stopped: their starts need room too.
    var startsOwed: Set<GraphID> = []
    /// When the intents that count were made, oldest first.
    var spent: [Timestamp] = []
    /// When POSTs were or may have been sent, oldest first, refused ones too.
    var posts: [Timestamp] = []
    /// The work that the intents that count have killed, oldest first.
    var killed: [(at: Timestamp, work: Duration)] = []
    /// When tasks were or may have been cancelled, oldest first.
    var cancels: [Timestamp] = []
    /// The newest refusal of the credential, unless a restart was taken after it.
    var refusal: CredentialRefusal?
    /// Whether the restarts of other graphs helped.
    var efficacy = Efficacy([], at: .distantPast)
    /// The newest request of GES to pause; nil if it made none that is remembered.
    var throttle: Throttle?

    func spent(since instant: Timestamp) -> [Timestamp] {
        spent.filter { $0 > instant }
    }

    func killed(since instant: Timestamp) -> Duration {
        killed.reduce(.zero) { $1.at > instant ? $0 + $1.work : $0 }
    }

    func cancels(since instant: Timestamp) -> [Timestamp] {
        cancels.filter { $0 > instant }
    }

    func posts(since instant: Timestamp) -> [Timestamp] {
        posts.filter { $0 > instant }
    }
}

extension FleetLoad {
    init(
        records: some Collection<GraphRecord>,
        at instant: Timestamp,
        holdsPlace: (GraphRecord) -> Bool
    ) {
        for record in records {
            if holdsPlace(record) { inFlight.insert(record.id) }
            if record.phase.owesStart { startsOwed.insert(record.id) }
            if case .gatheringEvidence = record.phase { gathering.insert(record.id) }
            spent += record.attempts.lazy.filter(\.counts).map(\.createdAt)
            for attempt in record.attempts where attempt.counts {
                guard let killed = attempt.killedMilliseconds else { continue }
                self.killed.append((attempt.createdAt, .milliseconds(killed)))
            }
            posts += record.attempts.lazy.filter(\.mayHaveBeenSent).map(\.createdAt)
            cancels += record.attempts.lazy
                .filter { $0.action == .cancel && $0.ending?.outcome != .notSent }
                .map(\.createdAt)
        }
        killed.sort { $0.at < $1.at }
        spent.sort()
        cancels.sort()
        posts.sort()
        refusal = CredentialRefusal.newest(in: records)
        throttle = Throttle.newest(in: records)
        efficacy = Efficacy(records, at: instant)
    }
}
