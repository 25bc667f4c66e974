import Cycle
import CycleFixtures
import Diagnosis
import Exposition
import Remediation
import Rules
import Testing
import Time

@testable import API

@Suite("The metrics of what the agent may do")
struct PolicyMetricsTests {
    /// The samples of a metric after a step with this status.
    private func samples(_ name: String, _ status: Status) -> [[String]: MetricValue] {
        let registry = MetricRegistry()
        CycleMeter(metrics: registry).measure(status)
        let family = registry.families().first { $0.name == name }
        return (family?.samples ?? []).reduce(into: [:]) { $0[$1.labelValues] = $1.value }
    }

    // MARK: Starts

    @Test(
        "say how often the agent started, and whether it starts again and again",
        arguments: [(1, 1, 0), (7, 3, 0), (7, 4, 1), (9, 0, 0)] as [(Int, Int, Double)]
    )
    func starts(total: Int, early: Int, isCrashLoop: Double) {
        var status = Status.starting
        status.starts = StartCounter(total: total, early: early)
        #expect(samples("graphwarden_starts_total", status) == [[]: .number(Double(total))])
        #expect(samples("graphwarden_crash_loop", status) == [[]: .number(isCrashLoop)])
    }

    // MARK: Whether anything can be sent

    /// A configuration, or a state of the agent.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var modes: [Mode] = [.auto]
        var hasRules = true
        var hasWebhook = false
        var acceptsOrders = false
        var detectOnly: String?
        var pause: PauseScope?
        let isEnabled: Bool

        static let all: [Case] = [
            Case(testDescription: "auto", isEnabled: true),
            Case(
                testDescription: "one entry of several",
                modes: [.off, .shadow, .auto],
                isEnabled: true
            ),
            Case(testDescription: "no entry", modes: [], isEnabled: false),
            Case(testDescription: "off and shadow", modes: [.off, .shadow], isEnabled: false),
            Case(
                testDescription: "approve without anybody who may approve",
                modes: [.approve],
                isEnabled: false
            ),
            Case(
                testDescription: "approve",
                modes: [.approve],
                acceptsOrders: true,
                isEnabled: true
            ),
            Case(testDescription: "nothing that asks", hasRules: false, isEnabled: false),
            Case(
                testDescription: "a webhook alone",
                hasRules: false,
                hasWebhook: true,
                isEnabled: true
            ),
            Case(testDescription: "detect-only", detectOnly: "the disk is full", isEnabled: false),
            Case(testDescription: "the fleet is paused", pause: .fleet, isEnabled: false),
            Case(
                testDescription: "one graph is paused",
                pause: .graph(GraphID("g")),
                isEnabled: true
            ),
        ]
    }

    @Test("say whether anything can be sent", arguments: Case.all)
    func enabled(of example: Case) throws {
        var status = Status.starting
        status.settings = ReadingsFixture.settings(
            ruleFiles: example.hasRules ? [try HangFixture.ruleFile()] : [],
            graphs: try example.modes.map { mode in
                var policy = HangFixture.policy
                policy.mode = mode
                return try HangFixture.entry(policy)
            },
            webhook: example.hasWebhook ? AlertFixture.terms : nil
        )
        status.view.sightSince = status.at
        status.view.acceptsOrders = example.acceptsOrders
        status.view.detectOnly = example.detectOnly
        status.view.sightSince = status.at - .seconds(7200)
        if let scope = example.pause {
            let id = GraphID("g")
            var view = status.view
            view.graphs[id] = GraphView(
                id: id,
                name: "g",
                statusCode: "200",
                statusSince: status.at,
                observedAt: status.at,
                verdict: .healthy,
                probe: nil,
                policy: nil
            )
            let until = status.at + .seconds(3600)
            let order = Order(id: "o", .pause(scope, until: until), by: "kim", reason: "on call")
            _ = status.machine.step(
                requests: [],
                reports: [.order(order)],
                view: view,
                at: status.at
            )
            #expect(status.machine.pauses.count == 1)
        }
        let expected = example.isEnabled ? 1.0 : 0
        #expect(
            samples("graphwarden_remediation_enabled", status) == [["restart"]: .number(expected)]
        )
    }

    // MARK: Budgets

    /// After a restart of graph `g`, under entries with and without windows of their own.
    private func statusAfterRestart() throws -> Status {
        var own = HangFixture.policy
        own.budget = [WindowLimit(window: .seconds(1800), count: 4)]
        own.posts = [WindowLimit(window: .seconds(7200), count: 11)]
        var cycle = Cycle(
            ReadingsFixture.settings(
                ruleFiles: [try HangFixture.ruleFile()],
                graphs: [
                    try HangFixture.entry(HangFixture.policy, matching: "other"),
                    try HangFixture.entry(own),
                ],
                policy: HangFixture.policy
            ),
            from: HangFixture.memory(),
            language: RuleLanguage(),
            at: ClockReading(bootID: "a", elapsed: .zero, wall: AlertFixture.start),
            stopwatch: { .zero }
        )
        var status = Status.starting
        for poll in 1...3 {
            let elapsed = Duration.seconds(60 * poll)
            let now = AlertFixture.start + elapsed
            var input = CycleInput(clock: ClockReading(bootID: "a", elapsed: elapsed, wall: now))
            input.readings = AlertFixture.readings(now, "200", false)
            input.readings?.began = elapsed
            input.disk = poll > 1 ? .written : nil
            status = cycle.step(input).status
        }
        return status
    }

    @Test("show the windows of the defaults, and of each entry that sets others")
    func budgets() throws {
        let status = try statusAfterRestart()
        let limits = samples("graphwarden_remediation_budget_limit", status)
        let used = samples("graphwarden_remediation_budget_used", status)
        #expect(Set(limits.keys) == Set(used.keys))
        var expected: [[String]: MetricValue] = [
            ["graphs[1]_fleet_30m"]: .number(4), ["graphs[1]_posts_2h"]: .number(11),
        ]
        for limit in HangFixture.policy.budget {
            expected[["fleet_" + limit.window.text]] = .number(Double(limit.count))
        }
        for limit in HangFixture.policy.posts {
            expected[["posts_" + limit.window.text]] = .number(Double(limit.count))
        }
        #expect(limits == expected)
        #expect(used.count > 2 && used.values.allSatisfy { $0 == .number(1) }, "\(used)")
    }
}
