import API
import Configuration
import Cycle
import CycleFixtures
import GES
import HTTPClient
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
        let fixture = try LoopFixture()
        try fixture.run { fixture in
            try await fixture.begin()
            try await fixture.hang()
            try await fixture.until { fixture.lines("log: ended") != [] }
        }
        #expect(
            fixture.lines() == [
                "disk: intent g", "log: intended",
                "read g again", "read g again", "log: Sending the restart", "POST g",
                "disk: outcome accepted", "log: outcome",
                "read job-1",
                "log: verifying", "log: ended", "end",
            ]
        )
    }

    @Test("performs reads before effects that need the disk")
    func evidence() throws {
        let fixture = try LoopFixture { loaded in
            loaded.configuration.graphs[0].policy.evidenceTimeout = .seconds(60)
        }
        try fixture.run { fixture in
            try await fixture.begin()
            try await fixture.hang()
            try await fixture.until { fixture.lines("POST") != [] }
        }
        #expect(
            fixture.lines().prefix(8) == [
                "read g again", "disk: intent g", "log: evidence", "log: intended",
                "read g again", "read g again", "log: Sending the restart", "POST g",
            ]
        )
    }

    @Test("performs only reads if the write fails")
    func evidenceWithoutDisk() throws {
        let fixture = try LoopFixture { loaded in
            loaded.configuration.graphs[0].policy.evidenceTimeout = .seconds(60)
        }
        try fixture.run { fixture in
            try await fixture.begin()
            fixture.ledger.with { $0.refuses = { !$0.changes.records.isEmpty } }
            fixture.cloud.with { _ = $0.silent.insert("g") }
            try await fixture.until { fixture.lines("disk refuses") != [] }
            try await fixture.pass(.seconds(1))
        }
        #expect(fixture.lines("read") == ["read g again"])
    }

    @Test("has its outcome written at once, not with the next poll")
    func outcome() throws {
        let fixture = try LoopFixture()
        let writes = Mutex<[Duration]>([])
        fixture.cloud.with { $0.before = fixture.delay(.milliseconds(100)) { $0 == .restart("g") } }
        fixture.ledger.with { ledger in
            ledger.before = { [time = fixture.time] toDisk in
                let changes = toDisk.changes
                guard !changes.intents.isEmpty || !changes.outcomes.isEmpty else { return }
                writes.withLock { $0.append(time.now) }
            }
        }
        try fixture.run { fixture in
            try await fixture.begin()
            try await fixture.hang()
            try await fixture.pass(.seconds(30))
        }
        let times = writes.withLock { $0 }
        try #require(times.count == 2)
        #expect(times[1] == times[0] + .milliseconds(100))
    }

    private static let noResponse = GESError.http(
        HTTPError(.timeout, requestMayHaveBeenSent: true, message: "no response")
    )

    @Test(
        "asks about a restart once per poll, however many messages arrive in between",
        arguments: [
            (.accepted(jobID: "job-1"), "read job-1"),
            (.accepted(jobID: nil), "search the jobs of orders"),
            (.unknown(noResponse), "search the jobs of orders"),
        ] as [(ActionAnswer, String)]
    )
    func messagesBetweenPolls(answer: ActionAnswer, question: String) throws {
        let fixture = try LoopFixture()
        fixture.cloud.with { cloud in
            cloud.answer = answer
            cloud.job = .running
        }
        try fixture.run { fixture in
            try await fixture.begin()
            try await fixture.hang()
            try await fixture.until { fixture.lines(question) != [] }
            let before = fixture.lines(question).count
            for _ in 0..<20 {
                _ = await fixture.send()
                try await fixture.pass(.seconds(1))
            }
            #expect(fixture.lines(question).count <= before + 1)
            try await fixture.pass(.seconds(60))
            #expect(fixture.lines(question).count >= before + 2)
        }
    }

    @Test("takes at most five steps a second for messages, and answers each in the meantime")
    func messageFlood() throws {
        let fixture = try LoopFixture()
        let writes = Mutex(0)
        try fixture.run { fixture in
            try await fixture.begin()
            try await fixture.pass(.seconds(1))
            fixture.ledger.with { $0.before = { _ in writes.withLock { $0 += 1 } } }
            let began = fixture.time.now
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<16 {
                    group.addTask {
                        while fixture.time.now < began + .seconds(2) { _ = await fixture.send() }
                    }
                }
            }
            #expect(fixture.time.now < began + .milliseconds(2500))
        }
        #expect((8...13).contains(writes.withLock { $0 }), "\(writes.withLock { $0 })")
    }

    @Test(
        "takes messages of 10,000 alerts in all for one step, and at least one message",
        arguments: [
            ([], 0), ([1, 1], 2), ([10_000], 1), ([10_001, 1], 1), ([5000, 5000, 1], 2),
            ([1, 10_000, 1], 1),
        ]
    )
    func messagesOfStep(counts: [Int], taken: Int) {
        let alert = AlertFixture.alert()
        let messages = counts.enumerated().map { id, count in
            AlertMessage(id: id, alerts: Array(repeating: alert, count: count))
        }
        #expect(Inbox.countForStep(messages) == taken)
    }

    @Test("answers every message although one step cannot take all of them")
    func largeMessages() throws {
        let fixture = try LoopFixture()
        try fixture.run { fixture in
            try await fixture.begin()
            let alerts = Array(repeating: AlertFixture.alert(), count: 6000)
            let counts = await withTaskGroup(of: Int?.self) { group in
                for _ in 0..<4 { group.addTask { await fixture.receive(alerts)?.count } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(counts == [6000, 6000, 6000, 6000])
            #expect(fixture.time.now < .seconds(5))
        }
    }

    @Test("asks no more often than once per poll while the disk refuses, whatever arrives")
    func messagesWithoutDisk() throws {
        let fixture = try LoopFixture()
        fixture.cloud.with { $0.job = .running }
        try fixture.run { fixture in
            try await fixture.begin()
            try await fixture.hang()
            try await fixture.until { fixture.lines("read job-1") != [] }
            fixture.ledger.with { $0.refuses = { _ in true } }
            let before = fixture.lines("read job-1").count
            for _ in 0..<20 {
                _ = await fixture.send()
                try await fixture.pass(.seconds(1))
            }
            #expect(fixture.lines("disk refuses").count >= 20)
            #expect(fixture.lines("read job-1").count <= before + 1)
            try await fixture.pass(.seconds(60))
            #expect(fixture.lines("read job-1").count >= before + 2)
        }
    }

    @Test("is reported to the sender of an alert only once it is on disk")
    func reply() throws {
        let fixture = try LoopFixture()
        try fixture.run { fixture in
            try await fixture.begin()
            fixture.ledger.with { $0.before = fixture.delay(.seconds(2)) }
            fixture.time.trace.record("reply: \(await fixture.send())")
        }
        #expect(fixture.lines("disk: alert", "reply") == ["disk: alert f1", "reply: accepted"])
    }

    @Test("is made while no reader holds the series, which would have to be copied")
    func series() throws {
        let fixture = try LoopFixture()
        try fixture.run { fixture in
            try await fixture.begin()
            try await fixture.pass(.seconds(120))
            #expect(fixture.seriesWereHeld.withLock { Set($0) } == [false])
            #expect(await fixture.board.series.snapshot()?.series.seriesCount ?? 0 > 0)
        }
    }

    @Test("is started once, however long it takes")
    func once() throws {
        let fixture = try LoopFixture()
        try fixture.run { fixture in
            try await fixture.begin()
            fixture.cloud.with { cloud in
                cloud.job = .running
                cloud.before = fixture.delay(.seconds(100)) { $0 == .job("job-1") }
            }
            try await fixture.hang()
            try await fixture.pass(.seconds(350))
        }
        #expect(fixture.cloud.with { $0.mostAtOnce[.job("job-1")] } == 1)
        #expect(fixture.cloud.count(.job("job-1")) > 1, "and again after it has ended")
    }
}
