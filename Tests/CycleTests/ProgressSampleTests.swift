import CycleFixtures
import Diagnosis
import Testing
import Time

@testable import Cycle

@Suite("The sample of the last progress of a graph")
struct ProgressSampleTests {
    /// The samples after a poll in which the task stands at this progress.
    private func samples(
        _ world: inout ScriptedWorld,
        at progress: Double?
    ) -> [[String]: Double] {
        let ready = world.step { input in
            for index in input.readings?.graphs.indices ?? 0..<0 {
                input.readings?.graphs[index].tasks = progress.map {
                    [GraphReading.DataPlaneTask(id: "t", state: .running, progressRatio: $0)]
                }
            }
        }
        let found = ready.status.samples.filter {
            $0.metric.rawValue == "ges_graph_last_progress_timestamp_seconds"
        }
        return Dictionary(uniqueKeysWithValues: found.map { ($0.labelValues, $0.value) })
    }

    @Test("is the time of the newest reading in which a task had advanced")
    func tasks() throws {
        var world = try ScriptedWorld()
        #expect(samples(&world, at: 0.25).isEmpty, "one reading is no progress")
        #expect(samples(&world, at: 0.25).isEmpty, "neither is standing still")
        #expect(samples(&world, at: 0.5) == [["g", "tasks"]: world.now.seconds])
        let advanced = world.now
        #expect(samples(&world, at: 0.5) == [["g", "tasks"]: advanced.seconds])
        #expect(samples(&world, at: nil) == [["g", "tasks"]: advanced.seconds])
        #expect(samples(&world, at: 0.75) == [["g", "tasks"]: world.now.seconds])
    }

    @Test("goes on while incomplete listings lack the graph, and ends with the graph")
    func unlisted() throws {
        var world = try ScriptedWorld(["g", "h"])
        _ = samples(&world, at: 0.25)
        #expect(Set(samples(&world, at: 0.5).keys) == [["g", "tasks"], ["h", "tasks"]])
        world.unlisted = ["g"]
        #expect(samples(&world, at: 0.5).keys.contains(["g", "tasks"]))
        world.unlisted = []
        world.graphs["g"] = nil
        #expect(Set(samples(&world, at: 0.5).keys) == [["h", "tasks"]])
    }
}
