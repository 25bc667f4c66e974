import CycleFixtures
import Series
import Testing
import Time

@testable import Cycle

@Suite("A start of the agent")
struct StartTests {
    private static let since = ScriptedWorld.start - .seconds(5 * 3600)

    @Test(
        "keeps since when a graph has its status, unless the agent was down for long",
        arguments: [(10, true), (600, true), (601, false), (4 * 3600, false), (nil, false)]
            as [(Int64?, Bool)]
    )
    func statuses(downSeconds: Int64?, isKept: Bool) throws {
        let clock = downSeconds.map { seconds in
            ClockMoment(
                bootID: "earlier",
                elapsed: .seconds(50),
                wall: ScriptedWorld.start - .seconds(seconds)
            )
        }
        let memory = CycleMemory(
            statuses: [StatusMoment(graphID: "g", code: "200", since: Self.since)],
            clock: clock
        )
        var world = try ScriptedWorld(memory: memory)
        let ready = world.step()
        let shown = ready.status.samples.first { $0.metric == .statusChange }?.value
        #expect(shown == (isKept ? Self.since : world.now).seconds)
    }
}

@Suite("The log about refused addresses")
struct RefusalLogTests {
    private func readings(_ graphs: [String: String?]) -> [GraphReading] {
        graphs.sorted { $0.key < $1.key }.map { id, refusal in
            var reading = GraphReading(graphID: id)
            reading.refusal = refusal
            return reading
        }
    }

    @Test("names each graph that is refused from now on, once")
    func refusals() {
        var reported = Reported()
        func lines(_ graphs: [String: String?]) -> [String] {
            reported.changes(to: readings(graphs)).map { line in
                ([line.message] + line.fields.map { "\($0.key)=\($0.value)" })
                    .joined(separator: " ")
            }
        }
        let text = "Graphs are not probed, because credentials must not be sent to their addresses"
        #expect(lines(["a": nil, "b": nil]) == [])
        #expect(
            lines(["a": "loopback", "b": nil]) == [text + " graphs=1 new=1 graph_id=a err=loopback"]
        )
        #expect(lines(["a": "loopback", "b": nil]) == [])
        #expect(
            lines(["a": "loopback", "b": "link-local"])
                == [text + " graphs=2 new=1 graph_id=b err=link-local"]
        )
        #expect(lines(["a": nil, "b": "link-local"]) == [])
        #expect(lines(["a": nil, "b": nil]) == ["All graphs have usable addresses again"])
    }
}
