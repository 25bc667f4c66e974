import Diagnosis
import Remediation
import TestSupport
import Time

/// A cloud that hangs, lags, misreports and loses answers, in virtual time.
struct SimulatedCloud {
    struct Graph {
        var status = "200"
        var isHung = false
        var settlesAt: Timestamp?
        /// What the agent last read.
        var seen: GraphView
    }

    struct Landing: Hashable {
        let intent: Intent
        let at: Timestamp
    }

    struct Job {
        let id: String
        let graphID: GraphID
        let beganAt: Timestamp
        var state: JobState
    }

    var random: SeededRandom
    var now: Timestamp
    /// No new faults occur.
    var isQuiet = false
    var graphs: [GraphID: Graph] = [:]
    var jobs: [Job] = []
    var scheduled: [Landing] = []
    /// Everything that was sent or carried out.
    var posted: [Intent] = []
    var landed: [Landing] = []
    /// Sent, and certain not to have been carried out.
    var harmless: Set<String> = []
    var inbox: [(due: Timestamp, report: Report)] = []

    init(seed: UInt64, policies: [Policy]) {
        random = SeededRandom(seed: seed)
        now = Incident.start
        for (index, policy) in policies.enumerated() {
            let id = GraphID("g\(index)")
            graphs[id] = Graph(seen: .settled(id, name: "graph \(index)", policy: policy))
        }
    }

    var ids: [GraphID] { graphs.keys.sorted() }

    // MARK: - Time

    mutating func advance(by duration: Duration) {
        now = now + duration
        for landing in scheduled where landing.at <= now { land(landing) }
        scheduled.removeAll { $0.at <= now }
        for id in ids { advance(id) }
    }

    private mutating func advance(_ id: GraphID) {
        guard var graph = graphs[id] else { return }
        if let settlesAt = graph.settlesAt, now >= settlesAt {
            let isDead = random.chance(0.05)
            graph.status = isDead ? ["300", "900"].randomElement(using: &random) ?? "300" : "200"
            graph.isHung = random.chance(0.3)
            graph.settlesAt = nil
            finishJobs(of: id, failed: isDead)
        } else if graph.settlesAt == nil, !isQuiet {
            stir(&graph)
        }
        graphs[id] = graph
    }

    private mutating func stir(_ graph: inout Graph) {
        if random.chance(0.02) { graph.isHung.toggle() }
        guard random.chance(0.02) else { return }
        let codes = ["200", "200", "202", "204", "205", "201", "300", "900"]
        graph.status = codes.randomElement(using: &random) ?? "200"
        if random.chance(0.3) {
            graph.status = "901"
            graph.settlesAt = now + random.seconds(30...600)
        }
    }

    private mutating func land(_ landing: Landing) {
        landed.append(landing)
        graphs[landing.intent.graphID]?.status = "901"
        graphs[landing.intent.graphID]?.settlesAt = landing.at + random.seconds(30...1500)
        jobs.append(
            Job(
                id: "job-\(landed.count)",
                graphID: landing.intent.graphID,
                beganAt: landing.at,
                state: .running
            )
        )
    }

    private mutating func finishJobs(of id: GraphID, failed: Bool) {
        for index in jobs.indices where jobs[index].graphID == id && jobs[index].state == .running {
            jobs[index].state = failed ? .failed(reason: "no capacity") : .succeeded
        }
    }

    // MARK: - The agent's observations

    /// Reads each graph, unless the read fails; some probes are wrong.
    mutating func observe(isBlind: Bool) -> [GraphID: GraphView] {
        guard !isBlind else { return graphs.mapValues(\.seen) }
        for id in ids {
            guard var graph = graphs[id], !random.chance(0.1) else { continue }
            if graph.seen.statusCode != graph.status { graph.seen.statusSince = now }
            graph.seen.statusCode = graph.status
            graph.seen.observedAt = now
            let answers = graph.status == "200" && !graph.isHung
            graph.seen.probe = ProbeView(
                answered: !isQuiet && random.chance(0.05) ? !answers : answers,
                at: now
            )
            graphs[id] = graph
        }
        return graphs.mapValues(\.seen)
    }

