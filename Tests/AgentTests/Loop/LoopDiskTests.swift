import API
import Configuration
import Cycle
import Remediation
import Testing
import VirtualTime

@testable import Agent

@Suite("When a write to the ledger fails, the loop")
struct LoopDiskTests {
    @Test("starts no restart of that step, steps again at once, and retries the whole write")
    func intent() throws {
        let fixture = try LoopFixture()
        fixture.ledger.with { $0.refuses = { !$0.changes.intents.isEmpty } }
        try fixture.run { fixture in
            try await fixture.begin()
            fixture.cloud.with { _ = $0.silent.insert("g") }
            try await fixture.until { fixture.lines("disk refuses") != [] }
            #expect(fixture.lines("log: outcome") != [], "the state machine is told at once")
            #expect(fixture.board.current.detectOnly.map(\.label) == ["ledger"])
            #expect(fixture.board.current.machine.inFlight.isEmpty)
            fixture.ledger.with { $0.refuses = { _ in false } }
            try await fixture.until { fixture.lines("POST") != [] }
        }
        #expect(
            fixture.lines().filter { $0 != "disk refuses" }.prefix(14) == [
                "log: intended", "log: outcome", "log: ended", "log: held",
                "log: Detect-only: \(DetectOnlyReason.ledger("\(LoopLedger.full)"))",
                "disk: intent g", "disk: outcome not_sent", "log: held",
                "log: The ledger can be written again",
                "disk: intent g", "log: intended", "read g again", "read g again",
                "log: Sending the restart",
            ]
        )
    }

    @Test("does the same for the first write after a failure")
    func intentAfterFailure() throws {
        let fixture = try LoopFixture()
        try fixture.run { fixture in
            try await fixture.begin()
            fixture.ledger.with { $0.refuses = { _ in true } }
            fixture.cloud.with { _ = $0.silent.insert("g") }
            try await fixture.pass(.seconds(600))
            fixture.ledger.with { $0.refuses = { !$0.changes.intents.isEmpty } }
            try await fixture.until { fixture.lines("log: intended") != [] }
            #expect(fixture.lines("log: outcome") != [])
            #expect(fixture.board.current.machine.inFlight.isEmpty)
        }
        #expect(fixture.cloud.count(.graph("g")) == 0)
    }

    @Test("reports it at once, and reports the recovery")
    func detectOnly() throws {
        let fixture = try LoopFixture()
        try fixture.run { fixture in
            try await fixture.begin()
            for refuses in [true, false, true] {
                fixture.ledger.with { $0.refuses = { _ in refuses } }
                let writes = fixture.ledger.with { $0.attempts }
                try await fixture.until(lookingEvery: .milliseconds(1)) {
                    fixture.ledger.with { $0.attempts } > writes
                }
                #expect(fixture.board.current.detectOnly.isEmpty == !refuses)
            }
        }
    }

    @Test("reports it to the alert's sender, and receives nothing")
    func message() throws {
        let fixture = try LoopFixture()
        try fixture.run { fixture in
            try await fixture.begin()
            fixture.ledger.with { $0.refuses = { _ in true } }
            for _ in 0..<2 {
                let refusal = await fixture.send()
                #expect(refusal.hasPrefix("notStored"), "\(refusal)")
                try await fixture.pass(.milliseconds(1))
                #expect(fixture.board.current.received.alerts.isEmpty)
            }
            fixture.ledger.with { $0.refuses = { _ in false } }
            #expect(await fixture.send() == "accepted")
        }
    }
}

@Suite("Old history")
struct LoopHousekeepingTests {
    private func fixture() throws -> LoopFixture {
        try LoopFixture { loaded in
            loaded.configuration.sampling.interval = .seconds(3600)
            loaded.configuration.evaluationInterval = .seconds(3600)
            loaded.configuration.defaultPolicy.startupGrace = .seconds(4 * 3600)
        }
    }

    @Test("is deleted once a day")
    func daily() throws {
        let fixture = try fixture()
        try fixture.run(limit: .seconds(3 * 86_400)) { try await $0.pass(.seconds(49 * 3600)) }
        #expect(fixture.ledger.with { $0.tidied.count } == 3)
    }

    @Test("is kept while the agent may not act, because its clock may be wrong")
    func detectOnly() throws {
        let fixture = try fixture()
        try fixture.run(limit: .seconds(86_400)) { fixture in
            try await fixture.pass(.seconds(7200))
            fixture.time.moveWall(by: .seconds(40 * 86_400))
            try await fixture.pass(.seconds(4 * 3600))
            #expect(fixture.ledger.with { $0.tidied.count } == 1)
            try await fixture.pass(.seconds(3 * 3600))
            #expect(fixture.ledger.with { $0.tidied.count } == 2)
        }
    }
}
