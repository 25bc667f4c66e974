import CycleFixtures
import Remediation
import Testing
import Time

@testable import Cycle

@Suite("An alert that blocks restarts")
struct BlockingAlertTests {
    private static func rules(_ expression: String, labels: String = "remediate: block") -> String {
        """
        groups:
          - name: hang
            rules:
              - alert: GraphHung
                expr: max by (graph_id) (ges_graph_probe_success) == 0
                for: 1m
                labels: {remediate: restart, hang: unresponsive}
              - alert: Blocked
                expr: \(expression)
                labels: {\(labels)}
                annotations: {summary: a backup runs}
        """
    }

    private static func world(_ rules: String) throws -> ScriptedWorld {
        var world = try ScriptedWorld(["g", "h", "i", "j", "k"], rules: rules)
        world.pass(.seconds(300))
        world.graphs["g"]?.answers = false
        world.pass(.seconds(900))
        return world
    }

    @Test(
        "holds every graph, or the one that it names, or nothing",
        arguments: [
            ("vector(1)", "remediate: block", true),
            ("ges_graph_status_code{graph_id=\"g\"}", "remediate: block", true),
            ("ges_graph_status_code{graph_id=\"h\"}", "remediate: block", false),
            ("vector(1) > 2", "remediate: block", false),
            ("vector(1)", "severity: warning", false),
            // A rule that fails: nobody knows whether its alert would fire.
            ("ges_graph_status_code + on () ges_graph_status_code", "remediate: block", true),
        ]
    )
    func scope(expression: String, labels: String, holds: Bool) throws {
        let world = try Self.world(Self.rules(expression, labels: labels))
        #expect(world.posts == (holds ? [] : ["g"]))
        guard holds else { return }
        let reasons = world.cycle.machine.decisions[GraphID("g")]?.holdReasons ?? []
        #expect(reasons.map(\.label) == ["blocking_alert"])
        #expect(reasons.first?.description.hasPrefix("blocked by the alert Blocked") == true)
    }

    @Test("lets the restart go on when it ends")
    func end() throws {
        var world = try Self.world(Self.rules("ges_graph_status_code{graph_id=\"h\"} != 201"))
        #expect(world.posts == ["g"])
        world = try Self.world(
            Self.rules("count(ges_graph_status_code{graph_id=\"h\"} == 200)")
        )
        #expect(world.posts.isEmpty)
        world.graphs["h"]?.status = "900"
        world.pass(.seconds(300))
        #expect(world.posts == ["g"])
    }

    @Test(
        "may be received, about one graph or all, and ends by its sender only",
        arguments: [("", true), ("g", true), ("h", false)]
    )
    func received(id: String, holds: Bool) throws {
        var world = try ScriptedWorld(["g", "h", "i", "j", "k"])
        world.pass(.seconds(300))
        let alert = AlertFixture.alert(["remediate": "block", "graph_id": id])
        world.step { $0.messages = [AlertMessage(id: 1, alerts: [alert])] }
        world.graphs["g"]?.answers = false
        world.pass(.seconds(3600))
        #expect(world.posts == (holds ? [] : ["g"]))
        let reasons = world.cycle.machine.decisions[GraphID("g")]?.holdReasons ?? []
        #expect(reasons.map(\.label) == (holds ? ["blocking_alert"] : []))
        world.restartAgent()
        world.pass(.seconds(300))
        #expect(world.posts == (holds ? [] : ["g"]))
        let end = AlertFixture.alert(
            ["remediate": "block", "graph_id": id],
            status: .resolved
        )
        world.step { $0.messages = [AlertMessage(id: 2, alerts: [end])] }
        world.pass(.seconds(300))
        #expect(world.posts == ["g"])
    }

    /// Labels that a sender may add.
    private static let extraLabels: [[String: String]] = [
        ["hang": "deadlock"], ["severity": String(repeating: "a", count: 5_000)],
        Dictionary(uniqueKeysWithValues: (0..<100).map { ("label_\($0)", "a") }),
    ]

    @Test("is received whatever else it says", arguments: extraLabels)
    func receivedWith(labels: [String: String]) throws {
        var world = try ScriptedWorld(["g", "h", "i", "j", "k"])
        world.pass(.seconds(300))
        let block = ["remediate": "block", "graph_id": ""]
        let alert = AlertFixture.alert(block.merging(labels) { $1 })
        world.step { $0.messages = [AlertMessage(id: 1, alerts: [alert])] }
        world.graphs["g"]?.answers = false
        world.pass(.seconds(900))
        #expect(world.posts.isEmpty)
    }

    @Test("holds from the reload on that adds its rule, long before it is evaluated")
    func reload() throws {
        var world = try ScriptedWorld(["g", "h", "i", "j", "k"])
        world.pass(.seconds(300))
        world.graphs["g"]?.answers = false
        world.pass(.seconds(30))
        let group = """

              - name: blocks
                interval: 1d
                rules:
                  - {alert: Blocked, expr: vector(0) > 1, labels: {remediate: block}}
            """
        let settings = try ScriptedWorld.settings(HangFixture.rules + group)
        world.step { $0.settings = settings }
        world.pass(.seconds(900))
        #expect(world.posts.isEmpty)
        let reasons = world.cycle.machine.decisions[GraphID("g")]?.holdReasons ?? []
        #expect(
            reasons.map(\.description) == ["blocked by the alert Blocked, not evaluated yet"]
        )
    }

    @Test("holds after a start, before its rule was evaluated, and while it is kept firing")
    func unconfirmed() throws {
        let rule = Self.rules("count(ges_graph_status_code{graph_id=\"h\"} == 200)")
            .replacing("annotations:", with: "keep_firing_for: 1h\n        annotations:")
        var world = try Self.world(rule)
        #expect(world.posts.isEmpty)
        world.graphs["h"]?.status = "900"
        world.pass(.seconds(600))
        #expect(world.posts.isEmpty)
        world.restartAgent()
        world.pass(.seconds(600))
        #expect(world.posts.isEmpty)
        world.pass(.seconds(3600))
        #expect(world.posts == ["g"])
    }
}
