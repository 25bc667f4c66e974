import Rehearsal
import StrictYAML
import Testing

@Suite("A scenario file")
struct ScenarioReaderTests {
    private func issues(_ lines: String) -> [String] {
        let text = "name: n\nsummary: s\n" + lines
        return ScenarioReader.read(text, file: "f.yaml").issues.map(\.description)
    }

    @Test(
        "is rejected with the place of what is wrong",
        arguments: [
            ("timelime: []", "f.yaml:3:1: unknown key \"timelime\""),
            ("timeline: [{at: 1m}]", "f.yaml:3:12: timeline[0]: missing key \"do\""),
            ("timeline: [{at: 1m, do: fly}]", "unknown operation \"fly\""),
            ("timeline: [{at: 1m, do: hang}]", "hang: graph must be a name"),
            ("timeline: [{at: 1m, do: hang, graph: nobody}]", "there is no graph \"nobody\""),
            (
                "timeline: [{at: 1m, do: hang, graph: graph_1, clas: import}]",
                "unknown member \"clas\""
            ),
            ("timeline: [{at: 1m, do: stop_agent, x: 1}]", "stop_agent: unknown key \"x\""),
            ("expect: {restarts: {graph_9: {from: 1m, to: 2m}}}", "there is no graph \"graph_9\""),
            ("expect: {restarts: {graph_1: {from: 3m, to: 2m}}}", "to is earlier than from"),
            ("expect: {checks: [{at: 1m}]}", "one of verdict, hold, state and metric must be set"),
            ("expect: {checks: [{at: 1m, verdict: hung}]}", "missing key \"graph\""),
            ("fleet: {graphs: [{subnet: a}]}", "missing key \"name\""),
            ("duration: 0s", "must be 1s"),
        ]
    )
    func errors(lines: String, part: String) {
        let found = issues(lines)
        #expect(found.contains { $0.contains(part) }, "\(found)")
    }

    @Test("of the largest fleet is read in time that grows with the fleet")
    func largeFleet() {
        // The best of three, because the machine may be busy.
        func read(_ count: Int) -> Duration {
            let text = "name: n\nsummary: s\nfleet: {count: \(count)}"
            return (0..<3).map { _ in
                ContinuousClock().measure {
                    let fleet = ScenarioReader.read(text, file: "f.yaml").value?.fleet
                    #expect(fleet?.graphs.count == count)
                }
            }.min() ?? .zero
        }
        // Ten times the graphs took 60 times as long.
        #expect(read(10_000) < read(1_000) * 30)
    }

    @Test("is a name and a sentence at least, and a fleet of five")
    func smallest() throws {
        let reading = ScenarioReader.read("name: n\nsummary: s", file: "f.yaml")
        let scenario = try #require(reading.value)
        #expect(scenario.fleet.graphs.count == 5)
        #expect(scenario.timeline.isEmpty)
        #expect(scenario.duration == .seconds(7200))
    }
}
