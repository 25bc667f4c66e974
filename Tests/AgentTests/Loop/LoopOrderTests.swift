import API
import Configuration
import Cycle
import GES
import Remediation
import Series
import Synchronization
import Testing
import VirtualTime

@testable import Agent

@Suite("A decision of a step")
struct LoopOrderTests {
    @Test("reaches disk and log before the cloud, as does its outcome afterwards")
    func restart() throws {
        let stage = try LoopStage()
        try stage.run { stage in
            try await stage.begin()
            try await stage.hang()
            try await stage.until { stage.lines("log: ended") != [] }
        }
        #expect(
            stage.lines() == [
                "disk: intent g", "log: intended",
                "read g again", "log: Sending the restart", "POST g",
                "disk: outcome accepted", "log: outcome",
                "read job-1",
                "log: verifying", "log: ended", "end",
            ]
        )
    }

    @Test("performs reads before effects that need the disk")
    func evidence() throws {
        let stage = try LoopStage { loaded in
            loaded.configuration.graphs[0].policy.evidenceTimeout = .seconds(60)
        }
        try stage.run { stage in
            try await stage.begin()
            try await stage.hang()
            try await stage.until { stage.lines("POST") != [] }
        }
        #expect(
            stage.lines().prefix(7) == [
                "read g again", "disk: intent g", "log: evidence", "log: intended",
                "read g again", "log: Sending the restart", "POST g",
            ]
        )
    }

    @Test("performs only reads if the write fails")
    func evidenceWithoutDisk() throws {
        let stage = try LoopStage { loaded in
            loaded.configuration.graphs[0].policy.evidenceTimeout = .seconds(60)
        }
        try stage.run { stage in
            try await stage.begin()
            stage.ledger.with { $0.refuses = { !$0.changes.records.isEmpty } }
            stage.cloud.with { _ = $0.silent.insert("g") }
            try await stage.until { stage.lines("disk refuses") != [] }
            try await stage.pass(.seconds(1))
        }
        #expect(stage.lines("read") == ["read g again"])
    }

    @Test("has its outcome written at once, not with the next poll")
    func outcome() throws {
        let stage = try LoopStage()
        let writes = Mutex<[Duration]>([])
        stage.cloud.with { $0.before = stage.delay(.milliseconds(100)) { $0 == .restart("g") } }
        stage.ledger.with { ledger in
            ledger.before = { [time = stage.time] toDisk in
                let changes = toDisk.changes
                guard !changes.intents.isEmpty || !changes.outcomes.isEmpty else { return }
                writes.withLock { $0.append(time.now) }
            }
        }
        try stage.run { stage in
            try await stage.begin()
            try await stage.hang()
            try await stage.pass(.seconds(30))
        }
        let times = writes.withLock { $0 }
        try #require(times.count == 2)
        #expect(times[1] == times[0] + .milliseconds(100))
    }

    @Test("queries a job once per poll, however many messages arrive in between")
    func messagesBetweenPolls() throws {
        let stage = try LoopStage()
        stage.cloud.with { $0.job = .running }
        try stage.run { stage in
            try await stage.begin()
            try await stage.hang()
            try await stage.until { stage.lines("read job-1") != [] }
            let before = stage.lines("read job-1").count
            for _ in 0..<20 {
                _ = await stage.send()
                try await stage.pass(.seconds(1))
            }
            #expect(stage.lines("read job-1").count <= before + 1)
            try await stage.pass(.seconds(60))
            #expect(stage.lines("read job-1").count >= before + 2)
        }
    }

    @Test("is reported to the sender of an alert only once it is on disk")
    func reply() throws {
        let stage = try LoopStage()
        try stage.run { stage in
            try await stage.begin()
            stage.ledger.with { $0.before = stage.delay(.seconds(2)) }
            stage.time.trace.record("reply: \(await stage.send())")
        }
        #expect(stage.lines("disk: alert", "reply") == ["disk: alert f1", "reply: accepted"])
    }

    @Test("is made while no reader holds the series, which would have to be copied")
    func series() throws {
        let stage = try LoopStage()
        try stage.run { stage in
            try await stage.begin()
            try await stage.pass(.seconds(120))
            #expect(stage.seriesWereHeld.withLock { Set($0) } == [false])
            #expect(await stage.board.series.snapshot()?.series.seriesCount ?? 0 > 0)
        }
    }

    @Test("is started once, however long it takes")
    func once() throws {
        let stage = try LoopStage()
        try stage.run { stage in
            try await stage.begin()
            stage.cloud.with { cloud in
                cloud.job = .running
                cloud.before = stage.delay(.seconds(100)) { $0 == .job("job-1") }
            }
            try await stage.hang()
            try await stage.pass(.seconds(350))
        }
        #expect(stage.cloud.with { $0.mostAtOnce[.job("job-1")] } == 1)
        #expect(stage.cloud.count(.job("job-1")) > 1, "and again after it has ended")
    }
}
