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
    private static func history(count: Int = 5, shortfall: String? = nil) -> JobHistory {
        let jobs = (1...count).map {
            EndedJob(
                graphName: "orders",
                kind: .import,
                beganAt: ScriptedWorld.start - .seconds(86_400 * $0),
                duration: .seconds(60 * $0)
            )
        }
        let graphs = [NamedGraph(id: "g", name: "orders"), NamedGraph(id: "h", name: "users")]
        return JobHistory(jobs, of: graphs, at: ScriptedWorld.start, shortfall: shortfall)
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

    @Test("stay known through failures for three days, and are then unknown")
    func failures() throws {
        var world = try ScriptedWorld()
        world.step { $0.jobHistory = .read(Self.history()) }
        let first = world.step { $0.jobHistory = .failed("HTTP 500") }
        let again = world.step { $0.jobHistory = .failed("HTTP 500, request 2") }
        func lines(_ ready: Ready) -> [String] {
            ready.log.map(\.message).filter { $0.contains("job list of the last month") }
        }
        #expect(lines(first).count == 1 && lines(again).isEmpty)
        #expect(Self.values(.jobDurationCount, world).count == 1)
        world.step(after: .seconds(3 * 86_400 + 60))
        #expect(Self.values(.jobDurationCount, world).isEmpty)
        #expect(world.cycle.jobs.endedJobs(of: "g") == nil)
        let back = world.step { $0.jobHistory = .read(Self.history()) }
        #expect(lines(back) == ["The job list of the last month can be read again"])
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

    @Test("of a list that is not complete replace none of a complete one")
    func partial() throws {
        var world = try ScriptedWorld()
        world.step { $0.jobHistory = .read(Self.history(count: 3, shortfall: "too long")) }
        #expect(Self.values(.jobDurationCount, world) == [["g", "import"]: 3])
        world.step { $0.jobHistory = .read(Self.history(count: 5)) }
        world.step { $0.jobHistory = .read(Self.history(count: 2, shortfall: "too long")) }
        #expect(Self.values(.jobDurationCount, world) == [["g", "import"]: 5])
    }

    @Test("keep their age when the clock is set")
    func clockSet() throws {
        var world = try ScriptedWorld()
        world.step { $0.jobHistory = .read(Self.history()) }
        world.setClock(by: .seconds(30 * 86_400))
        world.step()
        world.step()
        #expect(Self.values(.jobDurationCount, world).count == 1)
    }

    @Test("count for each operation that can hang, whether it ever ended or not")
    func endedJobs() {
        var jobs = KnownJobs()
        #expect(jobs.endedJobs(of: "g") == nil)
        _ = jobs.receive(.read(Self.history(count: 1)), at: ScriptedWorld.start)
        let none = EndedJobs(count: 0)
        let one = EndedJobs(count: 1, p99: .seconds(60))
        #expect(
            jobs.endedJobs(of: "g") == [.importing: one, .exporting: none, .clearing: none]
        )
        #expect(jobs.endedJobs(of: "h")?[.importing] == none)
        #expect(jobs.endedJobs(of: "another") == nil)
    }
}
