import CycleFixtures
import Exposition
import Listener
import Remediation
import Testing
import Time

@testable import API
@testable import Cycle

@Suite("The metrics about one graph")
struct RemediationFamiliesTests {
    /// Graph `g` was asked to be restarted under a policy of this mode.
    private func status(_ mode: Mode?, polls: Int = 2) throws -> Status {
        var policy = HangFixture.policy
        policy.mode = mode ?? .auto
        var cycle = Cycle(
            ReadingsFixture.settings(
                ruleFiles: [try HangFixture.ruleFile()],
                graphs: mode == nil ? [] : [try HangFixture.entry(policy)],
                policy: policy
            ),
            from: HangFixture.memory(),
            language: RuleLanguage(),
            at: ClockReading(bootID: "a", elapsed: .zero, wall: AlertFixture.start),
            stopwatch: { .zero }
        )
        var status = Status.starting
        for poll in 1...polls {
            let elapsed = Duration.seconds(60 * poll)
            let now = AlertFixture.start + elapsed
            var input = CycleInput(
                clock: ClockReading(bootID: "a", elapsed: elapsed, wall: now)
            )
            input.readings = AlertFixture.readings(now, "200", false)
            input.readings?.began = elapsed
            input.disk = poll > 1 ? .written : nil
            status = cycle.step(input).status
        }
        return status
    }

    private func samples(_ status: Status) -> [String: [[String]: MetricValue]] {
        RemediationFamilies.all(status).reduce(into: [:]) { all, family in
            for sample in family.samples {
                all[family.name, default: [:]][sample.labelValues] = sample.value
            }
        }
    }

    @Test(
        "name the graph and the state of its remediation",
        arguments: [
            (.auto, "intended", []), (.approve, "awaiting_approval", ["approval_pending"]),
            (.shadow, "shadow", ["shadow"]), (.off, "held", ["mode_off"]),
            (nil, "held", ["not_selected"]),
        ] as [(Mode?, String, [String])]
    )
    func states(mode: Mode?, state: String, reasons: [String]) throws {
        let samples = samples(try status(mode, polls: 3))
        #expect(samples["graphwarden_graph_state"] == [["g", "graph", state]: .number(1)])
        let held = samples["graphwarden_graph_held"] ?? [:]
        #expect(held.values.allSatisfy { $0 == .number(1) })
        #expect(Set(held.keys.map { $0[2] }).isSuperset(of: reasons))
        #expect(held.isEmpty == reasons.isEmpty)
        #expect(
            samples["graphwarden_graph_approval_pending"]
                == [["g", "graph"]: .number(mode == .approve ? 1 : 0)]
        )
        #expect(samples["graphwarden_graph_exhausted"] == [["g", "graph"]: .number(0)])
        #expect(
            samples["graphwarden_graph_restarts_total"]
                == [["g", "graph"]: .number(mode == .auto ? 1 : 0)]
        )
    }

    @Test(
        "say whether anything could be sent now, whatever keeps it from being sent",
        arguments: [
            "nothing", "no rule asks", "shadow", "grace", "job list", "credential", "throttle",
            "sight", "detect-only",
        ]
    )
    func isEnabled(cause: String) throws {
        var status = try status(cause == "shadow" ? .shadow : .auto, polls: 3)
        let intent = status.machine.record(of: GraphID("g")).phase.intent
        func report(_ outcome: RestartOutcome) {
            _ = status.machine.step(
                requests: [],
                reports: [.outcome(intentID: intent?.id ?? "", outcome, at: status.at)],
                view: status.view,
                at: status.at
            )
        }
        switch cause {
        case "no rule asks":
            let rules = HangFixture.rules.replacing("remediate: restart", with: "team: graphs")
            status.settings?.ruleFiles = [try HangFixture.ruleFile(rules)]
        case "grace": status.settings?.graphs[0].policy.startupGrace = .seconds(3600)
        case "job list": status.machine.expectJobList()
        case "credential": report(.unauthorised(code: "APIGW.0301", message: "no"))
        case "throttle": report(.throttled(retryAfter: nil))
        case "sight": status.view.sightSince = nil
        case "detect-only": status.view.detectOnly = "the clock"
        default: break
        }
        let metrics = MetricRegistry()
        CycleMeter(metrics: metrics).measure(status)
        let family = metrics.families().first { $0.name == "graphwarden_remediation_enabled" }
        #expect(family?.samples.map(\.value) == [.number(cause == "nothing" ? 1 : 0)])
    }

    @Test("are well-formed, and there are none without graphs")
    func wellFormed() throws {
        let families = RemediationFamilies.all(try status(.approve))
        #expect(Lint.findings(families) == [])
        #expect(RemediationFamilies.all(.starting).isEmpty)
    }
}

@Suite("/-/ready")
struct HealthTests {
    @Test("says that no probe has reached a graph, and stays ready")
    func unreached() async throws {
        let board = StatusBoard()
        let route = try #require(
            HealthAPI(board: board).routes.first { $0.pattern == "/-/ready" }
        )
        func answer(_ outcome: ProbeOutcome) async throws -> (Int, String) {
            var status = Status.starting
            var readings = AlertFixture.readings(AlertFixture.start, "200", false)
            readings.graphs[0].probes[0] = GraphReading.Probe(kind: "version", outcome: outcome)
            status.inventory.merge(readings, freshness: .seconds(100))
            status.troubles = status.presentTroubles
            board.publish(status)
            let request = ServerRequest(target: "/-/ready", path: "/-/ready")
            guard case .response(let response) = await route.handler.reply(to: request) else {
                return (0, "")
            }
            return (response.status, String(decoding: response.body, as: UTF8.self))
        }
        let reached = try await answer(ReadingsFixture.silent)
        #expect(reached == (200, "Graphwarden is Ready.\n"))
        let blind = try await answer(ReadingsFixture.notProbed("address"))
        #expect(blind.0 == 200)
        #expect(
            blind.1.hasPrefix("Graphwarden is Ready.\nNo probe has reached any graph (address)")
        )
        // Where readers need credentials, strangers learn no more than the name.
        board.hasUsers = true
        let names = try await answer(ReadingsFixture.notProbed("address"))
        #expect(names == (200, "Graphwarden is Ready.\nno_probe\n"))
    }
}
