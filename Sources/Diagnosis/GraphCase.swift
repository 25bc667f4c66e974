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
    var tasks = ProgressWatch()
    var queries = ProgressWatch()
    var jobs = JobWatch()
    /// Whether the graph itself accepted a connection, at any of its addresses, when it was probed
    /// last.
    var isReached = false
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
    mutating func take(_ new: Observation, _ policy: DiagnosisPolicy, at: Timestamp) {
        if at - readAt > policy.gap { beginAnew(at: at + policy.observe) }
        readAt = at
        if new.statusCode != statusCode, !statusCode.isEmpty { statusChanged() }
        statusCode = new.statusCode
        if !new.probes.isEmpty {
            isReached = new.probes.contains(where: \.isOfGraph)
            let kinds = Set(new.probes.map(\.kind))
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
        tasks.read(new.tasks, at: at)
        queries.read(new.queries, at: at)
        jobs.read(new.jobs, at: at)
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
        notUnreachableAt = notUnreachableAt.map { $0 + jump }
        readAt = readAt + jump
    }

    /// The engine's signs. Where only the front end is probed, it is taken for the engine.
    var engineKinds: [String] {
        let engine = probes.keys.filter(Observation.Probe.isEngine).sorted()
        return engine.isEmpty ? probes.keys.sorted() : engine
    }
}

extension Answer {
    var word: Word {
        switch self {
        case .alive: .alive
        case .silent, .engineError: .silent
        case .misdirected, .credential, .throttled, .foreignAnswer, .path: .cannotTell
        }
    }
}
