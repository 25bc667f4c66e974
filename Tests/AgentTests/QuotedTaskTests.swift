import GES
import Testing

@testable import Agent
@testable import Cycle

@Suite("The request of a task")
struct QuotedTaskTests {
    private static func task(_ id: String, _ request: String) -> GraphTask {
        GraphTask(id: id, state: .running, type: "Algorithm", rawRequest: Secret(request))
    }

    @Test("is searched for secrets once, and not in every poll")
    func once() {
        let tasks = [Self.task("1", #"{"sk":"planted"}"#), Self.task("2", #"{"a":1}"#)]
        let first = GraphReading.DataPlaneTask.quoted([tasks[0]])
        #expect(first.map(\.request) == [#"{"sk":"<secret>"}"#])
        var known = first
        known[0].request = "as it was"
        let second = GraphReading.DataPlaneTask.quoted(tasks, known: known)
        #expect(second.map(\.request) == ["as it was", #"{"a":1}"#])
    }
}
