import Cycle
import Diagnosis
import Time

/// What a recording says of one graph at one time.
struct RecordedGraph {
    var id: String
    /// Nil if it has no `ges_graph_info`.
    var listed: ListedGraph?
    var reading: GraphReading?
    /// Nil if the jobs could not be listed.
    var jobs: [RunningJob]?
    var durations: [JobKind: JobDurations] = [:]
    /// What Cloud Eye told, by metric.
    var cloudEye: [(GraphMetric, Double)] = []

    /// Whether every probe that tells was answered; nil if none tells.
    var isAnswering: Bool? {
        let words = (reading?.probes ?? []).map(\.answer).filter(\.isTelling)
        return words.isEmpty ? nil : words.allSatisfy { $0 == .alive }
    }

    /// Whether its work was seen to advance.
    var isAdvancing: Bool {
        guard let told = reading?.told else { return false }
        return [told.tasks, told.queries, told.jobs].contains { $0.word == .advancing }
    }

    /// Whether the work of the operation that its status shows advanced.
    var operationWord: Word {
        guard let told = reading?.told else { return .cannotTell }
        let words = [told.tasks, told.jobs].map(\.operation)
        if words.contains(.advancing) { return .advancing }
        return words.contains(.still) ? .still : .cannotTell
    }

    /// Whether it starts, or a job starts or restarts it.
    var isStarting: Bool {
        guard let listed else { return false }
        return listed.status.code == "920"
            || (jobs ?? []).contains { $0.name.lowercased().contains("start") }
    }

    /// Whether somebody restarts, stops or starts it.
    var isRestarting: Bool {
        isStarting || ["900", "901"].contains(listed?.status.code)
    }
}

/// Collects the values of the series of one graph.
struct RecordedGraphBuilder {
    private let id: String
    private let status: (String) -> ListedGraph.Status
    private var info: [String]?
    private var tags: [String: String] = [:]
    private var code: String?
    private var path: (path: Path, neighbourhood: Path?)?
    private var outcomes: [String: String] = [:]
    private var connected: [String: Bool] = [:]
    private var probeSeconds: [String: Double] = [:]
    private var told = ToldProgress()
    private var unreadable: Set<String> = []
    private var tasks: [String: Double] = [:]
    private var taskProgress: Double?
    private var queries: GraphReading.Queries?
    private var jobCount: Double?
    private var jobStarts: [(String, Timestamp)] = []
    private var oldestJob: Timestamp?
    private var jobSums: [String: Double] = [:]
    private var jobCounts: [String: Double] = [:]
    private var jobQuantiles: [String: [String: Double]] = [:]
    private var cloudEye: [(GraphMetric, Double)] = []

    init(id: String, status: @escaping (String) -> ListedGraph.Status) {
        self.id = id
        self.status = status
    }

    mutating func add(_ metric: GraphMetric, _ labels: [String], _ value: Double) {
        switch metric {
        case .info: info = labels
        case .tagInfo: tags[labels[0]] = labels[1]
        case .statusCode: code = Int64(exactly: value).map { "\($0)" }
        case .pathInfo:
            if let way = Path(description: labels[0]) {
                path = (way, Path(description: labels[1]))
            }
        case .probeOutcome: outcomes[labels[0]] = labels[1]
        case .probeConnected: connected[labels[0]] = value > 0
        case .probeDuration: probeSeconds[labels[0]] = value
        case .progress: note(progress: value > 0, of: labels[0], labels[1])
        case .lastProgress: note(advance: Timestamp(seconds: value), of: labels[0])
        case .unreadable: unreadable.insert(labels[0])
        default: addCounts(metric, labels, value)
        }
    }

    private mutating func addCounts(_ metric: GraphMetric, _ labels: [String], _ value: Double) {
        switch metric {
        case .tasks: tasks[labels[0]] = value
        case .taskProgress: taskProgress = value
        case .queriesRunning, .queriesWaiting, .queryRunningMax: add(query: metric, labels, value)
        case .jobsRunning: jobCount = value
        case .jobStart: jobStarts.append((labels[0], Timestamp(seconds: value)))
        case .oldestJobStart: oldestJob = Timestamp(seconds: value)
        case .jobDuration: jobQuantiles[labels[0], default: [:]][labels[1]] = value
        case .jobDurationSum: jobSums[labels[0]] = value
        case .jobDurationCount: jobCounts[labels[0]] = value
        default: if metric.cloudEye != nil { cloudEye.append((metric, value)) }
        }
    }

    private mutating func note(progress isAdvancing: Bool, of source: String, _ scope: String) {
        guard let path = Self.sign(source) else { return }
        let word = isAdvancing ? Word.advancing : .still
        if scope == "operation" {
            told[keyPath: path].operation = word
        } else {
            told[keyPath: path].word = word
        }
    }

