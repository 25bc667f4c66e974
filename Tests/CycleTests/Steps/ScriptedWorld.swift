import CycleFixtures
import Remediation
import Series
import Time

@testable import Cycle

/// A cloud, a disk and two clocks around a cycle, all as values: `step` polls the graphs, passes
/// the input to the cycle, "writes" its output to disk and turns its effects into the reports of
/// the next step. Nothing waits, so a simulated day takes only its computing time.
struct ScriptedWorld {
    /// One graph of the cloud, as a poll shows it.
    struct Graph {
        /// Nil for one that its id gives.
        var name: String?
        var status = "200"
        var answers = true
        var probes = ["version"]
        /// What it tells of itself while it answers.
        var tasks: [GraphReading.DataPlaneTask]?
        var size: GraphReading.Size?
        /// What comes back instead of an answer.
        var silence = ReadingsFixture.silent
        /// The results of the next polls, one each; the last one stays.
        var upcoming: [(status: String, answers: Bool)] = []
    }

    /// The states of a graph after a POST: stopping, starting, and healthy again.
    static let recovery = [("901", false), ("920", false), ("920", false), ("200", true)]
    static let start = AlertFixture.start

    var cycle: Cycle
    var graphs: [String: Graph] = [:]
    /// Why the disk fails a write; nil if it succeeds.
    var refusal: @Sendable (ToDisk) -> String? = { _ in nil }
    /// Why the graphs cannot be listed; nil if they can.
    var listingFailure: ReadingFailure?
    /// How the management plane answers each poll.
    var answers: [ManagementAnswers] = []
    /// Graphs that the listing lacks, which is then not complete.
    var unlisted: Set<String> = []
    /// The order in which the cloud lists its graphs.
    var listingOrder: @Sendable ([String]) -> [String] = { $0.sorted() }
    /// The cloud's answer to a POST.
    var answer = RestartOutcome.accepted(jobID: "job-1")
    /// What a POST that is accepted leads to.
    var recovery = Self.recovery
    /// The running and waiting jobs.
    var jobs: [RunningJob] = []
    /// The jobs of the last day.
    var jobList: [FoundJob] = []
    /// Time since the start.
    private(set) var elapsed = Duration.zero
    /// How far the wall clock has been set since then.
    private(set) var clockOffset = Duration.zero
    /// The result of the last write.
    private(set) var disk: DiskOutcome?
    /// Everything that reached the disk.
    private(set) var written: [ToDisk] = []
    /// The graphs for which a restart was sent, in order.
    private(set) var posts: [String] = []
    /// Reports since the last step.
    private(set) var reports: [Report] = []
    /// One line per event.
    private(set) var events: [String] = []
    /// The same lines, with the time since the start in minutes and seconds.
    private(set) var transcript: [String] = []

    init(
        _ graphs: [String] = ["g"],
        rules: String = HangFixture.rules,
        settings change: (inout CycleSettings) throws -> Void = { _ in },
        memory: CycleMemory = HangFixture.memory()
    ) throws {
        for id in graphs { self.graphs[id] = Graph() }
        var settings = try Self.settings(rules)
        try change(&settings)
        cycle = Cycle(
            settings,
            from: memory,
            language: RuleLanguage(),
            at: ClockReading(bootID: "boot", elapsed: .zero, wall: Self.start),
            stopwatch: { .zero }
        )
    }

    static func settings(_ rules: String) throws -> CycleSettings {
        ReadingsFixture.settings(
            ruleFiles: [try HangFixture.ruleFile(rules)],
            graphs: [try HangFixture.entry()],
            policy: HangFixture.policy,
            webhook: AlertFixture.terms
        )
    }
}

// MARK: - Time

extension ScriptedWorld {
    var now: Timestamp { Self.start + elapsed + clockOffset }

    var clock: ClockReading { ClockReading(bootID: "boot", elapsed: elapsed, wall: now) }

    /// Sets the wall clock forward, or back if negative.
    mutating func setClock(by jump: Duration) {
        clockOffset += jump
    }

    /// Advances time and steps, on a fresh poll by default.
    @discardableResult
    mutating func step(
        after interval: Duration = .seconds(30),
        polls: Bool = true,
        _ change: (inout CycleInput) -> Void = { _ in }
    ) -> Ready {
        elapsed += interval
        var input = CycleInput(clock: clock)
        if polls { input.readings = poll() }
        input.reports = reports
        input.disk = disk
        reports = []
        change(&input)
        let ready = cycle.step(input)
        handle(ready)
        return ready
    }