    mutating func requests() -> [RestartRequest] {
        ids.compactMap { id in
            guard let graph = graphs[id], let hangClass = HangClass(statusCode: graph.status),
                graph.isHung != random.chance(0.02)
            else { return nil }
            return Incident.request(id, hangClass)
        }
    }

    mutating func drainInbox() -> [Report] {
        let due = inbox.filter { $0.due <= now }
        inbox.removeAll { $0.due <= now }
        return due.map(\.report)
    }

    // MARK: - The performer

    mutating func perform(_ effects: [Effect]) {
        for effect in effects {
            switch effect {
            case .restart(let intent): post(intent)
            case .collectEvidence(let id, _, _):
                if random.chance(0.7) { report(.evidence(id, summary: "evidence")) }
            case .followJob(let id, let jobID): follow(id, jobID)
            case .searchJobs(let intent): search(intent)
            case .readJobList: readJobList()
            case .answer, .record, .cancelTask, .stop, .start: break
            }
        }
    }

    /// Fails now and then, and shows no restart of the time before the start.
    private mutating func readJobList() {
        if random.chance(0.2) {
            report(.jobListFailed("reset", isRefusal: random.chance(0.1)))
        } else {
            report(random.chance(0.2) ? .partialJobList([], "one is missing") : .jobList([]))
        }
    }

    private mutating func report(_ report: Report) {
        inbox.append((now + random.seconds(0...90), report))
    }

    private mutating func post(_ intent: Intent) {
        posted.append(intent)
        let graph = graphs[intent.graphID]
        let verdict = intent.preflight(
            statusCode: graph?.status ?? "",
            name: graph?.seen.name ?? "",
            at: now
        )
        guard verdict == .send else {
            harmless.insert(intent.id)
            return answer(intent, .notSent(reason: "\(verdict)"))
        }
        switch Int.random(in: 0..<10, using: &random) {
        case 0: refuse(intent, .refused(code: "GES.7016", message: "invalid"), isHarmless: true)
        case 1: refuse(intent, .throttled(retryAfter: random.seconds(0...600)), isHarmless: true)
        case 2:
            refuse(intent, .unauthorised(code: "APIGW.0301", message: "token"), isHarmless: true)
        case 3: refuse(intent, .notSent(reason: "connect"), isHarmless: true)
        case 4: loseAnswer(of: intent)
        default:
            let landing = Landing(intent: intent, at: now)
            land(landing)
            answer(intent, .accepted(jobID: random.chance(0.6) ? jobs.last?.id : nil))
        }
    }

    private mutating func refuse(_ intent: Intent, _ outcome: RestartOutcome, isHarmless: Bool) {
        if isHarmless { harmless.insert(intent.id) }
        answer(intent, outcome)
    }

    /// It is carried out at once, up to ten minutes later, or never; the performer may never
    /// report.
    private mutating func loseAnswer(of intent: Intent) {
        if random.chance(0.6) {
            scheduled.append(Landing(intent: intent, at: now + random.seconds(1...600)))
        }
        if random.chance(0.7) { answer(intent, .unknown(reason: "reset")) }
    }

    private mutating func answer(_ intent: Intent, _ outcome: RestartOutcome) {
        report(.outcome(intentID: intent.id, outcome, at: now))
    }

    private mutating func follow(_ id: GraphID, _ jobID: String) {
        guard random.chance(0.8), let job = jobs.first(where: { $0.id == jobID }) else { return }
        report(.job(id, jobID: jobID, random.chance(0.05) ? .notFound : job.state))
    }

    private mutating func search(_ intent: Intent) {
        guard random.chance(0.7) else { return }
        let found = jobs.filter { $0.graphID == intent.graphID }.map { job in
            FoundJob(
                id: job.id,
                name: "RestartGraph",
                graphName: intent.graphName,
                beganAt: job.beganAt,
                state: job.state
            )
        }
        report(.jobsFound(intentID: intent.id, found))
    }
}
