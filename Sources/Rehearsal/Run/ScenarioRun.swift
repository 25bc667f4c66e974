import API
import Configuration
import Cycle
import GESSimulator
import InProcessCloud
import Remediation
import Series
import StrictYAML
import Time
import VirtualTime

/// One scenario with one seed.
package struct ScenarioRun: Sendable {
    let scenario: Scenario
    let seed: UInt64
    let options: RehearsalOptions

    package init(_ scenario: Scenario, seed: UInt64, options: RehearsalOptions) {
        self.scenario = scenario
        self.seed = seed
        self.options = options
    }

    /// Returns what happened; a run that cannot complete has a problem.
    package func outcome() -> ScenarioOutcome {
        do {
            return try run()
        } catch {
            var outcome = ScenarioOutcome(seed: seed)
            outcome.problems = ["\(error)"]
            return outcome
        }
    }

    private func run() throws -> ScenarioOutcome {
        var variation = SeedVariation(seed: seed)
        let graphs = variation.graphs(of: scenario.fleet)
        let timeline = variation.timeline(of: scenario)
        let configuration = ScenarioConfiguration(options: options, file: scenario.file)
        let loaded = try configuration.load(scenario.configuration, rules: scenario.rules)
        var settings = SimulationSettings()
        settings.seed = seed
        settings.graphs = 0
        settings.latencies = variation.latencies
        settings.readsValues = true
        settings.configuration = { loaded }
        settings.agents = scenario.agents
        if let agents = options.dividingAgents {
            settings.agents = agents
            settings.sharesLedger = true
            settings.dividesWatch = true
        }
        settings.credential = scenario.credential
        settings.omitted = options.omitted
        return try Simulation.run(
            settings,
            prepare: { cloud, now in
                _ = cloud.createGraphs(graphs, at: now)
            },
            { [settings] world in
                let recorder = options.records ? RunRecorder() : nil
                if let recorder { world.agent.board.observe { recorder.note($0) } }
                var course = ScenarioCourse(self, world, settings, configuration, timeline)
                try await course.play()
                var outcome = course.outcome
                if let recorder {
                    outcome.recording = recorder.text
                    outcome.decisions = world.agent.intents.all.map(ScenarioOutcome.Decision.init)
                    outcome.configuration = loaded
                }
                outcome.warnings = loaded.warnings.map { "\($0)" }
                return outcome
            }
        )
    }
}

/// A scenario while it runs.
struct ScenarioCourse {
    let scenario: Scenario
    let world: Simulation
    private(set) var settings: SimulationSettings
    private let configuration: ScenarioConfiguration
    private var events: ArraySlice<(time: Duration, event: Scenario.Event)>
    /// When the first event about each graph happened, by name.
    private var firstEvents: [String: Duration] = [:]
    private var narrator: Narrator?
    private(set) var outcome: ScenarioOutcome
    /// Of every graph that existed when an event happened, by id.
    private var names: [String: String] = [:]
    /// Checks that failed already: one problem each.
    private var failedChecks: Set<Int> = []

    /// How often checks and the narration look.
    private static let step = Duration.seconds(10)

    init(
        _ run: ScenarioRun,
        _ world: Simulation,
        _ settings: SimulationSettings,
        _ configuration: ScenarioConfiguration,
        _ timeline: [(time: Duration, event: Scenario.Event)]
    ) {
        scenario = run.scenario
        self.world = world
        self.settings = settings
        self.configuration = configuration
        events = timeline[...]
        outcome = ScenarioOutcome(seed: run.seed)
        narrator = run.options.narrates ? Narrator() : nil
    }

    private var now: Duration { world.time.now }

    mutating func play() async throws {
        while now < scenario.duration {
            let next = min(
                events.first?.time ?? scenario.duration,
                now + (watchesClosely ? Self.step : .seconds(60)),
                nextCheck ?? scenario.duration,
                scenario.duration
            )
            if next > now { try await world.pass(next - now) }
            while let (time, event) = events.first, time <= now {
                events.removeFirst()
                try await perform(event)
            }
            check()
            narrator?.look(at: world)
        }
        checkRestarts()
        if scenario.isLabelled { checkActions() }
        outcome.narration = narrator?.lines ?? []
    }

    private var watchesClosely: Bool {
        narrator != nil || scenario.checks.contains { $0.time.contains(now) }
    }

    private var nextCheck: Duration? {
        scenario.checks.map(\.time.lowerBound).filter { $0 > now }.min()
    }

    // MARK: Events

    private mutating func perform(_ event: Scenario.Event) async throws {
        let time = now
        collectNames()
        narrator?.say("cloud", event.text, at: time)
        switch event.action {
        case .control(_, let subjects, _):
            note(subjects)
            let problem = world.cloud.withCloud { cloud, now in
                cloud.perform(event.action, at: now)
            }
            if let problem {
                outcome.problems.append("line \(event.mark.line): \(event.text): \(problem)")
            }
        case .agent(let action): try await perform(action)
        }
    }

    private mutating func collectNames() {
        let graphs = world.cloud.withCloud { cloud, _ in cloud.graphs.map { ($0.id, $0.name) } }
        for (id, name) in graphs { names[id] = name }
    }

    private mutating func note(_ subjects: Scenario.Subjects) {
        let names: [String] =
            switch subjects {
            case .none: []
            case .all: scenario.graphNames
            case .named(let names): names
            }
        for name in names where firstEvents[name] == nil { firstEvents[name] = now }
    }

