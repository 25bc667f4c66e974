import CycleFixtures
import Diagnosis
import Remediation
import Testing
import Time

@testable import Cycle

@Suite("A decision in mode shadow, watched with real verdicts")
struct WatchedDecisionTests {
    private func hung() throws -> ScriptedWorld {
        var world = try ScriptedWorld(["g", "other"]) { $0.graphs[0].policy.mode = .shadow }
        world.pass(.seconds(300))
        world.graphs["g"]?.answers = false
        world.pass(.seconds(1200))
        #expect(world.decision?.course == .shadow)
        return world
    }

    @Test("a backup that begins and ends meanwhile proves nothing, and the restart then does")
    func backup() throws {
        var world = try hung()
        world.jobs = [world.job("BackupGraph", beganAt: world.now)]
        world.pass(.seconds(1200))
        #expect(world.decision?.judgement == nil)
        world.jobs = []
        var verdicts: Set<String> = []
        for _ in 1...60 {
            let view = world.step().status.view
            verdicts.insert(view.graphs[GraphID("g")]?.verdict.label ?? "-")
        }
        #expect(verdicts.contains("busy"), "the job that ended explains the silence for a while")
        #expect(world.decision?.judgement == nil)
        world.jobs = [world.job("RestartGraph", beganAt: world.now)]
        world.pass(.seconds(60))
        #expect(world.decision?.judgement?.reason == .silentUntilRestart)
    }

    @Test("a restart that waits proves nothing until it begins")
    func queued() throws {
        for begins in [true, false] {
            var world = try hung()
            var job = world.job("RestartGraph", beganAt: nil)
            job.isWaiting = true
            world.jobs = [job]
            world.pass(.seconds(300))
            #expect(world.decision != nil && world.decision?.judgement == nil)
            if begins {
                world.jobs = [world.job("RestartGraph", beganAt: world.now)]
            } else {
                world.jobs = []
                world.graphs["g"]?.answers = true
            }
            world.pass(.seconds(300))
            let expected: Judgement.Reason = begins ? .silentUntilRestart : .recoveredAlone
            #expect(world.decision?.judgement?.reason == expected)
        }
    }
}

extension ScriptedWorld {
    fileprivate var decision: DecisionRecord? {
        cycle.machine.record(of: GraphID("g")).decisions.last
    }

    fileprivate func job(_ name: String, beganAt: Timestamp?) -> RunningJob {
        RunningJob(id: name, name: name, graphName: "name of g", beganAt: beganAt)
    }
}
