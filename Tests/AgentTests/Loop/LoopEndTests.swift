import API
import Cycle
import GES
import Remediation
import Synchronization
import Testing
import VirtualTime

@testable import Agent

@Suite("After a stop request")
struct LoopEndTests {
    @Test("an intent that is still being written is not started")
    func betweenWriteAndBegin() throws {
        let stage = try LoopStage()
        stage.ledger.with { ledger in
            ledger.before = { [stop = stage.stop] toDisk in
                if !toDisk.changes.intents.isEmpty { stop.request() }
            }
        }
        try stage.run { stage in
            try await stage.begin()
            stage.cloud.with { _ = $0.silent.insert("g") }
            await stage.stop.wait()
        }
        #expect(
            stage.lines() == [
                "disk: intent g", "log: intended",
                "disk: outcome not_sent", "log: outcome", "log: ended", "log: held", "end",
            ]
        )
    }

    @Test("a restart whose graph was being read again is not sent")
    func whileReadingAgain() throws {
        let stage = try LoopStage()
        stage.cloud.with { cloud in
            cloud.before = { [stop = stage.stop] call in
                if call == .graph("g") { stop.request() }
            }
        }
        try stage.run { stage in
            try await stage.begin()
            stage.cloud.with { _ = $0.silent.insert("g") }
            await stage.stop.wait()
        }
        #expect(
            stage.lines() == [
                "disk: intent g", "log: intended", "read g again",
                "disk: outcome not_sent", "log: outcome", "log: ended", "log: held", "end",
            ]
        )
    }

    @Test("a restart that was sent is waited for, and its outcome is on disk before exit")
    func outcome() throws {
        let stage = try LoopStage()
        stage.cloud.with { $0.before = stage.delay(.seconds(10)) { $0 == .restart("g") } }
        try stage.run { stage in
            try await stage.begin()
            try await stage.hang()
            try await stage.until { stage.lines("POST") != [] }
        }
        #expect(
            stage.lines().suffix(4) == ["POST g", "disk: outcome accepted", "log: outcome", "end"]
        )
    }

    @Test("no other restart is decided, even if its alert fires meanwhile")
    func lastStep() throws {
        let stage = try LoopStage()
        stage.cloud.with { cloud in
            for id in ["i", "j", "k"] { cloud.graphs[id] = "more" }
            cloud.before = stage.delay(.seconds(60)) { $0 == .restart("g") }
        }
        try stage.run { stage in
            try await stage.begin()
            stage.cloud.with { _ = $0.silent.insert("g") }
            try await stage.pass(.seconds(45))
            stage.cloud.with { _ = $0.silent.insert("h") }
            try await stage.until { stage.lines("POST") != [] }
        }
        #expect(
            stage.lines("disk: intent", "disk: outcome") == [
                "disk: intent g", "disk: outcome accepted",
            ]
        )
    }

    @Test("a failed write is retried once")
    func refused() throws {
        let stage = try LoopStage()
        stage.cloud.with { $0.before = stage.delay(.seconds(86_400)) { $0 == .job("job-1") } }
        try stage.run { stage in
            try await stage.begin()
            stage.ledger.with { $0.refuses = { !$0.changes.outcomes.isEmpty } }
            try await stage.hang()
            try await stage.until { stage.lines("log: outcome") != [] }
            try await stage.pass(.seconds(1))
            stage.ledger.with { $0.refuses = { _ in false } }
        }
        #expect(stage.ledger.outcomes == ["accepted"])
        #expect(stage.time.now < .seconds(600), "the job query was abandoned")
    }

    @Test("no request is sent to the cloud")
    func questions() throws {
        let stage = try LoopStage()
        stage.cloud.with { $0.job = .running }
        stage.ledger.with { ledger in
            ledger.before = { [stop = stage.stop] toDisk in
                if !toDisk.changes.outcomes.isEmpty { stop.request() }
            }
        }
        try stage.run { stage in
            try await stage.begin()
            stage.cloud.with { _ = $0.silent.insert("g") }
            await stage.stop.wait()
        }
        #expect(stage.ledger.outcomes == ["accepted"])
        #expect(stage.cloud.count(.job("job-1")) == 0)
    }

    @Test("all waiting callers are notified")
    func waiters() throws {
        let stage = try LoopStage()
        stage.cloud.with { $0.before = stage.delay(.seconds(10)) { $0 == .restart("g") } }
        try stage.run { stage in
            try await stage.begin()
            try await stage.hang()
            try await stage.until { stage.lines("POST") != [] }
            stage.stop.request()
            try await stage.pass(.seconds(1))
            async let reload = stage.slot.offer(try LoopStage.configuration())
            #expect(await stage.send() == "notStored(\"the agent is stopping\")")
            #expect(try await reload == .stopping)
            #expect(await stage.send() == "notReady")
        }
    }
}
