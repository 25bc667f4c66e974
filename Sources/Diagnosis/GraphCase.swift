import Time

/// What diagnosis knows of one graph: the history of each sign.
struct GraphCase: Sendable {
    var memory: GraphMemory
    var statusCode = ""
    var way: Way?
    /// The last reading in which it did not refuse connections nor fail to accept them.
    var notUnreachableAt: Timestamp?
    /// By kind. A kind that is not configured any more is dropped.
    var probes: [String: SignHistory] = [:]
    /// The kinds of probes that are configured.
    private var kinds: Set<String> = []
    var tasks = ProgressWatch()
    var queries = ProgressWatch()
    var jobs = JobWatch()
    /// Whether the graph itself accepted a connection, at any of its addresses, when it was probed
    /// last.
    var isReached = false
    /// When it was probed last.
    var probedAt: Timestamp?
    /// Windows begin here at the earliest: after the agent has been blind for too long.
    var begins: Timestamp
    var readAt: Timestamp

    init(_ memory: GraphMemory, at: Timestamp) {
        self.memory = memory
        begins = at
        readAt = at
    }

    /// Merges a poll. Blindness for longer than the gap ends everything that was seen before.
    mutating func take(_ new: Observation, _ policy: DiagnosisPolicy, at: Timestamp) {
        if at - readAt > policy.gap { beginAnew(at: at + policy.observe) }
        readAt = at
        if new.statusCode != statusCode, !statusCode.isEmpty { statusChanged() }
        statusCode = new.statusCode
        if !new.probes.isEmpty {
            isReached = new.probes.contains(where: \.isOfGraph)
            probedAt = at
            kinds = Set(new.probes.map(\.kind))
            probes = probes.filter { kinds.contains($0.key) }
        }
        for probe in new.probes {
            probes[probe.kind, default: SignHistory()].append(
                probe.answer.word,
                probe.answer,
                at: at
            )
            if probe.answer == .alive, !memory.answered.contains(probe.kind) {
                memory.answered.insert(probe.kind)
            }
        }
        let hangClass = HangClass(statusCode: new.statusCode) ?? .unresponsive
        tasks.read(new.tasks, for: hangClass, at: at)
        queries.read(new.queries, isEngineSilent: isEngineSilent, at: at)
        jobs.read(new.jobs, for: hangClass, at: at)
        if new.isUnderRepair { memory.changes = [] }
    }

    /// Signs of one status say nothing about another.
    private mutating func statusChanged() {
        probes = [:]
        isReached = false
        tasks = ProgressWatch()
        queries = ProgressWatch()
    }

    private mutating func beginAnew(at: Timestamp) {
        begins = at
        probes = [:]
        isReached = false
        tasks = ProgressWatch()
        queries = ProgressWatch()
        jobs.beginAnew()
    }

    mutating func shift(by jump: Duration) {
        memory.shift(by: jump)
        probes = probes.mapValues { history in
            var shifted = history
            shifted.shift(by: jump)
            return shifted
        }
        tasks.shift(by: jump)
        queries.shift(by: jump)
        jobs.shift(by: jump)
        begins = begins + jump
        probedAt = probedAt.map { $0 + jump }
        notUnreachableAt = notUnreachableAt.map { $0 + jump }
        readAt = readAt + jump
    }

    /// Whether every sign of the engine was silent in the newest reading.
    private var isEngineSilent: Bool {
        let newest = engineKinds.map { probes[$0]?.newest?.word }
        return !newest.isEmpty && newest.allSatisfy { $0 == .silent }
    }

    /// Whether the graph has ever answered, by its engine if that is probed: a front end is up
    /// before the engine has loaded the graph.
    var wasReached: Bool {
        let engine = kinds.filter(Observation.Probe.isEngine)
        return engine.isEmpty ? memory.wasReached : !engine.isDisjoint(with: memory.answered)
    }

    /// Whether requests did not get through to it when it was probed last.
    var isOutOfReach: Bool {
        !isReached && probes.values.contains { $0.newest?.answer?.isOutOfReach ?? false }
    }

    /// Whether the graph refuses a probe and always has: it says nothing, and never will.
    func refusesForEver(_ kind: String) -> Bool {
        probes[kind]?.newest?.answer == .credential && !memory.answered.contains(kind)
    }

    /// The engine's signs. Where only the front end is probed, it is taken for the engine.
    var engineKinds: [String] {
        let engine = probes.keys.filter(Observation.Probe.isEngine).sorted()
        return engine.isEmpty ? probes.keys.sorted() : engine
    }
}

extension Answer {
    /// Whether the path, or a dead host, may be why there is no answer.
    fileprivate var isOutOfReach: Bool {
        switch self {
        case .silent(.refused), .silent(.notConnected), .path: true
        default: false
        }
    }

    var word: Word {
        switch self {
        case .alive: .alive
        case .silent, .engineError: .silent
        case .misdirected, .credential, .throttled, .foreignAnswer, .path: .cannotTell
        }
    }
}
