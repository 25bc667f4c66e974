import Diagnosis
import Series
import Time

/// What diagnosis says of a graph after a poll.
struct Belief {
    var verdict: Verdict
    /// When its work was last seen to advance.
    var advances: [Diagnosis.Advance]
    /// What the poll showed of its work.
    var movements: [Diagnosis.Movement] = []
    /// Work that it listed and that could not be read.
    var unreadable: [Diagnosis.Advance.Source] = []
    /// The name and the begin of each running job.
    var jobStarts: [(name: String, at: Timestamp)] = []
}

/// Derives samples from the inventory. Unknown values have no sample: zero would be a claim, and
/// the value of an earlier poll would hide an outage from rules. The exception is the time of the
/// newest sample of a graph, which is true for as long as the graph is known, and which rules
/// compare with `time()` to find an outage.
struct GraphSamples {
    private var samples: [GraphSample] = []

    /// How long the last state of a graph that incomplete listings lack is repeated. Later the
    /// graph is as likely gone.
    private static let longestRepetition = Duration.seconds(3600)

    /// About how many a graph has.
    private static let samplesPerGraph = 27
    /// A larger fleet has no sizes and capacities unless they are asked for: seven series of a graph
    /// take as much memory as a fifth of the others.
    static let sizedGraphs = 2_000

    /// - Parameters:
    ///   - tags: the tags that are exported. Others are free text of customers, and any number.
    ///   - hasSizes: whether the sizes and capacities of graphs are wanted.
    static func all(
        _ inventory: Inventory,
        _ paths: [(path: Path, isProved: Bool)] = [],
        projectID: String,
        at: Timestamp,
        jobs: KnownJobs = KnownJobs(),
        tags: [String] = [],
        hasSizes: Bool = true,
        believing belief: (Inventory.Entry) -> Belief? = { _ in nil }
    ) -> [GraphSample] {
        var all = GraphSamples()
        let seesAll = inventory.lastFailure == nil && inventory.lastCompleteListing == at
        all.append(.up, [projectID], seesAll ? 1 : 0)
        // A graph that an incomplete listing lacks did not end: its alerts must not end either.
        let keepsOthers = inventory.isPartial && inventory.lastSuccess == at
        if seesAll { all.appendPhases(inventory, projectID: projectID) }
        all.samples.reserveCapacity(inventory.ids.count * samplesPerGraph)
        inventory.forEachSorted { entry in
            // The series of a graph are with the agent that watches it.
            guard entry.otherWatcher == nil else { return }
            // Most samples of a graph have no other label, and share the memory of this one.
            let own = [entry.graph.id]
            all.append(.lastSample, own, entry.observedAt.seconds)
            if entry.observedAt == at || keepsOthers && at - entry.observedAt <= longestRepetition {
                all.appendManagement(entry, own, projectID: projectID, tags)
                if let belief = belief(entry) { all.append(belief, own) }
            }
            all.appendDataPlane(entry, own, hasSizes: hasSizes)
            all.append(jobs, of: entry.graph.id)
        }
        for (path, isProved) in paths {
            all.append(.pathUp, [path.description], isProved ? 1 : 0)
        }
        return all.samples
    }

    private mutating func append(_ metric: GraphMetric, _ labelValues: [String], _ value: Double) {
        samples.append(GraphSample(metric: metric, labelValues: labelValues, value: value))
    }

    /// One sample per phase, zero included.
    private mutating func appendPhases(_ inventory: Inventory, projectID: String) {
        var counts: [ListedGraph.Phase: Int] = [:]
        inventory.forEachSorted { counts[$0.graph.status.phase, default: 0] += 1 }
        for phase in ListedGraph.Phase.allCases {
            append(.graphs, [projectID, phase.rawValue], Double(counts[phase] ?? 0))
        }
    }

    private mutating func appendManagement(
        _ entry: Inventory.Entry,
        _ own: [String],
        projectID: String,
        _ tags: [String]
    ) {
        let graph = entry.graph
        append(.info, [graph.id, graph.name, projectID, graph.version, graph.size], 1)
        for tag in tags {
            if let value = graph.tags[tag] { append(.tagInfo, [graph.id, tag, value], 1) }
        }
        append(.statusChange, own, entry.statusSince.seconds)
        if let code = Double(graph.status.code) { append(.statusCode, own, code) }
        guard let jobs = entry.jobs else { return }
        append(.jobsRunning, own, Double(jobs.count))
        if let oldest = jobs.compactMap(\.beganAt).min() {
            append(.oldestJobStart, own, oldest.seconds)
        }
    }

