package import Cycle
import Diagnosis
import Remediation
import Time

/// One policy with its rules over one recording.
package struct Replay {
    package struct Options: Sendable {
        /// Of the file, for the report.
        package var name = ""
        package var settings: CycleSettings
        /// The console's word for a status, by its code.
        package var status: @Sendable (String) -> ListedGraph.Status
        /// Whether graphs that are well are left out while that changes no decision.
        package var leavesOutQuietGraphs = true
        /// Whether graphs in the modes `shadow` and `approve` are treated as in `auto`.
        package var supposesAuto = true

        package init(
            _ settings: CycleSettings,
            status: @escaping @Sendable (String) -> ListedGraph.Status
        ) {
            self.settings = settings
            self.status = status
        }
    }

    let recording: FleetRecording
    let options: Options
    private let interval: Duration
    private var cycle: Cycle
    private(set) var polls: RecordedPolls
    /// Nil to replay all graphs all the time.
    private(set) var activeGraphs: ActiveGraphs?
    private let placeOfGraph: [String: Int]
    private let hasPaths: Bool
    private var suppositions: [String: Supposition] = [:]
    private var reports: [Report] = []
    private(set) var journal = Journal()
    private var restarts: [FoundJob] = []
    private var durationsAt = Timestamp.distantPast
    private var steppedAt: Timestamp?
    /// Of the graphs that something was decided about.
    private var timelines: [Int: GraphTimeline] = [:]
    /// The agent counts as blind after this time at the earliest.
    private let shortestGap: Duration

    package init(_ recording: FleetRecording, _ options: Options) {
        self.recording = recording
        hasPaths = recording.has(.pathUp)
        self.options = options
        let settings = options.settings.replayed(recording, supposesAuto: options.supposesAuto)
        interval = settings.interval
        let policies = settings.graphs.map(\.policy) + [settings.defaultPolicy]
        shortestGap = min(
            settings.freshness,
            policies.map(\.diagnosis.gap).min() ?? settings.freshness
        )
        var memory = CycleMemory()
        memory.readsJobList = true
        let start = Timestamp(milliseconds: recording.times.first ?? 0)
        cycle = Cycle(
            settings,
            from: memory,
            language: RuleLanguage(),
            at: Self.clock(start, since: start),
            stopwatch: { .zero }
        )
        polls = RecordedPolls(recording, interval: interval, status: options.status)
        placeOfGraph = Dictionary(
            uniqueKeysWithValues: zip(recording.graphIDs, recording.graphIDs.indices)
        )
        if options.leavesOutQuietGraphs, settings.allowsQuietGraphsToBeLeftOut {
            let groups = recording.groups(settings)
            activeGraphs = ActiveGraphs(
                recording,
                before: settings.retention,
                after: settings.longestAlert
            ) { groups[$0] }
        }
    }

    private static func clock(_ now: Timestamp, since start: Timestamp) -> ClockReading {
        ClockReading(bootID: "recording", elapsed: now - start, wall: now)
    }

    private func input(at now: Timestamp) -> CycleInput {
        let start = Timestamp(milliseconds: recording.times.first ?? 0)
        var input = CycleInput(clock: Self.clock(now, since: start))
        for (graph, count) in activeGraphs?.standIns ?? [:] {
            input.standIns[GraphID(recording.graphIDs[graph])] = count
        }
        return input
    }

    /// Replays the recording from its begin to its end.
    package mutating func run() -> BacktestResult {
        for place in recording.times.indices { visit(place) }
        return result
    }

    private var result: BacktestResult {
        var result = BacktestResult(name: options.name, recording, interval: interval)
        result.decisions = journal.decisions
        result.holds = journal.holdCounts
        result.graphPolls = journal.polls * recording.graphIDs.count
        result.replayedGraphPolls = journal.graphPolls
        result.polls = journal.polls
        result.notes = notes
        return result
    }

    private mutating func visit(_ place: Int) {
        let now = Timestamp(milliseconds: recording.times[place])
        var readings: Readings
        if place > 0, recording.times[place] - recording.times[place - 1] > Self.shortestLoss {
            journal.gaps += 1
        }
        let pinned = pinned
        activeGraphs?.advance(to: place, pinned: pinned)
        switch polls.advance(to: place, activeGraphs?.current) {
        case .nothing: return
        case .poll(let began, let isListed, let isComplete):
            journal.polls += 1
            if isComplete, mayPassOver(now, pinned) { return }
            readings = self.readings(isListed, isComplete, began: min(began, now), now)
        case .failure(let at):
            journal.polls += 1
            journal.failures += 1
            readings = failedReadings(at: at)
        }
        steppedAt = now
        journal.graphPolls += polls.active.count
        let start = Timestamp(milliseconds: recording.times.first ?? 0)
        readings.began = max(.zero, readings.at - start)
        var input = input(at: now)
        input.readings = readings
        if polls.hasNewDurations || now - durationsAt >= Self.durationsInterval {
            durationsAt = now
            input.jobHistory = .read(polls.takeDurations())
        }
        if options.settings.readsCloudEye { input.delayed = delayed(at: now) }
        step(input, at: now)
        if !isQuiet(pinned) { evaluateBetweenPolls(after: place) }
    }

    /// Samples that are further apart were lost.
    private static let shortestLoss = GraphTimeline.longestGap.wholeMilliseconds

    /// Whether every graph is well, and has been and will be for as long as matters.
    private func isQuiet(_ pinned: Set<Int>) -> Bool {
        activeGraphs.map { $0.isQuiet && pinned.isEmpty } ?? false
    }

    /// Whether a poll of a quiet fleet can be left out: the agent must not take it for blindness.
    private func mayPassOver(_ now: Timestamp, _ pinned: Set<Int>) -> Bool {
        guard isQuiet(pinned), let steppedAt else { return false }
        return now - steppedAt + interval * 3 / 2 < shortestGap
    }

    /// The graphs with something in progress.
    private var pinned: Set<Int> {
        guard activeGraphs != nil else { return [] }
        let concerned = cycle.machine.concerned.map(\.rawValue)
        guard !concerned.isEmpty || !suppositions.isEmpty else { return [] }
        return Set((concerned + suppositions.keys).compactMap { placeOfGraph[$0] })
    }

    /// What the job list tells serves for three days.
    private static let durationsInterval = Duration.seconds(12 * 3600)

    private func delayed(at now: Timestamp) -> [DelayedSample] {
        polls.active.flatMap { place in
            let graph = polls.graphs[place]
            return graph.cloudEye.map {
                DelayedSample(graphID: graph.id, metric: $0.0, at: now, value: $0.1)
            }
        }
    }
}

