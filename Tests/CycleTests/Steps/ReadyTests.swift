import CycleFixtures
import Remediation
import Rules
import Series
import Testing
import Time

@testable import Cycle

@Suite("What a step returns")
struct ReadyTests {
    /// The step in which something of graph `g`, which hangs, is so.
    private func step(
        of world: inout ScriptedWorld,
        where isSo: (Ready) -> Bool
    ) throws -> Ready {
        world.graphs["g"]?.answers = false
        for _ in 0..<120 {
            let ready = world.step()
            if isSo(ready) { return ready }
        }
        throw Never()
    }

    private struct Never: Error {}

    @Test("puts a restart only after the disk write, with its intent and its log line")
    func restart() throws {
        var world = try ScriptedWorld()
        let ready = try step(of: &world) { !$0.afterDisk.isEmpty }
        let intent = try #require(ready.toDisk.changes.intents.first)
        #expect(ready.afterDisk == [.restart(intent)])
        #expect(ready.anytime.isEmpty)
        #expect(ready.log.map(\.event) == ["intended"])
        #expect(ready.toDisk.changes.audit.map(\.kind) == [.intended])
        #expect(ready.toDisk.changes.records.map(\.id) == [intent.graphID])
    }

    @Test("puts reads where they wait for nothing")
    func reading() throws {
        var world = try ScriptedWorld { $0.graphs[0].policy.evidenceTimeout = .seconds(60) }
        let gathering = try step(of: &world) { !$0.anytime.isEmpty }
        #expect(gathering.anytime.map(\.kind) == ["collectEvidence"])
        #expect(gathering.afterDisk.isEmpty)
        let following = try step(of: &world) { $0.anytime.map(\.kind) == ["followJob"] }
        #expect(following.afterDisk.isEmpty)
        world.answer = .unknown(reason: "time-out")
        var other = try ScriptedWorld()
        other.answer = .unknown(reason: "time-out")
        let searching = try step(of: &other) { $0.anytime.map(\.kind) == ["searchJobs"] }
        #expect(searching.afterDisk.isEmpty)
    }

    @Test("puts the answer to an order after the disk write")
    func answer() throws {
        var world = try ScriptedWorld()
        let order = Order(
            id: "order-1",
            .pause(.fleet, until: world.now + .seconds(3600)),
            by: "anna",
            reason: "maintenance"
        )
        let ready = world.step { $0.reports = [.order(order)] }
        #expect(ready.afterDisk.map(\.kind) == ["answer"])
        #expect(ready.toDisk.changes.pauses?.count == 1)
    }

    @Test("has one reply for each message, by its number")
    func replies() throws {
        var world = try ScriptedWorld()
        world.step()
        let ready = world.step { input in
            input.messages = [
                AlertMessage(id: 7, alerts: [AlertFixture.alert()]),
                AlertMessage(id: 8, alerts: []),
            ]
        }
        #expect(
            ready.replies == [
                AlertReply(id: 7, answer: .success([.accepted])),
                AlertReply(id: 8, answer: .success([])),
            ]
        )
        #expect(ready.toDisk.savedReceived.map(\.key.fingerprint) == ["f1"])
        #expect(ready.status.firing.count == 1)
    }

    @Test("writes the clocks to disk only with a poll or a change")
    func clocks() throws {
        var world = try ScriptedWorld()
        #expect(world.step().toDisk.clock == ClockMoment(world.clock))
        #expect(world.step(after: .seconds(1), polls: false).toDisk.clock == nil)
        let order = Order(
            id: "o",
            .pause(.fleet, until: world.now + .seconds(3600)),
            by: "anna",
            reason: "maintenance"
        )
        let changed = world.step(after: .seconds(1), polls: false) { $0.reports = [.order(order)] }
        #expect(changed.toDisk.clock == ClockMoment(world.clock))
        let last = world.step(after: .seconds(1), polls: false) { $0.isStopping = true }
        #expect(last.toDisk.clock == ClockMoment(world.clock))
    }

    @Test("publishes the whole step to readers")
    func status() throws {
        var world = try ScriptedWorld()
        let ready = try step(of: &world) { !$0.afterDisk.isEmpty }
        let status = ready.status
        #expect(status.at == world.now)
        #expect(status.machine.inFlight.map(\.rawValue) == ["g"])
        #expect(status.view.sick.count == 1)
        #expect(status.alerts.map { $0.labels["alertname"] } == ["GraphHung"])
        #expect(status.groups.map(\.name) == ["hang"])
        #expect(status.samples.contains { $0.metric == .probeSuccess && $0.value == 0 })
        #expect(status.storage.seriesCount == world.cycle.series.seriesCount)
        #expect(status.notReady.isEmpty && status.detectOnly.isEmpty)
        #expect(status.work.readings?.at == world.now)
        #expect(status.work.evaluation?.groups.count == 1)
    }
}

extension ClockMoment {
    fileprivate init(_ reading: ClockReading) {
        self.init(bootID: reading.bootID, elapsed: reading.elapsed, wall: reading.wall)
    }
}

extension Effect {
    var kind: String {
        switch self {
        case .collectEvidence: "collectEvidence"
        case .restart: "restart"
        case .cancelTask: "cancelTask"
        case .stop: "stop"
        case .start: "start"
        case .followJob: "followJob"
        case .searchJobs: "searchJobs"
        case .readJobList: "readJobList"
        case .answer: "answer"
        case .record: "record"
        }
    }
}