    /// Ends the process and starts it again: only what is on disk survives.
    ///
    /// - Parameters:
    ///   - downtime: until the next start.
    ///   - keepsSamples: whether the samples are on disk.
    mutating func restartAgent(
        after downtime: Duration = .zero,
        keepsSamples: Bool = false,
        _ change: (inout CycleMemory) -> Void = { _ in }
    ) {
        cycle.noteSealedChunks()
        let samples = keepsSamples ? cycle.takeAllChunks() : []
        elapsed += downtime
        var memory = HangFixture.memory()
        memory.machine = cycle.machine.snapshot
        memory.alerts = written.last?.alerts ?? []
        memory.received = cycle.received.newestFirst
        memory.clock = written.last { $0.clock != nil }?.clock
        change(&memory)
        cycle = Cycle(
            cycle.settings,
            from: memory,
            language: RuleLanguage(),
            at: clock,
            stopwatch: { .zero }
        )
        let isOfUse = cycle.restorableSeries()
        for series in samples where isOfUse(series.labels) {
            cycle.restore([series.chunk], of: series.labels)
        }
        disk = nil
        reports = []
    }

    /// Steps on fresh polls until the time has passed or the condition holds.
    mutating func pass(
        _ duration: Duration,
        until isDone: (ScriptedWorld) -> Bool = { _ in false }
    ) {
        let end = elapsed + duration
        while elapsed < end, !isDone(self) { step() }
    }
}

// MARK: - The cloud

extension ScriptedWorld {
    /// The result of a poll that starts now.
    mutating func poll() -> Readings {
        for id in graphs.keys where graphs[id]?.upcoming.isEmpty == false {
            guard let next = graphs[id]?.upcoming.removeFirst() else { continue }
            graphs[id]?.status = next.status
            graphs[id]?.answers = next.answers
        }
        let sorted = graphs.sorted { $0.key < $1.key }
        let present = graphs.keys.filter { !unlisted.contains($0) }
        let listed = listingOrder(Array(present)).compactMap { id in
            graphs[id].map {
                ReadingsFixture.graph(id, name: $0.name ?? "name of \(id)", status: $0.status)
            }
        }
        var readings = Readings(
            at: now,
            began: elapsed,
            listing: listingFailure.map(Result.failure)
                ?? .success(Readings.Listing(graphs: listed, isComplete: unlisted.isEmpty)),
            jobs: .success(jobs),
            graphs: sorted.filter { $0.value.status == "200" }.map(Self.reading)
        )
        readings.answers = answers
        return readings
    }

    private static func reading(_ id: String, _ graph: Graph) -> GraphReading {
        let outcome = graph.answers ? ReadingsFixture.answered : graph.silence
        var reading = GraphReading(
            graphID: id,
            probes: graph.probes.map { GraphReading.Probe(kind: $0, outcome: outcome) }
        )
        reading.path = ReadingsFixture.path
        if graph.answers {
            reading.tasks = graph.tasks
            reading.size = graph.size
        }
        return reading
    }

    /// Performs the effects in the order that `Ready` prescribes.
    private mutating func handle(_ ready: Ready) {
        disk = refusal(ready.toDisk).map(DiskOutcome.refused) ?? .written
        let changes = ready.toDisk.changes
        if disk == .written {
            written.append(ready.toDisk)
            note(changes.intents.map { "disk: intent \($0.graphID)/\($0.attempt)" })
            note(changes.outcomes.map { "disk: outcome \($0.outcome.label)" })
            note(changes.endings.map { "disk: ending \($0.outcome)" })
        }
        // The self-test speaks once in every world, and has tests of its own.
        let log = ready.log.filter { !$0.message.hasPrefix("The self-test") }
        note(log.map { "log: \($0.event ?? $0.message)" })
        for effect in ready.anytime { perform(effect) }
        guard disk == .written else { return }
        for effect in ready.afterDisk { perform(effect) }
    }

    private mutating func perform(_ effect: Effect) {
        switch effect {
        case .restart(let intent), .cancelTask(let intent), .stop(let intent), .start(let intent):
            let id = intent.graphID.rawValue
            posts.append(id)
            note(["POST \(id)"])
            reports.append(.outcome(intentID: intent.id, answer, at: now))
            if case .accepted = answer { graphs[id]?.upcoming = recovery }
        case .followJob(let id, let jobID):
            let isOver = graphs[id.rawValue]?.upcoming.isEmpty ?? true
            note(["read job \(jobID)"])
            reports.append(.job(id, jobID: jobID, isOver ? .succeeded : .running))
        case .searchJobs(let intent):
            note(["search the jobs of \(intent.graphID)"])
            reports.append(.jobsFound(intentID: intent.id, []))
        case .collectEvidence(let id, _, _):
            note(["collect evidence about \(id)"])
            reports.append(.evidence(id, summary: "no tasks"))
        case .readJobList: reports.append(.jobList(jobList))
        case .answer(let orderID, _): note(["answer \(orderID)"])
        case .record: break
        }
    }

    private mutating func note(_ lines: [String]) {
        let seconds = elapsed.components.seconds
        let rest = seconds % 60
        let time = "\(seconds / 60):\(rest < 10 ? "0" : "")\(rest)"
        events += lines
        transcript += lines.map { "\(time) \($0)" }
    }
}

extension LogLine {
    /// The kind of the audit entry that the line is about; nil for any other line.
    var event: String? { fields.first { $0.key == "event" }?.value }
}
