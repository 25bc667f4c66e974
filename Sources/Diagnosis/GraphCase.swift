import Time

/// What diagnosis knows of one graph: the history of each sign.
struct GraphCase: Sendable {
    var memory: GraphMemory
    var statusCode = ""
    var way: Way?
    /// The last reading in which it did not refuse connections nor fail to accept them.
    var notUnreachableAt: Timestamp?
    /// A kind that is not configured any more is dropped.
    var probes = ProbeHistories()
    /// Whether a probe of the engine is configured.
    private var isEngineProbed = false
    var tasks = ProgressWatch()
    var queries = ProgressWatch()
    var jobs = JobWatch()
    var load = LoadWatch()
    /// Whether the graph itself accepted a connection, at any of its addresses, when it was probed
    /// last.
    var isReached = false
    /// When it was probed last.
    var probedAt: Timestamp?
    /// Windows begin here at the earliest: after the agent has been blind for too long.
    var begins: Timestamp
    var readAt: Timestamp
    /// Whether another agent watches it. What that one sees of its work is not known here.
    private(set) var isWatchedElsewhere = false

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
        if isWatchedElsewhere, !new.isWatchedElsewhere { watchAnew(at: at + policy.observe) }
        isWatchedElsewhere = new.isWatchedElsewhere
        if new.statusCode != statusCode, !statusCode.isEmpty, !omitted.contains(.statusChange) {
            statusChanged()
        }
        statusCode = new.statusCode
        if !new.probes.isEmpty {
            isReached = new.probes.contains(where: \.isOfGraph)
            isEngineProbed = new.probes.contains { Observation.Probe.isEngine($0.kind) }
            probedAt = at
            probes.take(new.probes, at: at)
        }
        for probe in new.probes where probe.answer == .alive {
            if !memory.answered.contains(probe.kind) { memory.answered.insert(probe.kind) }
        }
        let hangClass = HangClass(statusCode: new.statusCode) ?? .unresponsive
        // Two glances are too far apart to be compared.
        if let told = new.told {
            take(told, new, at: at)
        } else if !new.isWatchedElsewhere {
            tasks.read(new.tasks, for: hangClass, obscured: new.obscuredTasks, at: at)
            queries.read(
                new.queries,
                isEngineSilent: isEngineSilent,
                obscured: new.obscuredQueries,
                at: at
            )
        }
        load.read(new.load)
        jobs.read(
            new.jobs,
            for: hangClass,
            isUnderRepair: new.isUnderRepair,
            told: new.told?.jobs,
            omitted,
            at: at
        )
        if new.isUnderRepair { memory.changes = [] }
    }

    private mutating func take(_ told: ToldProgress, _ new: Observation, at: Timestamp) {
        if let work = new.tasks {
            tasks.take(told.tasks, isIdle: !work.contains(where: \.isRunning), at: at)
        } else {
            tasks.read(nil, obscured: new.obscuredTasks, at: at)
        }
        if let work = new.queries {
            queries.take(told.queries, isIdle: work.isEmpty, at: at)
        } else {
            queries.read(nil, obscured: new.obscuredQueries, at: at)
        }
    }

    /// Signs of one status say nothing about another.
    private mutating func statusChanged() {
        probes = ProbeHistories()
        isReached = false
        notUnreachableAt = nil
        tasks = ProgressWatch()
        queries = ProgressWatch()
        load = LoadWatch()
    }

    private mutating func beginAnew(at: Timestamp) {
        watchAnew(at: at)
        jobs.beginAnew()
    }

    /// Jobs are listed for all graphs in every poll, whoever watches them.
    private mutating func watchAnew(at: Timestamp) {
        begins = at
        probes = ProbeHistories()
        isReached = false
        tasks = ProgressWatch()
        queries = ProgressWatch()
    }

    mutating func shift(by jump: Duration) {
        memory.shift(by: jump)
        probes.shift(by: jump)
        tasks.shift(by: jump)
        queries.shift(by: jump)
        jobs.shift(by: jump)
        load.shift(by: jump)
        begins = begins + jump
        probedAt = probedAt.map { $0 + jump }
        notUnreachableAt = notUnreachableAt.map { $0 + jump }
        readAt = readAt + jump
    }

    /// Whether every sign of the engine was silent in the newest reading.
    private var isEngineSilent: Bool {
        let newest = engineAnswers
        return !newest.isEmpty && newest.allSatisfy { $0.word == .silent }
    }

    /// Whether the graph has ever answered, by its engine if that is probed: a front end is up
    /// before the engine has loaded the graph.
    var wasReached: Bool {
        isEngineProbed
            ? memory.answered.contains(where: Observation.Probe.isEngine) : memory.wasReached
    }

    /// Whether requests did not get through to it when it was probed last.
    var isOutOfReach: Bool {
        !isReached && probes.newestAnswers(probes.kinds).contains(where: \.isOutOfReach)
    }

    /// The engine's signs. Where only the front end is probed, it is taken for the engine.
    var engineKinds: [String] { probes.engineKinds }

    /// Whether the graph refuses this probe and has always refused it. What never told anything is
    /// no evidence, so nobody waits for its word.
    func neverTells(_ kind: String) -> Bool {
        probes[kind]?.newest?.answer == .credential && !memory.answered.contains(kind)
    }

    /// The newest answers of the engine.
    var engineAnswers: [Answer] { probes.newestAnswers(probes.engineKinds) }
}

extension Answer {
    /// Whether the path, or a dead host, may be why there is no answer.
    fileprivate var isOutOfReach: Bool {
        switch self {
        case .silent(.refused), .silent(.notConnected), .path: true
        default: false
        }
    }

    package var word: Word {
        switch self {
        case .alive: .alive
        case .silent, .engineError: .silent
        case .misdirected, .credential, .throttled, .foreignAnswer, .unclear, .path:
            .cannotTell
        }
    }
}