    private mutating func perform(_ action: Scenario.AgentAction) async throws {
        switch action {
        case .stop: await world.stopAgent()
        case .start: world.startAgent()
        case .restart: await world.restartAgent()
        case .kill: await world.killAgent()
        case .loseLedger: try world.loseLedger()
        case .backUpLedger: try world.backUpLedger()
        case .restoreLedger: try world.restoreLedger()
        case .reload(let overlay, let rules):
            let loaded = try configuration.load(
                overlay ?? scenario.configuration,
                rules: rules ?? scenario.rules
            )
            settings.configuration = { loaded }
            try await world.reload(settings)
        case .alert(let text): await send(text)
        case .wallClock(let jump): world.time.moveWall(by: jump)
        case .changePassword(let password): world.changePassword(to: password)
        case .pause(let graph, let duration):
            world.pause(graph.flatMap(id), for: duration)
        case .order(let text): give(text)
        case .failEffect(let effect, let failure): world.fail(effect: effect, failure)
        case .suspend(let duration): world.suspend(for: duration)
        }
    }

    private func give(_ text: Scenario.OrderText) {
        let id = text.graph.flatMap(id).map { GraphID($0) }
        switch (text.verb, id) {
        case (.resume, nil): world.order(.resume(.fleet))
        case (.resume, let id?): world.order(.resume(.graph(id)))
        case (.approve, let id?): world.order(.approve(id))
        case (.reject, let id?): world.order(.reject(id))
        case (.acknowledge, let id?): world.order(.acknowledge(id))
        case (.restart, let id?):
            world.order(.restart(id, RestartTerms(overrides: text.overrides)))
        case (_, nil): break
        }
    }

    private func send(_ text: Scenario.AlertText) async {
        guard let id = id(text.graph) else { return }
        let alert = IncomingAlert(
            labels: Labels([
                "alertname": text.name, "graph_id": id, "remediate": "restart", "hang": text.hang,
            ]),
            summary: text.name,
            startsAt: Timestamp(milliseconds: world.time.wallMilliseconds),
            fingerprint: "\(text.name)-\(id)",
            status: text.isResolved ? .resolved : .firing(until: nil)
        )
        // A refusal asks the sender to send it again later, which the scenario does or does not.
        _ = try? await world.receive([alert])
    }

    /// Of a graph that was deleted too: there may still be alerts about it.
    private func id(_ name: String) -> String? {
        world.cloud.withCloud { cloud, _ in cloud.graphs.first { $0.name == name }?.id }
            ?? names.first { $0.value == name }?.key
    }

    // MARK: Expectations

    private mutating func check() {
        for (index, check) in scenario.checks.enumerated()
        where check.time.contains(now) && !failedChecks.contains(index) {
            for problem in CheckResult(check, world, graphID: check.graph.flatMap(id)).problems {
                failedChecks.insert(index)
                outcome.problems.append("at \(now.clock), line \(check.mark.line): \(problem)")
            }
        }
    }

    private mutating func checkRestarts() {
        collectNames()
        let (times, start) = world.cloud.withCloud { [time = world.time] cloud, now in
            (cloud.log.restartTimes, now - time.now)
        }
        var sent: [String: [Duration]] = [:]
        for (id, time) in times { sent[names[id] ?? id, default: []].append(time - start) }
        outcome.posts = sent
        outcome.awaitsFailure = world.awaitsFailure
        outcome.wrongRestarts = world.cloud.withCloud { cloud, _ in
            cloud.log.restarts.values.reduce(0) { $0 + $1.ofWorkingGraph }
        }
        guard scenario.isLabelled else { return }
        for expectation in scenario.restarts {
            let times = sent.removeValue(forKey: expectation.graph) ?? []
            outcome.problems += expectation.problems(times)
            if let first = times.first {
                outcome.delays.append(first - (firstEvents[expectation.graph] ?? .zero))
            }
        }
        for (name, times) in sent.sorted(by: { $0.key < $1.key }) {
            let list = times.map(\.clock).joined(separator: ", ")
            outcome.problems.append("\(name): restarted at \(list), expected never")
        }
    }
}

extension ScenarioCourse {
    /// Requests that end tasks, stop or start graphs.
    private mutating func checkActions() {
        let received = world.cloud.withCloud { cloud, _ in cloud.log.otherActions }
        let expected = Dictionary(grouping: scenario.actions, by: \.graph)
        for name in Set(names.values).sorted() {
            let ofGraph = received.filter { names[$0.graphID] == name }
            let expectation = expected[name]?.first
            for (operation, count) in [
                (GESSimulator.Operation.cancelTask, expectation?.cancels),
                (.stopGraph, expectation?.stops), (.startGraph, expectation?.starts),
            ] {
                let found = ofGraph.count { $0.operation == operation }
                guard !(count ?? 0...0).contains(found) else { continue }
                outcome.problems.append(
                    "\(name): \(found) requests to \(operation.rawValue), expected"
                        + " \(count.map { "\($0.lowerBound) to \($0.upperBound)" } ?? "none")"
                )
            }
        }
    }
}

extension Scenario.RestartExpectation {
    fileprivate func problems(_ times: [Duration]) -> [String] {
        let expected = "\(window.lowerBound.clock) to \(window.upperBound.clock)"
        guard let first = times.first else {
            return ["\(graph): not restarted, expected at \(expected)"]
        }
        var problems: [String] = []
        if !window.contains(first) {
            problems.append("\(graph): restarted at \(first.clock), expected at \(expected)")
        }
        if !posts.contains(times.count) {
            let list = times.map(\.clock).joined(separator: ", ")
            problems.append("\(graph): \(times.count) restart requests, at \(list)")
        }
        return problems
    }
}

extension Duration {
    /// Hours, minutes and seconds since the start: `1:05:30`.
    var clock: String {
        let seconds = Int(self / .seconds(1))
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(seconds / 3600):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
    }
}
