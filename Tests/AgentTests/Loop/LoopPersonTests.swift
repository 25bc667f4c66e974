import API
import Configuration
import Cycle
import Remediation
import Testing
import Time
import VirtualTime

@testable import Agent

/// Orders of persons, from the desk through the loop to the machine and back.
@Suite("An order of a person")
struct LoopPersonTests {
    @Test("is dropped if whoever gave it has left before a step took it, and not after")
    func left() throws {
        let desk = OrderDesk()
        desk.open()
        func order(_ id: String) -> Order {
            Order(id: id, .restart(GraphID("g")), by: "kim", reason: "x")
        }
        let (first, second) = (try desk.put(order("a")), try desk.put(order("a")))
        let other = try desk.put(order("b"))
        desk.leave(first)
        desk.leave(other)
        #expect(desk.take().map(\.id) == ["a"])
        desk.leave(second)
        // It is with the step: given again, it waits for the same answer.
        _ = try desk.put(order("a"))
        #expect(desk.take().isEmpty)
        // However many come and go while a step is stuck, no queue grows.
        for number in 0..<1_000 { desk.leave(try desk.put(order("c\(number)"))) }
        #expect(desk.take().isEmpty)
    }

    private static func pause(_ fixture: LoopFixture) -> Order.Kind {
        let now = Timestamp(milliseconds: fixture.time.wallMilliseconds)
        return .pause(.fleet, until: now + .seconds(3600))
    }

    @Test("is answered once it is on disk, and shows in the status by then")
    func answered() throws {
        let fixture = try LoopFixture()
        try fixture.run { fixture in
            try await fixture.begin()
            #expect(await fixture.give(Self.pause(fixture)) == "done")
            #expect(fixture.board.current.machine.pauses.count == 1)
            let written = fixture.ledger.with { $0.written.flatMap(\.changes.answered) }
            #expect(written.map(\.id) == ["o1"])
            #expect(written.map(\.by) == ["kim as ops"])
            #expect(fixture.metric(MetricCatalog.orders, "pause", "done") == 1)
            #expect(fixture.metric(MetricCatalog.paused, "fleet") == 1)
        }
    }

    @Test("is not answered while the disk refuses, and gets the same answer later")
    func refusedWrite() throws {
        let fixture = try LoopFixture()
        try fixture.run { fixture in
            try await fixture.begin()
            fixture.ledger.with { $0.refuses = { _ in true } }
            for _ in 0..<2 {
                let answer = await fixture.give(Self.pause(fixture))
                #expect(answer.contains("not on record"), "\(answer)")
            }
            #expect(fixture.ledger.with { $0.written.flatMap(\.changes.answered) }.isEmpty)
            fixture.ledger.with { $0.refuses = { _ in false } }
            #expect(await fixture.give(Self.pause(fixture)) == "done")
            #expect(fixture.board.current.machine.pauses.count == 1)
        }
    }

    @Test("that restarts a graph promises nothing if its intent did not reach the disk")
    func refusedIntent() throws {
        let fixture = try LoopFixture()
        try fixture.run { fixture in
            try await fixture.begin()
            let order = Order.Kind.restart(GraphID("g"), RestartTerms(overrides: [.diagnosis]))
            fixture.ledger.with { $0.refuses = { !$0.changes.intents.isEmpty } }
            #expect(await fixture.give(order).contains("not on record"))
            fixture.ledger.with { $0.refuses = { _ in false } }
            try await fixture.pass(.seconds(60))
            // What was not sent is not tried again at once.
            #expect(await fixture.give(order) == "held")
            #expect(fixture.cloud.count(.restart("g")) == 0)
        }
    }

    @Test("restarts a graph that answers, if it names that")
    func restart() throws {
        let fixture = try LoopFixture()
        try fixture.run { fixture in
            try await fixture.begin()
            #expect(await fixture.give(.restart(GraphID("g"))) == "held")
            let order = Order.Kind.restart(GraphID("g"), RestartTerms(overrides: [.diagnosis]))
            #expect(await fixture.give(order, id: "o2") == "done")
            #expect(await fixture.give(order, id: "o2") == "done")
            try await fixture.until { fixture.lines("POST") != [] }
            try await fixture.pass(.seconds(60))
        }
        #expect(fixture.lines("POST") == ["POST g"])
    }

    @Test("is refused before the first poll, and once the agent stops")
    func closed() throws {
        let fixture = try LoopFixture()
        try fixture.run { fixture in
            #expect(await fixture.give(Self.pause(fixture)).contains("starting or stopping"))
            try await fixture.begin()
        }
        #expect(fixture.lines("disk: intent").isEmpty)
    }

    @Test("gets no answer in time from a ledger that hangs, and the answer when asked again")
    func timeout() throws {
        let fixture = try LoopFixture()
        try fixture.run { fixture in
            try await fixture.begin()
            fixture.ledger.with { $0.before = fixture.delay(.seconds(20)) }
            #expect(await fixture.give(Self.pause(fixture)) == "timeout")
            fixture.ledger.with { $0.before = { _ in } }
            #expect(await fixture.give(Self.pause(fixture)) == "done")
            #expect(fixture.metric(MetricCatalog.orders, "pause", "done") == 1)
        }
    }

    @Test("that several clients give at once is carried out once")
    func together() throws {
        let fixture = try LoopFixture()
        try fixture.run { fixture in
            try await fixture.begin()
            let answers = await withTaskGroup(of: String.self) { group in
                for _ in 0..<64 { group.addTask { await fixture.give(Self.pause(fixture)) } }
                return await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(answers == ["done"])
            #expect(fixture.metric(MetricCatalog.orders, "pause", "done") == 1)
        }
    }

    @Test("waits in a line of a bounded length")
    func bounded() throws {
        let fixture = try LoopFixture()
        try fixture.run { fixture in
            try await fixture.begin()
            let answers = await withTaskGroup(of: String.self) { group in
                for number in 0..<80 {
                    group.addTask { await fixture.give(.resume(.fleet), id: "o\(number)") }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.count { $0 == "refused" } == 64)
            #expect(answers.count { $0.contains("too many orders") } == 16)
        }
    }

    @Test("that waits keeps its id from another order")
    func sameID() throws {
        let desk = OrderDesk()
        desk.open()
        _ = try desk.put(Order(id: "a", .resume(.fleet), by: "kim", reason: "x"))
        #expect(throws: OrderRefusal.self) {
            try desk.put(Order(id: "a", .approve(GraphID("g")), by: "kim", reason: "x"))
        }
        #expect(desk.take().count == 1)
        desk.close()
    }

    @Test("makes no step query the cloud more often")
    func paced() throws {
        let fixture = try LoopFixture()
        try fixture.run { fixture in
            try await fixture.begin()
            let before = fixture.ledger.with { $0.attempts }
            for number in 0..<20 {
                _ = await fixture.give(.resume(.fleet), id: "o\(number)")
            }
            let steps = fixture.ledger.with { $0.attempts } - before
            #expect(fixture.time.elapsed >= .milliseconds(200) * 19)
            #expect(steps >= 20)
        }
    }
}
