import Remediation
import TestSupport
import Time

/// The state machine and the simulated cloud: crashes, clock changes, a ledger that is written
/// between decision and action or fails, and the safety properties that must always hold. The cloud
/// keeps the true time; the agent's wall clock is wrong by `skew`.
struct Simulation {
    var cloud: SimulatedCloud
    var machine = Machine()
    /// The content of the disk.
    var disk = MachineSnapshot()
    var ledger = SimulatedLedger()
    var violations: [String] = []
    let policy: Policy
    private var sightSince: Timestamp?
    private var detectOnly: String?
    private var skew = Duration.zero
    /// The skew when the disk was last written.
    private var diskSkew = Duration.zero
    private var ledgerFails = false
    private var invariants = Invariants()
    private var orderCount = 0
    private(set) var ordered: Set<String> = []
    private(set) var acknowledged: [GraphID: Timestamp] = [:]
    private(set) var cleared: [GraphID: Timestamp] = [:]

    init(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var policy = Policy()
        policy.mode = .auto
        policy.startupGrace = random.seconds(0...600)
        policy.stateChangeGrace = random.seconds(0...300)
        policy.cooldown = random.seconds(600...3600)
        policy.maxConcurrent = Int.random(in: 1...3, using: &random)
        policy.evidenceTimeout = random.seconds(0...60)
        policy.restartTimeout = random.seconds(600...2700)
        policy.verify = Verification(
            probes: Int.random(in: 1...5, using: &random),
            within: .seconds(1200)
        )
        policy.breaker.soft.graphs = Int.random(in: 2...9, using: &random)
        policy.breaker.hard.graphs = policy.breaker.soft.graphs + 2
        policy.budget[0].count = Int.random(in: 1...4, using: &random)
        self.policy = policy
        var policies = [Policy](repeating: policy, count: Int.random(in: 1...8, using: &random))
        policies[0].mode = Mode.allCases.randomElement(using: &random) ?? .auto
        cloud = SimulatedCloud(seed: random.next(), policies: policies)
        sightSince = cloud.now
    }

    mutating func run(steps: Int) {
        for _ in 0..<steps {
            cloud.advance(by: cloud.random.seconds(10...240))
            changeSight()
            cycle(reports: cloud.drainInbox() + orders(), mayCrash: true)
        }
        settle()
    }

    /// Runs long enough without crashes for everything to complete: nothing may stay in progress.
    private mutating func settle() {
        detectOnly = "the test ends"
        ledgerFails = false
        cloud.isQuiet = true
        for _ in 0..<40 {
            cloud.advance(by: .seconds(180))
            sightSince = sightSince ?? cloud.now
            cycle(reports: cloud.drainInbox(), mayCrash: false)
        }
        for id in machine.inFlight {
            violations.append("\(id) is still \(machine.record(of: id).phase.label) at the end")
        }
        for intent in cloud.posted where !ledger.endings.contains(intent.id) {
            if case .stalled = machine.record(of: intent.graphID).phase { continue }
            violations.append("\(intent.id) has no outcome")
        }
    }

    private mutating func changeSight() {
        if cloud.random.chance(0.05) { sightSince = sightSince == nil ? cloud.now : nil }
        if cloud.random.chance(0.03) { detectOnly = detectOnly == nil ? "clock" : nil }
        if cloud.random.chance(ledgerFails ? 0.4 : 0.03) { ledgerFails.toggle() }
        if cloud.random.chance(0.02) {
            machine.shift(by: setClock())
            sightSince = cloud.now
        }
    }

    /// Returns the size of the jump.
    private mutating func setClock() -> Duration {
        let jump = cloud.random.seconds(-864_000...864_000)
        skew += jump
        return jump
    }

    private mutating func orders() -> [Report] {
        guard cloud.random.chance(0.05), let id = cloud.ids.randomElement(using: &cloud.random)
        else { return [] }
        let kinds: [Order.Kind] = [
            .approve(id), .reject(id), .acknowledge(id), .acknowledge(id, clearsAttempts: true),
            .restart(id), .restart(id, RestartTerms(overrides: Set(Override.named))),
            .pause(.graph(id), until: cloud.now + skew + .seconds(600)), .resume(.graph(id)),
            .pause(.fleet, until: cloud.now + skew + .seconds(600)), .resume(.fleet),
        ]
        guard let kind = kinds.randomElement(using: &cloud.random) else { return [] }
        orderCount += 1
        return [.order(Order(id: "o\(orderCount)", kind, by: "kim", reason: "test"))]
    }

    // MARK: - One cycle of the agent

    private mutating func cycle(reports: [Report], mayCrash: Bool) {
        let view = FleetView(
            graphs: cloud.observe(isBlind: sightSince == nil),
            sightSince: sightSince,
            freshness: .seconds(300),
            detectOnly: detectOnly ?? (ledgerFails ? "ledger" : nil)
        ).judged(at: cloud.now).shifted(by: skew)
        let requests = cloud.requests().map { $0.shifted(by: skew) }
        let reports = reports.map { $0.shifted(by: skew) }
        let wall = cloud.now + skew
        compareWithAnotherOrder(requests, reports, view)
        invariants.look(at: machine, view, requests)
        let effects = machine.step(
            requests: requests,
            reports: reports,
            view: view,
            at: wall
        )
        note(effects, reports)
        violations += SafetyProperties.violations(effects, machine, view, policy, at: wall)
        violations += invariants.violations(effects, reports, machine, at: cloud.now)
        if mayCrash, cloud.random.chance(0.01) { return crash() }
        perform(effects.map { $0.shifted(by: .zero - skew) })
        if mayCrash, cloud.random.chance(0.01) { crash() }
    }

