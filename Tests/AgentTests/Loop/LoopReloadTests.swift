import API
import Cycle
import Testing
import VirtualTime

@testable import Agent
@testable import Configuration

@Suite("The loop applies a configuration")
struct LoopReloadTests {
    private func elsewhere() throws -> LoadedConfiguration {
        try LoopStage.configuration { $0.configuration.cloud.projectID = "other" }
    }

    /// A fixture whose other project has one graph, `x`.
    private func stage() throws -> LoopStage {
        let stage = try LoopStage()
        stage.otherCloud.with { $0.graphs = ["x": "parts"] }
        return stage
    }

    @Test("and reports success only when it is in effect")
    func inForce() throws {
        let stage = try stage()
        let new = try LoopStage.configuration { $0.configuration.sampling.interval = .seconds(40) }
        try stage.run { stage in
            try await stage.begin()
            stage.ledger.with { $0.before = stage.delay(.seconds(2)) }
            let before = stage.time.now
            #expect(await stage.slot.offer(new) == .done)
            #expect(stage.board.current.settings?.freshness == .seconds(130))
            #expect(stage.time.now == before + .seconds(2), "at once, and after the write")
            let polls = stage.cloud.count(.list)
            try await stage.pass(.seconds(400))
            #expect(stage.cloud.count(.list) == polls + 10)
        }
    }

    @Test("or reports why not, and continues unchanged")
    func refused() throws {
        let stage = try stage()
        stage.cloud.with { $0.before = stage.delay(.seconds(10)) { $0 == .restart("g") } }
        let (new, unknown) = (
            try elsewhere(),
            try LoopStage.configuration { loaded in
                loaded.configuration.cloud.projectID = "unknown"
                loaded.configuration.webhook = nil
            }
        )
        try stage.run { stage in
            try await stage.begin()
            let noClient = await stage.slot.offer(unknown)
            #expect(noClient == .failed("the HTTP client cannot start: no such project"))
            #expect(await stage.send() == "accepted")
            try await stage.hang()
            let objection = await stage.slot.offer(new)
            #expect(
                objection
                    == .failed(
                        "cloud: the project or region cannot change while restarts are in progress: g"
                    )
            )
            try await stage.pass(.seconds(60))
            #expect(stage.board.current.inventory.graphs.map(\.id) == ["g", "h"])
        }
        #expect(stage.otherCloud.with { $0.calls.isEmpty })
    }

    @Test("and discards a poll started earlier in another cloud")
    func pollUnderWay() throws {
        let stage = try stage()
        let new = try elsewhere()
        try stage.run { stage in
            try await stage.begin()
            // Starts at 30 s and ends at 80 s, during the second poll of the other cloud.
            stage.cloud.with { $0.before = stage.delay(.seconds(50)) { $0 == .list } }
            stage.otherCloud.with { $0.before = stage.delay(.seconds(25)) { $0 == .list } }
            try await stage.pass(.seconds(31))
            #expect(await stage.slot.offer(new) == .done)
            try await stage.pass(.seconds(40))
            #expect(stage.board.current.inventory.graphs.map(\.id) == ["x"])
            stage.otherCloud.with { $0.canList = false }
            try await stage.pass(.seconds(100))
            #expect(stage.board.current.inventory.graphs.map(\.id) == ["x"])
            #expect(stage.otherCloud.count(.list) == 5, "one every 30 s")
            #expect(stage.otherCloud.count(.probe("x")) > 3)
            #expect(stage.otherCloud.count(.probe("g")) == 0)
        }
    }

    @Test("and probes no graph of another cloud when it cannot list its own")
    func knownGraphs() throws {
        let stage = try stage()
        let new = try elsewhere()
        stage.otherCloud.with { $0.canList = false }
        try stage.run { stage in
            try await stage.begin()
            #expect(await stage.slot.offer(new) == .done)
            try await stage.pass(.seconds(100))
        }
        #expect(stage.otherCloud.count(.list) > 3)
        #expect(stage.otherCloud.count(.probe("g")) == 0)
    }

    @Test("and acts on it")
    func effects() throws {
        let stage = try stage()
        let new = try elsewhere()
        try stage.run { stage in
            try await stage.begin()
            #expect(await stage.slot.offer(new) == .done)
            stage.otherCloud.with { _ = $0.silent.insert("x") }
            try await stage.until { stage.lines("POST") != [] }
        }
        #expect(stage.otherCloud.count(.restart("x")) == 1)
        #expect(stage.cloud.count(.restart("x")) == 0)
    }

    @Test("and discards a poll of another cloud that ended at the same time")
    func pollEnded() throws {
        let stage = try stage()
        let new = try elsewhere()
        try stage.run { stage in
            try await stage.begin()
            stage.cloud.with { $0.before = stage.delay(.seconds(3)) { $0 == .list } }
            try await stage.pass(.seconds(31))
            // The poll ends and the reload arrives while the loop writes.
            stage.ledger.with { $0.before = stage.delay(.seconds(10)) }
            async let message = stage.send()
            try await stage.pass(.seconds(5))
            stage.ledger.with { $0.before = { _ in } }
            #expect(await stage.slot.offer(new) == .done)
            #expect(stage.board.current.inventory.entries.isEmpty)
            #expect(await message == "accepted")
        }
    }

    @Test("and loses no poll to a late one of another cloud")
    func latePoll() throws {
        let stage = try stage()
        let new = try elsewhere()
        try stage.run { stage in
            try await stage.begin()
            // Starts at 30 s and ends at 75 s.
            stage.cloud.with { $0.before = stage.delay(.seconds(45)) { $0 == .list } }
            try await stage.pass(.seconds(40))
            // Polls of the other cloud start at 40 s and 70 s and end three seconds later.
            stage.otherCloud.with { $0.before = stage.delay(.seconds(3)) { $0 == .list } }
            #expect(await stage.slot.offer(new) == .done)
            try await stage.pass(.seconds(31))
            // Both end while the loop writes.
            stage.ledger.with { $0.before = stage.delay(.seconds(10)) }
            _ = await stage.send()
            stage.ledger.with { $0.before = { _ in } }
            try await stage.pass(.seconds(100))
            #expect(stage.otherCloud.count(.list) == 5, "every 30 s from 40 s to 181 s")
            #expect(stage.board.current.inventory.graphs.map(\.id) == ["x"])
        }
    }
}