    private mutating func append(_ belief: Belief, _ own: [String]) {
        let id = own[0]
        append(.verdict, [id, belief.verdict.label], 1)
        if let isUp = belief.verdict.isUp { append(.graphUp, own, isUp ? 1 : 0) }
        for advance in belief.advances {
            append(.lastProgress, [id, advance.source.rawValue], advance.at.seconds)
        }
        for movement in belief.movements {
            let scope = movement.isOfOperation ? "operation" : "all"
            let labels = [id, movement.source.rawValue, scope]
            append(.progress, labels, movement.isAdvancing ? 1 : 0)
        }
        for source in belief.unreadable { append(.unreadable, [id, source.rawValue], 1) }
        append(belief.jobStarts, of: id)
    }

    /// The oldest job of each name. Few run at once; a service that names more does not fill the
    /// memory.
    private mutating func append(_ jobs: [(name: String, at: Timestamp)], of id: String) {
        let oldest = Dictionary(jobs.map { ($0.name, $0.at) }, uniquingKeysWith: min)
        let sorted = oldest.sorted { ($0.value, $0.key) < ($1.value, $1.key) }
        for (name, at) in sorted.prefix(Self.maximumJobNames) {
            append(.jobStart, [id, name], at.seconds)
        }
    }

    private static let maximumJobNames = 16

    private mutating func append(_ jobs: KnownJobs, of id: String) {
        for kind in JobKind.allCases {
            guard let durations = jobs.durations(kind, of: id) else { continue }
            let labels = [id, kind.rawValue]
            for (rank, quantile) in zip(JobDurations.rankTexts, durations.quantiles) {
                append(.jobDuration, labels + [rank], quantile.inSeconds)
            }
            append(.jobDurationSum, labels, durations.sum.inSeconds)
            append(.jobDurationCount, labels, Double(durations.count))
        }
    }

    private mutating func appendDataPlane(
        _ entry: Inventory.Entry,
        _ own: [String],
        hasSizes: Bool
    ) {
        guard let reading = entry.reading else { return }
        let id = entry.graph.id
        if let path = reading.path {
            let neighbourhood = reading.neighbourhood.map(\.description) ?? ""
            append(.pathInfo, [id, path.description, neighbourhood], 1)
        }
        for probe in reading.probes {
            append(.probeOutcome, [id, probe.kind, probe.answer.label], 1)
            let labels = [id, probe.kind]
            // An answer that does not tell has no value: neither is true.
            if probe.answer.isTelling {
                append(.probeSuccess, labels, probe.answer == .alive ? 1 : 0)
            }
            if let isConnected = probe.isConnected {
                append(.probeConnected, labels, isConnected ? 1 : 0)
            }
            if let duration = probe.duration {
                append(.probeDuration, labels, duration.inSeconds)
            }
        }
        if let tasks = reading.tasks { appendTasks(tasks, own) }
        if let queries = reading.queries { appendQueries(queries, own) }
        guard hasSizes else { return }
        appendSize(reading.size, of: reading.queries?.capacity, own)
        if let longest = reading.queries?.longestPendingSeconds {
            append(.queryPendingMax, own, longest)
        }
    }

    /// What the graph does not tell is absent: the database edition has no capacity.
    private mutating func appendSize(
        _ size: GraphReading.Size?,
        of capacity: GraphReading.Size?,
        _ own: [String]
    ) {
        let numbers = [
            (GraphMetric.vertices, size?.vertices), (.edges, size?.edges),
            (.vertexCapacity, capacity?.vertices), (.edgeCapacity, capacity?.edges),
        ]
        for case (let metric, let number?) in numbers { append(metric, own, Double(number)) }
        let uses = [
            (GraphMetric.vertexUsed, size?.vertices, capacity?.vertices),
            (.edgeUsed, size?.edges, capacity?.edges),
        ]
        for case (let metric, let number?, let room?) in uses where room > 0 {
            append(metric, own, Double(number) / Double(room))
        }
    }

    private mutating func appendTasks(
        _ tasks: [GraphReading.DataPlaneTask],
        _ own: [String]
    ) {
        for state in GraphReading.DataPlaneTask.State.allCases {
            append(.tasks, [own[0], state.rawValue], Double(tasks.count { $0.state == state }))
        }
        let oldest = tasks.first { $0.state == .running }
        if let progress = oldest?.progressRatio { append(.taskProgress, own, progress) }
    }

    private mutating func appendQueries(_ queries: GraphReading.Queries, _ own: [String]) {
        let lengths = [
            (GraphMetric.queriesRunning, "read", queries.readRunning),
            (.queriesRunning, "write", queries.writeRunning),
            (.queriesWaiting, "read", queries.readWaiting),
            (.queriesWaiting, "write", queries.writeWaiting),
        ]
        for case (let metric, let kind, let length?) in lengths {
            append(metric, [own[0], kind], Double(length))
        }
        if let longest = queries.longestRunningSeconds { append(.queryRunningMax, own, longest) }
    }
}