    /// Nothing is sent that was not written.
    private mutating func perform(_ effects: [Effect]) {
        guard !ledgerFails else {
            for intent in effects.compactMap(\.intent) {
                let outcome = RestartOutcome.notSent(reason: "the ledger refuses")
                let report = Report.outcome(intentID: intent.id, outcome, at: cloud.now)
                cloud.inbox.append((cloud.now, report))
            }
            return cloud.perform(effects.filter { $0.intent == nil })
        }
        violations += ledger.write(machine.changes)
        disk = machine.snapshot
        diskSkew = skew
        if cloud.random.chance(0.1),
            ledger.records.values.sorted(by: { $0.id < $1.id }) != disk.records
        {
            violations.append("the changes do not add up to the snapshot")
        }
        machine.changesWereRecorded()
        for intent in effects.compactMap(\.intent) where ledger.intents[intent.id] == nil {
            violations.append("\(intent.id) is sent before it is on disk")
        }
        cloud.perform(effects)
    }

    /// Drops everything in the agent's memory, including answers in flight.
    private mutating func crash() {
        cloud.inbox = []
        cloud.advance(by: cloud.random.seconds(1...1800))
        if cloud.random.chance(0.3) { _ = setClock() }
        let jump = skew - diskSkew
        machine = Machine(restoring: disk, at: cloud.now + skew - jump)
        machine.shift(by: jump)
        sightSince = cloud.now
        invariants.forget()
    }

    /// Two reports about the same thing are ordered; all others are not.
    private mutating func compareWithAnotherOrder(
        _ requests: [RestartRequest],
        _ reports: [Report],
        _ view: FleetView
    ) {
        guard cloud.random.chance(0.1), Set(reports.map(\.subject)).count == reports.count else {
            return
        }
        var one = machine
        var other = machine
        let wall = cloud.now + skew
        let effects = one.step(requests: requests, reports: reports, view: view, at: wall)
        let otherEffects = other.step(
            requests: requests.shuffled(using: &cloud.random),
            reports: reports.shuffled(using: &cloud.random),
            view: view,
            at: wall
        )
        if effects != otherEffects || one.snapshot != other.snapshot {
            violations.append("the order of the inputs matters")
        }
    }

    private mutating func note(_ effects: [Effect], _ reports: [Report]) {
        for intent in effects.compactMap(\.intent) {
            if case .person = intent.source { ordered.insert(intent.id) }
        }
        for case .order(let order) in reports {
            guard case .acknowledge(let id, let clears) = order.kind else { continue }
            acknowledged[id] = cloud.now
            if clears { cleared[id] = cloud.now }
        }
    }
}

extension Effect {
    fileprivate func shifted(by jump: Duration) -> Effect {
        if case .restart(let intent) = self { return .restart(intent.shifted(by: jump)) }
        return self
    }
}

extension Report {
    fileprivate func shifted(by jump: Duration) -> Report {
        switch self {
        case .outcome(let intentID, let outcome, let at):
            return .outcome(intentID: intentID, outcome, at: at + jump)
        case .jobsFound(let intentID, let jobs, let isComplete):
            return .jobsFound(
                intentID: intentID,
                jobs.shifted(by: jump),
                isComplete: isComplete
            )
        case .jobList(let jobs): return .jobList(jobs.shifted(by: jump))
        case .partialJobList(let jobs, let shortfall):
            return .partialJobList(jobs.shifted(by: jump), shortfall)
        case .evidence, .job, .jobListFailed, .order: return self
        }
    }

    fileprivate var subject: String {
        switch self {
        case .outcome(let intentID, _, _): "outcome of \(intentID)"
        case .evidence(let id, _): "evidence of \(id)"
        case .job(let id, let jobID, _): "job \(jobID) of \(id)"
        case .jobsFound(let intentID, _, _): "jobs of \(intentID)"
        case .jobList, .partialJobList, .jobListFailed: "job list"
        case .order(let order): "order \(order.id)"
        }
    }
}

extension [FoundJob] {
    fileprivate func shifted(by jump: Duration) -> [FoundJob] {
        map { job in
            var job = job
            job.beganAt = job.beganAt + jump
            return job
        }
    }
}

/// The sum of the changes of all steps, with the constraints of the real ledger.
struct SimulatedLedger {
    var records: [GraphID: GraphRecord] = [:]
    var intents: [String: Intent] = [:]
    private var attempts: Set<String> = []
    private var outcomes: Set<String> = []
    private(set) var endings: Set<String> = []

    mutating func write(_ changes: Machine.Changes) -> [String] {
        var violations: [String] = []
        for record in changes.records { records[record.id] = record }
        for id in changes.removed { records[id] = nil }
        for intent in changes.intents {
            intents[intent.id] = intent
            if !attempts.insert("\(intent.graphID)/\(intent.attempt)").inserted {
                violations.append("attempt \(intent.attempt) of \(intent.graphID) twice")
            }
        }
        for outcome in changes.outcomes
        where intents[outcome.intentID] == nil || !outcomes.insert(outcome.intentID).inserted {
            violations.append("a second outcome, or one without an intent")
        }
        for ending in changes.endings
        where intents[ending.intentID] == nil || !endings.insert(ending.intentID).inserted {
            violations.append("a second ending, or one without an intent")
        }
        return violations
    }
}
