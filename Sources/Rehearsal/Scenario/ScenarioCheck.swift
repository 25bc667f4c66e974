import GESSimulator
import JSON
import StrictYAML
import Time

/// Performs the time line on a cloud without an agent, so that a wrong word is reported with its
/// place before anything runs.
struct ScenarioCheck {
    private let scenario: Scenario

    init(_ scenario: Scenario) {
        self.scenario = scenario
    }

    func report(to reader: YAMLMappingReader) {
        var configuration = SimulatorConfiguration()
        configuration.graphCount = 0
        let start = Timestamp(milliseconds: 1_735_787_045_000)
        var cloud = SimulatedCloud(configuration, at: start)
        for problem in cloud.createGraphs(scenario.fleet.graphs, at: start) {
            reader.report("fleet: \(problem)", at: "fleet")
        }
        for event in scenario.timeline.sorted(by: { $0.at < $1.at }) {
            if let problem = cloud.perform(event.action, at: start + event.at) {
                reader.context.report("timeline: \(problem)", at: event.mark)
            }
        }
        let known = Set(cloud.graphs.map(\.name)).union(scenario.graphNames)
        for restart in scenario.restarts where !known.contains(restart.graph) {
            reader.report("expect.restarts: there is no graph \"\(restart.graph)\"", at: "expect")
        }
        for action in scenario.actions where !known.contains(action.graph) {
            reader.report("expect.actions: there is no graph \"\(action.graph)\"", at: "expect")
        }
        for check in scenario.checks {
            if let graph = check.graph, !known.contains(graph) {
                reader.context.report("expect: there is no graph \"\(graph)\"", at: check.mark)
            }
        }
    }
}

extension Scenario {
    /// The names of the graphs that exist when the agent starts.
    var graphNames: [String] {
        fleet.graphs.compactMap { members in
            members.first { $0.name == "name" }?.value.stringValue
        }
    }
}

extension SimulatedCloud {
    /// Performs an action of the cloud; returns what is wrong, in words.
    mutating func perform(_ action: Scenario.Action, at now: Timestamp) -> String? {
        guard case .control(let operation, let subjects, let members) = action else { return nil }
        switch subjects {
        case .none: return control(operation, members, at: now)
        case .all: return control(operation, of: graphIDs, members, at: now)
        case .named(let names): return control(operation, of: names, members, at: now)
        }
    }

    private mutating func control(
        _ operation: String,
        of graphs: [String],
        _ members: [JSONMember],
        at now: Timestamp
    ) -> String? {
        for graph in graphs {
            if let problem = control(operation, graph: graph, members, at: now) { return problem }
        }
        return nil
    }
}
