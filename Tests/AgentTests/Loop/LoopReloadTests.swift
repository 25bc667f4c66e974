import API
import Cycle
import Testing
import VirtualTime

@testable import Agent
@testable import Configuration

@Suite("The loop applies a configuration")
struct LoopReloadTests {
    private func elsewhere() throws -> LoadedConfiguration {
        try LoopFixture.configuration { $0.configuration.cloud.projectID = "other" }
    }

    /// A fixture whose other project has one graph, `x`.
    private func fixture() throws -> LoopFixture {
        let fixture = try LoopFixture()
        fixture.otherCloud.with { $0.graphs = ["x": "parts"] }
        return fixture
    }

    @Test("and reports success only when it is in effect")
    func inForce() throws {
        let fixture = try fixture()
        let new = try LoopFixture.configuration {
            $0.configuration.sampling.interval = .seconds(40)
        }
        try fixture.run { fixture in
            try await fixture.begin()
            fixture.ledger.with { $0.before = fixture.delay(.seconds(2)) }
            let before = fixture.time.now
            #expect(await fixture.slot.offer(new) == .done)
            #expect(fixture.board.current.settings?.freshness == .seconds(130))
            #expect(fixture.time.now == before + .seconds(2), "at once, and after the write")
            let polls = fixture.cloud.count(.list)
            try await fixture.pass(.seconds(400))
            #expect(fixture.cloud.count(.list) == polls + 10)
        }
    }

    @Test("or reports why not, and continues unchanged")
    func refused() throws {
        let fixture = try fixture()
        fixture.cloud.with { $0.before = fixture.delay(.seconds(10)) { $0 == .restart("g") } }
        let (new, unknown) = (
            try elsewhere(),
            try LoopFixture.configuration { loaded in
                loaded.configuration.cloud.projectID = "unknown"
                loaded.configuration.webhook = nil
            }
        )
        try fixture.run { fixture in
            try await fixture.begin()
            let noClient = await fixture.slot.offer(unknown)
            #expect(noClient == .failed("the HTTP client cannot start: no such project"))
            #expect(await fixture.send() == "accepted")
            try await fixture.hang()
            let objection = await fixture.slot.offer(new)
            #expect(
                objection
                    == .failed(
                        "cloud: the project or region cannot change while restarts are in progress: g"
                    )
            )
            try await fixture.pass(.seconds(60))
            #expect(fixture.board.current.inventory.graphs.map(\.id) == ["g", "h"])
        }
        #expect(fixture.otherCloud.with { $0.calls.isEmpty })
    }

    @Test("and discards a poll started earlier in another cloud")
    func pollUnderWay() throws {
        let fixture = try fixture()
        let new = try elsewhere()
        try fixture.run { fixture in
            try await fixture.begin()
            // Starts at 30 s and ends at 80 s, during the second poll of the other cloud.
            fixture.cloud.with { $0.before = fixture.delay(.seconds(50)) { $0 == .list } }
            fixture.otherCloud.with { $0.before = fixture.delay(.seconds(25)) { $0 == .list } }
            try await fixture.pass(.seconds(31))
            #expect(await fixture.slot.offer(new) == .done)
            try await fixture.pass(.seconds(40))
            #expect(fixture.board.current.inventory.graphs.map(\.id) == ["x"])
            fixture.otherCloud.with { $0.canList = false }
            try await fixture.pass(.seconds(100))
            #expect(fixture.board.current.inventory.graphs.map(\.id) == ["x"])
            #expect(fixture.otherCloud.count(.list) == 6, "one every 30 s, one for names")
            #expect(fixture.otherCloud.count(.probe("x")) > 3)
            #expect(fixture.otherCloud.count(.probe("g")) == 0)
        }
    }

    @Test("and probes no graph of another cloud when it cannot list its own")
    func knownGraphs() throws {
        let fixture = try fixture()
        let new = try elsewhere()
        fixture.otherCloud.with { $0.canList = false }
        try fixture.run { fixture in
            try await fixture.begin()
            #expect(await fixture.slot.offer(new) == .done)
            try await fixture.pass(.seconds(100))
        }
        #expect(fixture.otherCloud.count(.list) > 3)
        #expect(fixture.otherCloud.count(.probe("g")) == 0)
    }

    @Test("and acts on it")
    func effects() throws {
        let fixture = try fixture()
        let new = try elsewhere()
        try fixture.run { fixture in
            try await fixture.begin()
            #expect(await fixture.slot.offer(new) == .done)
            try await fixture.pass(.seconds(40))
            fixture.otherCloud.with { _ = $0.silent.insert("x") }
            try await fixture.until { fixture.lines("POST") != [] }
        }
        #expect(fixture.otherCloud.count(.restart("x")) == 1)
        #expect(fixture.cloud.count(.restart("x")) == 0)
    }

    @Test("and discards a poll of another cloud that ended at the same time")
    func pollEnded() throws {
        let fixture = try fixture()
        let new = try elsewhere()
        try fixture.run { fixture in
            try await fixture.begin()
            fixture.cloud.with { $0.before = fixture.delay(.seconds(3)) { $0 == .list } }
            try await fixture.pass(.seconds(31))
            // The poll ends and the reload arrives while the loop writes.
            fixture.ledger.with { $0.before = fixture.delay(.seconds(10)) }
            async let message = fixture.send()
            try await fixture.pass(.seconds(5))
            fixture.ledger.with { $0.before = { _ in } }
            #expect(await fixture.slot.offer(new) == .done)
            #expect(fixture.board.current.inventory.entries.isEmpty)
            #expect(await message == "accepted")
        }
    }

    @Test("and loses no poll to a late one of another cloud")
    func latePoll() throws {
        let fixture = try fixture()
        let new = try elsewhere()
        try fixture.run { fixture in
            try await fixture.begin()
            // Starts at 30 s and ends at 75 s.
            fixture.cloud.with { $0.before = fixture.delay(.seconds(45)) { $0 == .list } }
            try await fixture.pass(.seconds(40))
            // Polls of the other cloud start at 40 s and 70 s and end three seconds later.
            fixture.otherCloud.with { $0.before = fixture.delay(.seconds(3)) { $0 == .list } }
            #expect(await fixture.slot.offer(new) == .done)
            try await fixture.pass(.seconds(31))
            // Both end while the loop writes.
            fixture.ledger.with { $0.before = fixture.delay(.seconds(10)) }
            _ = await fixture.send()
            fixture.ledger.with { $0.before = { _ in } }
            try await fixture.pass(.seconds(100))
            #expect(fixture.otherCloud.count(.list) == 6, "every 30 s from 40 s on, one for names")
            #expect(fixture.board.current.inventory.graphs.map(\.id) == ["x"])
        }
    }
}