// MARK: - Readings

extension Replay {
    private mutating func readings(
        _ isListed: [Bool],
        _ isComplete: Bool,
        began: Timestamp,
        _ now: Timestamp
    ) -> Readings {
        var listed: [ListedGraph] = []
        var graphs: [GraphReading] = []
        var jobs: [RunningJob] = []
        var hasJobs = false
        let canaries = hasPaths ? polls.pathsOfCanaries() : []
        listed.reserveCapacity(polls.active.count)
        graphs.reserveCapacity(polls.active.count)
        for (index, place) in polls.active.enumerated() {
            noteRestarts(of: polls.graphs[place], at: now)
            let graph = supposed(
                polls.graphs[place],
                isGone: isComplete && !isListed[index]
            )
            if isListed[index], let entry = graph.listed { listed.append(entry) }
            if let running = graph.jobs {
                hasJobs = true
                jobs += running
            }
            guard var reading = graph.reading else { continue }
            if let path = reading.path, canaries.contains(path) { reading.canary = "recorded" }
            graphs.append(reading)
        }
        return Readings(
            at: began,
            listing: .success(Readings.Listing(graphs: listed, isComplete: isComplete)),
            jobs: hasJobs || isComplete && listed.isEmpty
                ? .success(jobs) : .failure(Self.unlisted),
            graphs: graphs
        )
    }

    private static let unlisted = ReadingFailure(
        reason: "recording",
        text: "the recording shows that the jobs could not be listed"
    )

    private mutating func failedReadings(at: Timestamp) -> Readings {
        let failure = ReadingFailure(
            reason: "recording",
            text: "the recording shows that the graphs could not be listed"
        )
        var readings = readings(
            Array(repeating: false, count: polls.active.count),
            false,
            began: at,
            at
        )
        readings.listing = .failure(failure)
        readings.jobs = .failure(Self.unlisted)
        return readings
    }

    /// The graph as the agent would see it if its decisions had been carried out.
    private mutating func supposed(_ recorded: RecordedGraph, isGone: Bool) -> RecordedGraph {
        guard !suppositions.isEmpty, var supposition = suppositions[recorded.id] else {
            return recorded
        }
        guard !supposition.ends(with: recorded, isGone: isGone) else {
            suppositions[recorded.id] = nil
            return recorded
        }
        suppositions[recorded.id] = supposition
        return supposition.graph(recorded, options.status)
    }

