import GESSimulator
import JSON
import Testing
import Time

/// What the simulator does for the rungs of a ladder.
@Suite struct RungTests {
    private let start = Timestamp(milliseconds: 1_735_787_045_000)

    private func cloud(_ prepare: (inout SimulatedCloud, String) -> Void) -> (
        SimulatedCloud, String
    ) {
        var configuration = SimulatorConfiguration()
        configuration.graphCount = 0
        var cloud = SimulatedCloud(configuration, at: start)
        let id = cloud.addGraph(name: "orders", at: start) ?? ""
        prepare(&cloud, id)
        return (cloud, id)
    }

    @Test("a hang with a causing task lists it, and another task does not heal it")
    func causingTask() throws {
        let (cloud, id) = cloud { cloud, id in
            let problem = cloud.control(
                "hang",
                graph: id,
                [JSONMember("task", "Algorithm"), JSONMember("answers", ["list_tasks"])],
                at: start
            )
            #expect(problem == nil)
            _ = cloud.addTask(id, type: "ImportGraph", course: .stalled(percent: 1), at: start)
        }
        let tasks = try #require(cloud.graph(id)).runningTasks(at: start)
        #expect(tasks.map(\.type) == ["Algorithm", "ImportGraph"])
        #expect(tasks.map(\.canBeCancelled) == [true, false])
        #expect(cloud.graph(id)?.hangClass(at: start) == .unresponsive)
    }

    @Test("the kinds of tasks that can be cancelled are those that GES names")
    func kinds() {
        let rows = [
            ("Algorithm", true), ("VertexQuery", true), ("EdgeQuery", true), ("VertexFilter", true),
            ("AddIndex", true), ("ImportGraph", false), ("ExportGraph", false),
            ("ClearGraph", false),
        ]
        for (type, expected) in rows {
            let task = SimulatedTask(
                id: "1",
                type: type,
                begin: start,
                course: .stalled(percent: 1)
            )
            #expect(task.canBeCancelled == expected, "\(type)")
        }
    }
}
