import Remediation
import Rules
import Testing

@testable import Cycle

@Suite("A rule that starts to fail")
struct FailingRuleTests {
    /// Matches one to one as long as every graph has one probe.
    private static let rules = """
        groups:
          - name: hang
            rules:
              - alert: GraphHung
                expr: >-
                  ges_graph_probe_success == on (graph_id) (ges_graph_status_code - 200)
                for: 1m
                labels: {remediate: restart}
        """

    /// A world whose graph hangs, and whose alert has fired during the start-up grace.
    private func firing() throws -> ScriptedWorld {
        var world = try ScriptedWorld(rules: Self.rules) {
            $0.graphs[0].policy.startupGrace = .seconds(600)
        }
        world.graphs["g"]?.answers = false
        world.pass(.seconds(300))
        return world
    }

    @Test("keeps its alerts but requests nothing for them")
    func failing() throws {
        var world = try firing()
        world.graphs["g"]?.probes = ["summary", "version"]
        world.pass(.seconds(900))
        let status = world.step().status
        #expect(status.alerts.map { $0.firedAt == nil } == [false])
        #expect(status.groups.flatMap(\.rules).map(\.health) != [.ok])
        #expect(status.machine.decisions.isEmpty)
        #expect(world.posts.isEmpty)
    }

    @Test("would have caused a restart without the failure")
    func succeeding() throws {
        var world = try firing()
        world.pass(.seconds(900))
        #expect(world.posts == ["g"])
    }
}