    /// Restarts that the recording shows, for the job list.
    private mutating func noteRestarts(of graph: RecordedGraph, at now: Timestamp) {
        for job in graph.jobs ?? [] where job.name.lowercased().contains("start") {
            guard let beganAt = job.beganAt, !restarts.contains(where: { $0.id == job.id }) else {
                continue
            }
            restarts.append(
                FoundJob(
                    id: job.id,
                    name: job.name,
                    graphName: job.graphName ?? "",
                    beganAt: beganAt,
                    state: .running
                )
            )
        }
        if restarts.contains(where: { now - $0.beganAt > .seconds(86_400) }) {
            restarts.removeAll { now - $0.beganAt > .seconds(86_400) }
        }
    }
}

// MARK: - Steps

extension Replay {
    /// Steps, and steps again for what comes back of the effects, as the agent does.
    private mutating func step(_ first: CycleInput, at now: Timestamp) {
        var (input, now) = (first, now)
        for _ in 0..<Self.maximumFollowUps {
            input.reports = reports
            reports = []
            input.disk = journal.hasStepped ? .written : nil
            let ready = cycle.step(input)
            journal.note(ready, at: now)
            let hasNews = perform(ready.anytime + ready.afterDisk, at: now)
            guard hasNews else { return }
            now = now + Self.effectDuration
            input = self.input(at: now)
        }
    }

    private static let maximumFollowUps = 4
    /// How long the collection of evidence, or a request, takes.
    private static let effectDuration = Duration.seconds(1)

    /// Plays the part of the cloud. Returns whether an answer is worth a step of its own.
    private mutating func perform(_ effects: [Effect], at now: Timestamp) -> Bool {
        var hasNews = false
        for effect in effects {
            switch effect {
            case .collectEvidence(let id, _, _):
                reports.append(.evidence(id, summary: "nobody was asked: this is a backtest"))
                hasNews = true
            case .restart(let intent), .cancelTask(let intent), .stop(let intent),
                .start(let intent):
                let outcome = RestartOutcome.accepted(jobID: carryOut(intent, at: now))
                reports.append(.outcome(intentID: intent.id, outcome, at: now))
                hasNews = true
            case .followJob(let id, let jobID):
                let state = suppositions[id.rawValue]?.job(at: now) ?? .succeeded
                reports.append(.job(id, jobID: jobID, state))
            case .readJobList: reports.append(.jobList(restarts))
            case .searchJobs, .answer, .record: break
            }
        }
        return hasNews
    }

    /// Returns the job of the request; nil if the recording shows what became of it.
    private mutating func carryOut(_ intent: Intent, at now: Timestamp) -> String? {
        let id = intent.graphID.rawValue
        if let graph = placeOfGraph[id] {
            let timeline =
                timelines[graph] ?? GraphTimeline(recording, graph: graph, status: options.status)
            timelines[graph] = timeline
            if let restart = timeline.restart(after: now - .seconds(2)),
                restart - now <= Supposition.coincidence
            {
                journal.noteCoincidence(intent.id)
                return nil
            }
        }
        suppositions[id] = Supposition(intent, at: now)
        return intent.action == .cancel ? nil : "supposed \(intent.attempt)"
    }

    /// Rules that are due between two polls. The agent waits for a poll that is about to end.
    private mutating func evaluateBetweenPolls(after place: Int) {
        let now = Timestamp(milliseconds: recording.times[place])
        guard let next = nextPoll(after: place) else { return }
        guard next - now <= interval * 3 else { return }
        var before = now
        while let due = cycle.nextEvaluation, due > before, next - due > Self.patience {
            step(input(at: due), at: due)
            before = due
        }
    }

    /// When the recording may show the next poll: a scrape can show one that is known.
    private func nextPoll(after place: Int) -> Timestamp? {
        let soonest = recording.times[place] + interval.wholeMilliseconds * 3 / 4
        let next = recording.times.indices.dropFirst(place + 1).first { next in
            recording.usualPolls[next] != recording.usualPolls[place]
                || recording.times[next] >= soonest
        }
        return next.map { Timestamp(milliseconds: recording.times[$0]) }
    }

    /// How long a due evaluation waits for samples.
    private static let patience = Duration.seconds(15)
}
