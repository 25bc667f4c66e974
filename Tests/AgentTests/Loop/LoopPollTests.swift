import API
import Configuration
import Cycle
import Rules
import Testing
import Time
import VirtualTime

@testable import Agent

@Suite("A poll")
struct LoopPollTests {
    @Test("that cannot list the graphs probes those of the previous listing")
    func knownGraphs() throws {
        let stage = try LoopStage()
        try stage.run { stage in
            try await stage.begin()
            stage.cloud.with { $0.canList = false }
            let probes = (stage.cloud.count(.probe("g")), stage.cloud.count(.probe("h")))
            try await stage.pass(.seconds(95))
            #expect(stage.cloud.count(.probe("g")) == probes.0 + 3)
            #expect(stage.cloud.count(.probe("h")) == probes.1 + 3)
        }
    }

    @Test("that outlasts its slot skips the slots that pass meanwhile, which are counted")
    func missedSlots() throws {
        let stage = try LoopStage()
        stage.cloud.with { $0.before = stage.delay(.seconds(70)) { $0 == .list } }
        try stage.run { stage in
            // Polls start at 0, 90 and 180 s; the last one has not ended.
            try await stage.pass(.seconds(200))
            #expect(stage.cloud.count(.list) == 3)
        }
        for source in ["ges_api", "probe"] {
            #expect(stage.metric(MetricCatalog.cycles, source) == 6)
            #expect(stage.metric(MetricCatalog.cyclesMissed, source) == 4)
        }
        #expect(stage.cloud.with { $0.mostAtOnce[.list] } == 1)
    }

    @Test("that never ends blocks neither rules, nor messages, nor reloads")
    func endless() throws {
        let stage = try LoopStage()
        try stage.run { stage in
            try await stage.begin()
            stage.cloud.with { $0.before = stage.delay(.seconds(86_400)) { $0 == .list } }
            try await stage.pass(.seconds(40))
            let before = stage.iterations
            try await stage.pass(.seconds(120))
            #expect(stage.iterations == before + 4)
            #expect(await stage.send() == "accepted")
            #expect(await stage.slot.offer(try LoopStage.configuration()) == .done)
        }
        #expect(stage.time.now < .seconds(200), "nor the stop")
    }

    @Test("that never ends triggers the watchdog, but not before the poll's deadline")
    func watchdog() throws {
        let stage = try LoopStage()
        try stage.run { stage in
            try await stage.begin()
            stage.cloud.with { $0.before = stage.delay(.seconds(86_400)) { $0 == .list } }
            // Starts at 30 s, and may take 300 s and ten timeouts.
            try await stage.pass(.seconds(429))
            #expect(stage.pulse.isAlive(at: stage.time.elapsed))
            try await stage.pass(.seconds(2))
            #expect(!stage.pulse.isAlive(at: stage.time.elapsed))
        }
    }

    @Test("that is in progress delays the rules for at most the timeout of a graph")
    func patience() throws {
        let stage = try LoopStage()
        try stage.run { stage in
            try await stage.begin()
            try await stage.pass(.seconds(31))
            // From now on polls start 2 s before the rules are due.
            let rules = stage.board.current.groups[0].counters.lastEvaluation
            let phase = try #require(rules).milliseconds % 30_000
            let now = stage.time.wallMilliseconds % 30_000
            let new = try LoopStage.configuration { $0.configuration.cloud.projectID = "other" }
            stage.otherCloud.with { $0.before = stage.delay(.seconds(5)) { $0 == .list } }
            try await stage.pass(.milliseconds((phase - 2000 - now + 60_000) % 30_000))
            #expect(await stage.slot.offer(new) == .done)
            try await stage.pass(.seconds(45))
            let writes = stage.ledger.with { $0.written.count }
            try await stage.pass(.seconds(300))
            #expect(stage.ledger.with { $0.written.count } == writes + 10, "one step for both")
            stage.otherCloud.with { $0.before = stage.delay(.seconds(25)) { $0 == .list } }
            try await stage.pass(.seconds(60))
            let more = stage.ledger.with { $0.written.count }
            try await stage.pass(.seconds(300))
            #expect(stage.ledger.with { $0.written.count } == more + 20, "one step for each")
        }
    }
}

@Suite("Before the first poll has ended")
struct LoopStartTests {
    @Test("nothing is decided, no message is accepted, and a reload waits")
    func start() throws {
        let stage = try LoopStage()
        stage.cloud.with { $0.before = stage.delay(.seconds(100)) { $0 == .list } }
        try stage.run { stage in
            async let reload = stage.slot.offer(try LoopStage.configuration())
            try await stage.pass(.seconds(99))
            #expect(await stage.send() == "notReady")
            #expect(stage.ledger.with { $0.written.isEmpty })
            #expect(stage.iterations == 0)
            #expect(!stage.pulse.hasCompletedCycle)
            try await stage.pass(.seconds(2))
            #expect(try await reload == .done)
            #expect(await stage.send() == "accepted")
        }
    }
}

extension LoopStage {
    /// Number of rule evaluations.
    fileprivate var iterations: Int {
        board.current.groups.reduce(0) { $0 + $1.counters.iterations }
    }
}
