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
        let fixture = try LoopFixture()
        fixture.ledger.with { ledger in
            ledger.before = { [stop = fixture.stop] toDisk in
                if !toDisk.changes.intents.isEmpty { stop.request() }
            }
        }
        try fixture.run { fixture in
            try await fixture.begin()
            fixture.cloud.with { _ = $0.silent.insert("g") }
            await fixture.stop.wait()
        }
        #expect(
            fixture.lines() == [
                "disk: intent g", "log: intended",
                "disk: outcome not_sent", "log: outcome", "log: ended", "log: held", "end",
            ]
        )
    }

    @Test("a restart whose graph was being read again is not sent")
    func whileReadingAgain() throws {
        let fixture = try LoopFixture()
        fixture.cloud.with { cloud in
            cloud.before = { [stop = fixture.stop] call in
                if call == .graph("g") { stop.request() }
            }
        }
        try fixture.run { fixture in
            try await fixture.begin()
            fixture.cloud.with { _ = $0.silent.insert("g") }
            await fixture.stop.wait()
        }
        #expect(
            fixture.lines() == [
                "disk: intent g", "log: intended", "read g again", "read g again",
                "disk: outcome not_sent", "log: outcome", "log: ended", "log: held", "end",
            ]
        )
    }

    @Test("a restart that was sent is waited for, and its outcome is on disk before exit")
    func outcome() throws {
        let fixture = try LoopFixture()
        fixture.cloud.with { $0.before = fixture.delay(.seconds(10)) { $0 == .restart("g") } }
        try fixture.run { fixture in
            try await fixture.begin()
            try await fixture.hang()
            try await fixture.until { fixture.lines("POST") != [] }
        }
        #expect(
            fixture.lines().suffix(4) == [
                "POST g", "disk: outcome accepted", "log: outcome", "end",
            ]
        )
    }

    @Test("no other restart is decided, even if its alert fires meanwhile")
    func lastStep() throws {
        let fixture = try LoopFixture()
        fixture.cloud.with { cloud in
            for id in ["i", "j", "k"] { cloud.graphs[id] = "more" }
            cloud.before = fixture.delay(.seconds(60)) { $0 == .restart("g") }
        }
        try fixture.run { fixture in
            try await fixture.begin()
            fixture.cloud.with { _ = $0.silent.insert("g") }
            try await fixture.pass(.seconds(45))
            fixture.cloud.with { _ = $0.silent.insert("h") }
            try await fixture.until { fixture.lines("POST") != [] }
        }
        #expect(
            fixture.lines("disk: intent", "disk: outcome") == [
                "disk: intent g", "disk: outcome accepted",
            ]
        )
    }

    @Test("a failed write is retried once")
    func refused() throws {
        let fixture = try LoopFixture()
        fixture.cloud.with { $0.before = fixture.delay(.seconds(86_400)) { $0 == .job("job-1") } }
        try fixture.run { fixture in
            try await fixture.begin()
            fixture.ledger.with { $0.refuses = { !$0.changes.outcomes.isEmpty } }
            try await fixture.hang()
            try await fixture.until { fixture.lines("log: outcome") != [] }
            try await fixture.pass(.seconds(1))
            fixture.ledger.with { $0.refuses = { _ in false } }
        }
        #expect(fixture.ledger.outcomes == ["accepted"])
        #expect(fixture.time.now < .seconds(600), "the job query was abandoned")
    }

    @Test("a graph whose restart was refused is not read again")
    func refusedRestart() throws {
        let fixture = try LoopFixture()
        fixture.cloud.with { cloud in
            cloud.answer = .refused(ServiceFailure(status: 400, code: "GES.7016", message: "busy"))
            cloud.before = { [stop = fixture.stop, time = fixture.time] call in
                if call == .restart("g") { stop.request() }
                // The first read precedes the request.
                guard call == .graph("g"), stop.isRequested else { return }
                try? await time.sleep(for: .seconds(86_400))
            }
        }
        try fixture.run { fixture in
            try await fixture.begin()
            fixture.cloud.with { _ = $0.silent.insert("g") }
            await fixture.stop.wait()
        }
        #expect(fixture.ledger.outcomes == ["refused"])
        #expect(fixture.time.now < .seconds(600), "the read was abandoned")
    }

    @Test("no request is sent to the cloud")
    func questions() throws {
        let fixture = try LoopFixture()
        fixture.cloud.with { $0.job = .running }
        try fixture.run { fixture in
            try await fixture.begin()
            try await fixture.hang()
            try await fixture.until { fixture.cloud.count(.job("job-1")) == 1 }
            // The next step that asks for the job requests the end while it writes.
            fixture.ledger.with { ledger in
                ledger.before = { [stop = fixture.stop] _ in stop.request() }
            }
            await fixture.stop.wait()
        }
        #expect(fixture.ledger.outcomes == ["accepted"])
        #expect(fixture.cloud.count(.job("job-1")) == 1)
    }

    @Test("all waiting callers are notified")
    func waiters() throws {
        let fixture = try LoopFixture()
        fixture.cloud.with { $0.before = fixture.delay(.seconds(10)) { $0 == .restart("g") } }
        try fixture.run { fixture in
            try await fixture.begin()
            try await fixture.hang()
            try await fixture.until { fixture.lines("POST") != [] }
            fixture.stop.request()
            try await fixture.pass(.seconds(1))
            async let reload = fixture.slot.offer(try LoopFixture.configuration())
            #expect(await fixture.send() == "notStored(\"the agent is stopping\")")
            #expect(try await reload == .stopping)
            #expect(await fixture.send() == "notReady([])")
        }
    }
}
