import Diagnosis
import Remediation
import Time

/// One graph ("g", named "orders") in a fleet of twenty, a state machine, and a manual clock. All
/// effects are recorded in a readable transcript.
struct Incident {
    static let start = Timestamp(milliseconds: 1_795_428_000_000)  // 2026-11-23T10:00:00Z
    static let g = GraphID("g")

    var machine = Machine()
    var now = start
    var view: FleetView
    var requests: [RestartRequest] = []
    private(set) var transcript: [String] = []
    /// Whether the transcript shows the gates of each new decision.
    var writesGates = false
    private(set) var effects: [Effect] = []
    private var repeated: Set<Effect> = []

    /// All grace periods are over, so that every gate is open unless a test closes one.
    init(mode: Mode = .auto, change: (inout Policy) -> Void = { _ in }) {
        var policy = Policy()
        policy.mode = mode
        policy.evidenceTimeout = .zero
        policy.cooldownJitter = 0
        change(&policy)
        let others = (1...19).map { number in
            GraphView.settled(GraphID("other-\(number)"), name: "other", policy: policy)
        }
        let graph = GraphView.settled(Self.g, name: "orders", policy: policy)
        view = FleetView(
            graphs: Dictionary(uniqueKeysWithValues: (others + [graph]).map { ($0.id, $0) }),
            sightSince: Self.start - .seconds(86_400),
            freshness: .seconds(90)
        )
        answer(false)
    }

    static func request(
        _ id: GraphID = g,
        _ hangClass: HangClass = .unresponsive,
        activeFor duration: Duration = .seconds(900)
    ) -> RestartRequest {
        RestartRequest(
            graphID: id,
            hangClass: hangClass,
            alertname: "GraphHung",
            reason: "no answer for 15m",
            activeAt: start - duration
        )
    }

    subscript(id: GraphID) -> GraphView {
        get { view.graphs[id] ?? .settled(id, name: "?", policy: nil) }
        set { view.graphs[id] = newValue }
    }

    mutating func setPolicy(of id: GraphID = g, _ change: (inout Policy) -> Void) {
        var policy = self[id].policy ?? Policy()
        change(&policy)
        self[id].policy = policy
    }

    mutating func status(_ code: String, of id: GraphID = g) {
        if self[id].statusCode != code { self[id].statusSince = now }
        self[id].statusCode = code
        self[id].observedAt = now
    }

    mutating func answer(_ answered: Bool, from id: GraphID = g) {
        self[id].probe = ProbeView(answered: answered, at: now)
    }

    /// Advances the clock by one cycle: every graph is read and probed, then the machine decides.
    mutating func cycle(_ duration: Duration = .seconds(30), _ reports: Report...) {
        now = now + duration
        observe()
        step(reports)
    }

    mutating func observe() {
        view.graphs = view.graphs.mapValues { [now] graph in
            var graph = graph
            graph.observedAt = now
            graph.probe?.at = now
            return graph
        }
    }

    mutating func step(_ reports: [Report] = []) {
        let before = machine.decisions.mapValues(\.label)
        view = view.judged(at: now)
        effects = machine.step(requests: requests, reports: reports, view: view, at: now)
        for effect in effects where !repeated.contains(effect) {
            write(effect.line)
        }
        repeated = Set(effects.filter(\.isRepeated))
        let after = machine.decisions.mapValues(\.label)
        for id in Set(before.keys).union(after.keys).sorted() where before[id] != after[id] {
            write("\(id): \(after[id] ?? "idle")")
            if writesGates, ["hold", "restart"].contains(after[id]) {
                writeGates(of: id)
            }
        }
        machine.changesWereRecorded()
    }

    /// The closed gates of a hold; the open ones of a restart, without those that it closes itself.
    private mutating func writeGates(of id: GraphID) {
        let isRestart = machine.decisions[id]?.label == "restart"
        let findings = machine.explain(id, in: view, at: now).gates
        for finding in findings where finding.isOpen == isRestart {
            let state = finding.isOpen ? "open" : "closed"
            transcript.append("         \(state): \(finding.gate.rawValue): \(finding.sentence)")
        }
        guard !isRestart else { return }
        transcript.append("         open: \(findings.count(where: \.isOpen)) further gates")
    }

    mutating func write(_ line: String) {
        let time = now.description.dropFirst(11).dropLast()
        transcript.append("\(time) \(line)")
    }

    /// Restarts the agent: only the content of the snapshot survives.
    mutating func restartAgent(after duration: Duration) {
        now = now + duration
        machine = Machine(restoring: machine.snapshot, at: now)
        view.sightSince = now
        repeated = []
        write("the agent starts again")
    }

    /// Decides to restart, and reports the answer of GES in the next cycle.
    mutating func send(_ outcome: RestartOutcome) {
        if phase.intent == nil { cycle() }
        let id = phase.intent?.id ?? "none"
        cycle(.seconds(30), .outcome(intentID: id, outcome, at: now))
    }

    mutating func order(_ kind: Order.Kind, id: String = "o1") {
        cycle(.seconds(30), .order(Order(id: id, kind, by: "kim", reason: "on call")))
    }

    var text: String { transcript.joined(separator: "\n") }
    var decision: Decision { machine.decisions[Self.g] ?? .idle }
    var phase: Phase { machine.record(of: Self.g).phase }
    var intents: [Intent] { effects.compactMap(\.intent) }

    /// The answer to the first order of the last step.
    var answer: String? { answers.first?.description }

    var answers: [OrderAnswer] {
        effects.compactMap { effect in
            if case .answer(_, let answer) = effect { answer } else { nil }
        }
    }

    var labels: [String] {
        if case .hold(let reasons) = decision { reasons.map(\.label) } else { [] }
    }
}

extension GraphView {
    static func settled(_ id: GraphID, name: String, policy: Policy?) -> GraphView {
        var graph = GraphView(
            id: id,
            name: name,
            statusCode: "200",
            statusSince: Incident.start - .seconds(86_400),
            observedAt: Incident.start,
            verdict: .healthy,
            probe: ProbeView(answered: true, at: Incident.start),
            policy: policy
        )
        graph.jobs = []
        let usual = EndedJobs(count: 9, p99: .seconds(3600))
        graph.endedJobs = [.importing: usual, .exporting: usual, .clearing: usual]
        return graph
    }
}

extension Effect {
    var intent: Intent? {
        sentIntent
    }

    var audit: AuditEntry? {
        if case .record(let entry) = self { entry } else { nil }
    }

    fileprivate var line: String {
        switch self {
        case .collectEvidence(let id, let hangClass, let until):
            "-> collect evidence of \(id) (\(hangClass.rawValue)) until \(until)"
        case .restart(let intent): "-> RESTART \(intent.graphID), attempt \(intent.attempt)"
        case .cancelTask(let intent):
            "-> CANCEL task \(intent.task?.id ?? "-") of \(intent.graphID), attempt \(intent.attempt)"
        case .stop(let intent): "-> STOP \(intent.graphID), attempt \(intent.attempt)"
        case .start(let intent): "-> START \(intent.graphID), attempt \(intent.attempt)"
        case .followJob(let id, let jobID): "-> follow \(jobID) of \(id)"
        case .searchJobs(let intent): "-> search the job of \(intent.graphID)"
        case .readJobList(let since): "-> read the job list since \(since)"
        case .answer(let orderID, let answer): "-> answer \(orderID): \(answer)"
        case .record(let entry):
            "\(entry.graphID?.rawValue ?? "fleet") \(entry.kind.rawValue): \(entry.detail)"
        }
    }
}
