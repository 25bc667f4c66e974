import CycleFixtures
import Diagnosis
import PromQL
import Remediation
import Series
import Testing
import Time

@testable import Cycle

@Suite("The durations of earlier jobs")
struct JobHistoryCycleTests {
    private static func history(
        _ kind: JobKind = .import,
        count: Int = 5,
        of names: [String] = ["name of g"]
    ) -> JobHistory {
        JobHistory(
            names.flatMap { name in
                (1...count).map {
                    EndedJob(
                        graphName: name,
                        kind: kind,
                        beganAt: ScriptedWorld.start - .seconds(86_400 * $0),
                        duration: .seconds(60 * $0)
                    )
                }
            }
        )
    }

    private static func values(_ metric: GraphMetric, _ world: ScriptedWorld) -> [[String]: Double]
    {
        let samples = world.cycle.written.samples.filter { $0.metric == metric }
        return Dictionary(samples.map { ($0.labelValues, $0.value) }) { first, _ in first }
    }

    @Test("are series of each poll from the reading on")
    func series() throws {
        var world = try ScriptedWorld(["g", "h"])
        world.step()
        #expect(Self.values(.jobDuration, world).isEmpty)
        world.step { $0.jobHistory = .read(Self.history()) }
        for _ in 0..<2 {
            #expect(
                Self.values(.jobDuration, world) == [
                    ["g", "import", "0.5"]: 180, ["g", "import", "0.9"]: 276,
                    ["g", "import", "0.99"]: 297.6,
                ]
            )
            #expect(Self.values(.jobDurationCount, world) == [["g", "import"]: 5])
            #expect(Self.values(.jobDurationSum, world) == [["g", "import"]: 900])
            world.step()
        }
    }

    @Test("are unknown for a name that two graphs have")
    func sameName() throws {
        var world = try ScriptedWorld(["g", "h"])
        world.graphs["h"]?.name = "name of g"
        world.step { $0.jobHistory = .read(Self.history()) }
        #expect(Self.values(.jobDuration, world).isEmpty)
        world.graphs["h"] = nil
        world.step()
        #expect(Self.values(.jobDurationCount, world) == [["g", "import"]: 5])
    }

    @Test("stay known through failures for three days, and are then unknown")
    func failures() throws {
        var world = try ScriptedWorld()
        world.step { $0.jobHistory = .read(Self.history()) }
        let first = world.step { $0.jobHistory = .failed("HTTP 500") }
        let again = world.step { $0.jobHistory = .failed("HTTP 500") }
        func lines(_ ready: Ready) -> [String] {
            ready.log.map(\.message).filter { $0.contains("jobs") }
        }
        #expect(lines(first).count == 1 && lines(again).isEmpty)
        #expect(Self.values(.jobDurationCount, world).count == 1)
        world.step(after: .seconds(3 * 86_400 + 60))
        #expect(Self.values(.jobDurationCount, world).isEmpty)
        let graph = ReadingsFixture.graph("g", name: "name of g")
        #expect(world.cycle.jobs.endedJobs(of: graph) == nil)
        let back = world.step { $0.jobHistory = .read(Self.history()) }
        #expect(lines(back) == ["The durations of earlier jobs are known again"])
    }

    @Test("of another cloud are forgotten")
    func otherCloud() throws {
        var world = try ScriptedWorld()
        world.step { $0.jobHistory = .read(Self.history()) }
        var settings = world.cycle.settings
        settings.vantage.projectID = "another"
        world.step { $0.settings = settings }
        world.step()
        #expect(Self.values(.jobDurationCount, world).isEmpty)
    }

    @Test("count for each operation that can hang, whether it ever ended or not")
    func endedJobs() {
        var jobs = KnownJobs()
        let graph = ReadingsFixture.graph("g", name: "name of g")
        #expect(jobs.endedJobs(of: graph) == nil)
        _ = jobs.receive(.read(Self.history(count: 4)), at: ScriptedWorld.start)
        #expect(jobs.endedJobs(of: graph) == [.importing: 4, .exporting: 0, .clearing: 0])
    }
}
