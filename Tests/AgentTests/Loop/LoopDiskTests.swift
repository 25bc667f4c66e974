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
        let stage = try LoopStage()
        stage.ledger.with { $0.refuses = { !$0.changes.intents.isEmpty } }
        try stage.run { stage in
            try await stage.begin()
            stage.cloud.with { _ = $0.silent.insert("g") }
            try await stage.until { stage.lines("disk refuses") != [] }
            #expect(stage.lines("log: outcome") != [], "the state machine is told at once")
            #expect(stage.board.current.detectOnly.map(\.label) == ["ledger"])
            #expect(stage.board.current.machine.inFlight.isEmpty)
            stage.ledger.with { $0.refuses = { _ in false } }
            try await stage.until { stage.lines("POST") != [] }
        }
        #expect(
            stage.lines().filter { $0 != "disk refuses" }.prefix(13) == [
                "log: intended", "log: outcome", "log: ended", "log: held",
                "log: \(DetectOnlyReason.ledger("\(LoopLedger.full)"))",
                "disk: intent g", "disk: outcome not_sent", "log: held",
                "log: The ledger can be written again",
                "disk: intent g", "log: intended", "read g again", "log: Sending the restart",
            ]
        )
    }

    @Test("does the same for the first write after a failure")
    func intentAfterFailure() throws {
        let stage = try LoopStage()
        try stage.run { stage in
            try await stage.begin()
            stage.ledger.with { $0.refuses = { _ in true } }
            stage.cloud.with { _ = $0.silent.insert("g") }
            try await stage.pass(.seconds(600))
            stage.ledger.with { $0.refuses = { !$0.changes.intents.isEmpty } }
            try await stage.until { stage.lines("log: intended") != [] }
            #expect(stage.lines("log: outcome") != [])
            #expect(stage.board.current.machine.inFlight.isEmpty)
        }
        #expect(stage.cloud.count(.graph("g")) == 0)
    }

    @Test("reports it at once, and reports the recovery")
    func detectOnly() throws {
        let stage = try LoopStage()
        try stage.run { stage in
            try await stage.begin()
            for refuses in [true, false, true] {
                stage.ledger.with { $0.refuses = { _ in refuses } }
                let writes = stage.ledger.with { $0.attempts }
                try await stage.until(lookingEvery: .milliseconds(1)) {
                    stage.ledger.with { $0.attempts } > writes
                }
                #expect(stage.board.current.detectOnly.isEmpty == !refuses)
            }
        }
    }

    @Test("reports it to the alert's sender, and receives nothing")
    func message() throws {
        let stage = try LoopStage()
        try stage.run { stage in
            try await stage.begin()
            stage.ledger.with { $0.refuses = { _ in true } }
            for _ in 0..<2 {
                let refusal = await stage.send()
                #expect(refusal.hasPrefix("notStored"), "\(refusal)")
                try await stage.pass(.milliseconds(1))
                #expect(stage.board.current.received.alerts.isEmpty)
            }
            stage.ledger.with { $0.refuses = { _ in false } }
            #expect(await stage.send() == "accepted")
        }
    }
}

@Suite("Old history")
struct LoopHousekeepingTests {
    private func stage() throws -> LoopStage {
        try LoopStage { loaded in
            loaded.configuration.sampling.interval = .seconds(3600)
            loaded.configuration.evaluationInterval = .seconds(3600)
            loaded.configuration.defaultPolicy.startupGrace = .seconds(4 * 3600)
        }
    }

    @Test("is deleted once a day")
    func daily() throws {
        let stage = try stage()
        try stage.run(limit: .seconds(3 * 86_400)) { try await $0.pass(.seconds(49 * 3600)) }
        #expect(stage.ledger.with { $0.tidied.count } == 3)
    }

    @Test("is kept while the agent may not act, because its clock may be wrong")
    func detectOnly() throws {
        let stage = try stage()
        try stage.run(limit: .seconds(86_400)) { stage in
            try await stage.pass(.seconds(7200))
            stage.time.moveWall(by: .seconds(40 * 86_400))
            try await stage.pass(.seconds(4 * 3600))
            #expect(stage.ledger.with { $0.tidied.count } == 1)
            try await stage.pass(.seconds(3 * 3600))
            #expect(stage.ledger.with { $0.tidied.count } == 2)
        }
    }
}