    private mutating func note(advance at: Timestamp, of source: String) {
        guard let path = Self.sign(source) else { return }
        told[keyPath: path].advancedAt = at
    }

    private static func sign(_ source: String) -> WritableKeyPath<ToldProgress, ToldProgress.Sign>?
    {
        switch Diagnosis.Advance.Source(rawValue: source) {
        case .tasks: \.tasks
        case .queries: \.queries
        case .jobs: \.jobs
        case nil: nil
        }
    }

    private mutating func add(query metric: GraphMetric, _ labels: [String], _ value: Double) {
        var all = queries ?? GraphReading.Queries()
        let count = Int64(exactly: value.rounded())
        switch (metric, labels.first) {
        case (.queriesRunning, "read"): all.readRunning = count
        case (.queriesRunning, "write"): all.writeRunning = count
        case (.queriesWaiting, "read"): all.readWaiting = count
        case (.queriesWaiting, "write"): all.writeWaiting = count
        case (.queryRunningMax, _): all.longestRunningSeconds = value
        default: break
        }
        queries = all
    }
}

extension RecordedGraphBuilder {
    var graph: RecordedGraph {
        var graph = RecordedGraph(id: id)
        if let info, info.count >= 4 {
            graph.listed = ListedGraph(
                id: id,
                name: info[0],
                status: status(code ?? ""),
                tags: tags,
                version: info[2],
                size: info[3]
            )
            graph.jobs = jobs(of: info[0])
        }
        graph.reading = reading
        graph.durations = durations
        graph.cloudEye = cloudEye
        return graph
    }

    private var reading: GraphReading {
        var reading = GraphReading(graphID: id)
        reading.told = told
        reading.path = path?.path
        reading.neighbourhood = path?.neighbourhood
        reading.probes = outcomes.sorted { $0.key < $1.key }.compactMap { kind, outcome in
            GraphReading.Probe(
                recorded: kind,
                outcome: outcome,
                // A version that tells paths tells only what its answer does not.
                isConnected: connected[kind] ?? (outcome == "alive" && path != nil ? true : nil),
                duration: probeSeconds[kind].map { .milliseconds(Int64($0 * 1000)) }
            )
        }
        reading.tasks = tasks.isEmpty ? nil : listedTasks
        reading.queries = queries.map { queries in
            var queries = queries
            let count = (queries.readRunning ?? 0) + (queries.writeRunning ?? 0)
            if count > 0 || queries.longestRunningSeconds ?? 0 > 0 {
                // Only whether any runs counts: what they do is told.
                queries.running = [GraphReading.Queries.Running(id: "recorded", progressRatio: nil)]
            }
            return queries
        }
        if unreadable.contains("tasks") { reading.obscuredTasks = .tooLarge }
        if unreadable.contains("queries") { reading.obscuredQueries = .tooLarge }
        return reading
    }

    private static let maximumListed = 1_000

    private var listedTasks: [GraphReading.DataPlaneTask] {
        GraphReading.DataPlaneTask.State.allCases.reversed().flatMap { state in
            (0..<min(Self.maximumListed, Int(tasks[state.rawValue] ?? 0))).map { number in
                GraphReading.DataPlaneTask(
                    id: "\(state.rawValue) \(number)",
                    state: state,
                    progressRatio: state == .running && number == 0 ? taskProgress : nil
                )
            }
        }
    }

    /// Jobs have no ids in a recording: their names and begins tell them apart.
    private func jobs(of name: String) -> [RunningJob]? {
        guard let jobCount else { return nil }
        var jobs = jobStarts.sorted { $0.0 < $1.0 }.map { job, beganAt in
            RunningJob(
                id: "\(job) \(beganAt.milliseconds)",
                name: job,
                graphName: name,
                beganAt: beganAt,
                isCounted: false
            )
        }
        for number in 0..<max(0, min(Self.maximumListed, Int(jobCount)) - jobs.count) {
            jobs.append(
                RunningJob(
                    id: "unnamed \(number)",
                    name: jobStarts.first?.0 ?? "",
                    graphName: name,
                    beganAt: jobStarts.first?.1 ?? oldestJob,
                    isCounted: false
                )
            )
        }
        return jobs
    }

    private var durations: [JobKind: JobDurations] {
        var all: [JobKind: JobDurations] = [:]
        for (operation, count) in jobCounts {
            guard let kind = JobKind(rawValue: operation), count >= 1, count < 1e9 else { continue }
            let quantiles = (jobQuantiles[operation] ?? [:]).compactMap { rank, value in
                Double(rank).map { ($0, value) }
            }
            all[kind] = JobDurations(
                count: Int(count),
                sum: .milliseconds(Int64((jobSums[operation] ?? 0) * 1000)),
                quantiles: quantiles.sorted { $0.0 < $1.0 }
                    .map { .milliseconds(Int64($0.1 * 1000)) }
            )
        }
        return all
    }
}
