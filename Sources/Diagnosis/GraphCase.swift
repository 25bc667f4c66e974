import Time

/// What diagnosis knows of one graph: the history of each sign.
struct GraphCase: Sendable {
    var memory: GraphMemory
    var statusCode = ""
    var path: Path?
    /// A kind that is not configured any more is dropped.
    var probes = ProbeHistories()
    var tasks = ProgressWatch()
    var queries = ProgressWatch()
    var jobs = JobWatch()
    var otherAddressAnswered = false
    /// Windows begin here at the earliest: after the agent has been blind for too long.
    var begins: Timestamp
    var readAt: Timestamp
    /// Whether the graph was sick when it was judged last.
    var wasSick = false

    init(_ memory: GraphMemory, at: Timestamp) {
        self.memory = memory
        begins = at
        readAt = at
    }

    /// Merges a poll. Blindness for longer than the gap ends everything that was seen before.
    mutating func take(
        _ new: Observation,
        _ policy: DiagnosisPolicy,
        _ omitted: Set<Omission> = [],
        at: Timestamp
    ) {
        if at - readAt > policy.gap, !omitted.contains(.gap) { beginAnew(at: at + policy.observe) }
        readAt = at
        if new.statusCode != statusCode, !statusCode.isEmpty, !omitted.contains(.statusChange) {
            statusChanged()
        }
        statusCode = new.statusCode
        if let path = new.path { self.path = path }
        otherAddressAnswered = new.otherAddressAnswered
        if !new.probes.isEmpty { probes.take(new.probes, at: at) }
        for probe in new.probes where probe.answer == .alive {
            if !memory.answered.contains(probe.kind) { memory.answered.insert(probe.kind) }
        }
        tasks.read(new.tasks, obscured: new.obscuredTasks, at: at)
        queries.read(new.queries, obscured: new.obscuredQueries, at: at)
        jobs.read(new.jobs, at: at)
        if new.isUnderRepair { memory.changes = [] }
    }

    /// Signs of one status say nothing about another.
    private mutating func statusChanged() {
        probes = ProbeHistories()
        tasks = ProgressWatch()
        queries = ProgressWatch()
    }

    private mutating func beginAnew(at: Timestamp) {
        begins = at
        probes = ProbeHistories()
        tasks = ProgressWatch()
        queries = ProgressWatch()
        jobs.beginAnew()
    }

    mutating func shift(by jump: Duration) {
        memory.shift(by: jump)
        probes.shift(by: jump)
        tasks.shift(by: jump)
        queries.shift(by: jump)
        jobs.shift(by: jump)
        begins = begins + jump
        readAt = readAt + jump
    }

    /// The engine's signs. Where only the front end is probed, it is taken for the engine.
    var engineKinds: [String] { probes.engineKinds }

    /// Whether the graph refuses this probe and has always refused it. What never told anything is
    /// no evidence, so nobody waits for its word.
    func neverTells(_ kind: String) -> Bool {
        probes[kind]?.newest?.answer == .credential && !memory.answered.contains(kind)
    }

    /// The newest answers of all probes.
    var newestAnswers: [Answer] { probes.newestAnswers(probes.kinds) }

    /// The newest answers of the engine.
    var engineAnswers: [Answer] { probes.newestAnswers(probes.engineKinds) }
}

extension Answer {
    package var word: Word {
        switch self {
        case .alive: .alive
        case .silent, .engineError: .silent
        case .misdirected, .credential, .throttled, .foreignAnswer, .unclear, .path:
            .cannotTell
        }
    }
}
