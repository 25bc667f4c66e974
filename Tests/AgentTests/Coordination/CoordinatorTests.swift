import Coordination
import Cycle
import Diagnosis
import Etcd
import Ledger
import Remediation
import Testing
import Time
import VirtualTime

@testable import Agent
@testable import Rehearsal

/// Each test removes one of the guards between a decision and its request, or what follows from it.
@Suite("A coordinator")
struct CoordinatorTests {
    @Test("writes no intent on a state that a pause has changed, and knows the pause then")
    func pausedMeanwhile() throws {
        try CoordinatorPair.run { pair in
            await pair.settle()
            try await pair.second.write(pair.pause())
            let (intent, toDisk) = pair.intent()
            await #expect(throws: LedgerError.self) { try await pair.first.write(toDisk) }
            #expect(pair.firstDisk.with { $0.written.isEmpty })
            let state = try #require(pair.first.take().state)
            #expect(state.machine.pauses.map(\.scope) == [.fleet])
            #expect(state.machine.records.isEmpty)
            // On the state with the pause it would be written: the machine holds it.
            try await pair.first.write(toDisk)
            #expect(pair.first.objection(toSending: intent.id) == nil)
        }
    }

    @Test("writes no record after another has taken the lead")
    func deposed() throws {
        try CoordinatorPair.run { pair in
            await pair.settle()
            try await pair.time.sleep(for: .seconds(31))
            // Nobody has changed the shared state: the epoch alone tells.
            let reading = await pair.look(pair.second)
            guard case .leader = reading.role else {
                Issue.record("\(reading.role)")
                return
            }
            pair.first.believeInLead()
            await #expect(throws: LedgerError.self) {
                try await pair.first.write(pair.intent().toDisk)
            }
        }
    }

    @Test("ends its lead before etcd ends its lease")
    func stepsDown() throws {
        try CoordinatorPair.run { pair in
            await pair.settle()
            let (intent, toDisk) = pair.intent()
            try await pair.first.write(toDisk)
            try await pair.time.sleep(for: .seconds(21))
            #expect(pair.first.objection(toSending: intent.id) == "this agent no longer leads")
            let role = pair.first.take().role
            #expect(role == .none("the lease was not renewed in time"))
            await #expect(throws: LedgerError.self) {
                try await pair.first.write(pair.intent("h").toDisk)
            }
        }
    }

    @Test("sends nothing that was decided under an earlier lead, or long ago")
    func decidedEarlier() throws {
        try CoordinatorPair.run { pair in
            await pair.settle()
            let (intent, toDisk) = pair.intent()
            try await pair.first.write(toDisk)
            #expect(pair.first.objection(toSending: intent.id) == nil)
            #expect(pair.first.objection(toSending: "unknown") != nil)
            for _ in 0..<7 {
                try await pair.time.sleep(for: .seconds(9))
                await pair.look(pair.first)
            }
            let late = pair.first.objection(toSending: intent.id)
            #expect(late?.hasPrefix("it was decided more than") == true, "\(late ?? "")")
            // The lead is lost and won again.
            let (next, second) = pair.intent(attempt: 2)
            try await pair.first.write(second)
            try await pair.time.sleep(for: .seconds(31))
            await pair.look(pair.first)
            await pair.look(pair.first)
            guard case .leader = pair.first.take().role else {
                Issue.record("it does not lead again")
                return
            }
            let objection = pair.first.objection(toSending: next.id)
            #expect(objection == "it was decided under an earlier lead")
        }
    }

    @Test("recognizes its own write whose answer was lost")
    func lostAnswer() throws {
        try CoordinatorPair.run { pair in
            await pair.settle()
            pair.firstFault.set(.losesAnswers)
            await #expect(throws: LedgerError.self) {
                try await pair.first.write(pair.intent().toDisk)
            }
            #expect(pair.firstDisk.with { $0.written.isEmpty })
            pair.firstFault.set(.none)
            await pair.look(pair.first)
            // The next write rests on what was carried out.
            try await pair.first.write(pair.intent("h").toDisk)
            let state = try #require(await pair.look(pair.second).state)
            #expect(state.machine.records.map(\.id) == [GraphID("g"), GraphID("h")])
        }
    }

    @Test("recognizes its own write that was carried out before it was repeated")
    func repeated() throws {
        try CoordinatorPair.run { pair in
            await pair.settle()
            pair.firstFault.set(.repeats)
            let (intent, toDisk) = pair.intent()
            try await pair.first.write(toDisk)
            try await pair.first.write(pair.intent("h").toDisk)
            #expect(pair.first.objection(toSending: intent.id) == nil)
            let state = try #require(await pair.look(pair.second).state)
            #expect(state.machine.records.map(\.id) == [GraphID("g"), GraphID("h")])
        }
    }

    @Test("hands the shared state over anew when a lapsed lead is renewed")
    func renewedAfterLapse() throws {
        try CoordinatorPair.run { pair in
            await pair.settle()
            #expect(pair.first.take().state == nil)
            try await pair.time.sleep(for: .seconds(25))
            guard case .none = pair.first.take().role else {
                Issue.record("it still leads")
                return
            }
            await pair.look(pair.first)
            let reading = await pair.look(pair.first)
            guard case .leader = reading.role else {
                Issue.record("\(reading.role)")
                return
            }
            #expect(reading.state != nil)
        }
    }

    @Test("acts on no etcd that has lost history, or is another one")
    func lostHistory() throws {
        for mark in [
            SharedWatermark(clusterID: "7", version: 1_000),
            SharedWatermark(clusterID: "8", version: 0),
        ] {
            try CoordinatorPair.run(watermark: mark) { pair in
                await pair.look(pair.first)
                guard case .none(let why) = await pair.look(pair.first).role else {
                    Issue.record("it acts")
                    return
                }
                #expect(why.contains("--storage.accept-older-ledger"), "\(why)")
            }
        }
    }

    @Test("notices a backup that is restored while it runs")
    func restoredBackup() throws {
        try CoordinatorPair.run { pair in
            await pair.settle()
            pair.etcd.backUp()
            try await pair.first.write(pair.intent().toDisk)
            pair.etcd.restore()
            guard case .leader = pair.first.take().role else {
                Issue.record("it does not lead")
                return
            }
            // However often the agents publish there.
            for _ in 0..<200 {
                try await pair.time.sleep(for: .seconds(2))
                let reading = await pair.look(pair.first)
                guard case .none = reading.role, reading.state == nil else {
                    Issue.record("\(reading)")
                    return
                }
                await pair.look(pair.second)
            }
            await #expect(throws: LedgerError.self) {
                try await pair.first.write(pair.intent("h").toDisk)
            }
            // The other one had not seen what is lost.
            guard case .leader = await pair.look(pair.second).role else {
                Issue.record("nobody leads")
                return
            }
        }
    }

    @Test("sends nothing that another cluster has accepted")
    func anotherCluster() throws {
        try CoordinatorPair.run { pair in
            await pair.settle()
            pair.etcd.changeCluster()
            await #expect(throws: LedgerError.self) {
                try await pair.first.write(pair.intent().toDisk)
            }
            #expect(pair.firstDisk.with { $0.written.isEmpty })
        }
    }

    @Test("writes nothing to its own ledger that etcd refuses, and to etcd only what is shared")
    func ownLedger() throws {
        try CoordinatorPair.run { pair in
            await pair.settle()
            var (_, toDisk) = pair.intent()
            toDisk.changes.audit = [
                AuditEntry(
                    at: Timestamp(milliseconds: 0),
                    graphID: nil,
                    kind: .order,
                    detail: "noted"
                )
            ]
            try await pair.first.write(toDisk)
            let own = try #require(pair.firstDisk.with { $0.written.last })
            #expect(own.changes.audit.map(\.detail) == ["noted"])
            #expect(own.changes.records.isEmpty && own.changes.intents.isEmpty)
        }
    }

    @Test("leaves the lead to another agent if it could not act itself")
    func unfit() throws {
        try CoordinatorPair.run { pair in
            await pair.settle()
            for _ in 0..<2 {
                guard case .leader = await pair.look(pair.first, isFit: false).role else {
                    Issue.record("a single refused write is no reason")
                    return
                }
            }
            await pair.look(pair.first, isFit: false)
            guard case .leader = await pair.look(pair.second).role else {
                Issue.record("the second one does not lead")
                return
            }
            #expect(await pair.look(pair.first).role == .follower(leader: "second"))
        }
    }

    @Test("leaves the lead to another agent if its loop no longer polls")
    func stuck() throws {
        try CoordinatorPair.run { pair in
            await pair.settle()
            for _ in 0..<70 {
                try await pair.time.sleep(for: .seconds(2))
                await pair.first.look()
                await pair.look(pair.second)
            }
            guard case .leader = pair.second.take().role else {
                Issue.record("\(pair.second.take().role)")
                return
            }
        }
    }

    @Test("hands the shared state over anew to a loop that has dropped the lead")
    func dropped() throws {
        try CoordinatorPair.run { pair in
            await pair.settle()
            pair.first.publish(Publication(poll: 9, sights: [:], ledEpoch: nil))
            #expect(pair.first.take().state == nil)
            await pair.first.look()
            #expect(pair.first.take().state != nil)
        }
    }

    @Test("writes a large change in several transactions, the intent in the last one")
    func manyRecords() throws {
        try CoordinatorPair.run { pair in
            await pair.settle()
            var (_, toDisk) = pair.intent("a")
            for index in 0..<250 {
                var record = GraphRecord(id: GraphID("b\(index)"))
                record.attemptCount = 1
                toDisk.changes.records.append(record)
            }
            let changes = try SharedChanges(toDisk.changes, SharedKeys(prefix: "/graphwarden"))
            guard case .put(let key, _, _)? = changes.operations.last else {
                Issue.record("\(String(describing: changes.operations.last))")
                return
            }
            #expect(key == "/graphwarden/graphs/a")
            try await pair.first.write(toDisk)
            #expect(await pair.look(pair.second).state?.machine.records.count == 251)
        }
    }

    @Test("writes large records in transactions that etcd takes, each of them whole")
    func largeRecords() throws {
        var changes = Machine.Changes()
        for index in 0..<90 {
            var record = GraphRecord(id: GraphID("b\(index)"))
            record.attemptCount = 1
            record.fill(index % 3 == 0 ? 150 : 1)
            changes.records.append(record)
        }
        let shared = try SharedChanges(changes, SharedKeys(prefix: "/graphwarden"))
        let batches = shared.batches
        #expect(batches.flatMap(\.self) == shared.operations)
        #expect(batches.count > 4 && batches.count < 20)
        for batch in batches {
            let bytes = batch.reduce(0) { sum, operation in
                if case .put(_, let value, _) = operation { sum + value.count } else { sum }
            }
            #expect(bytes <= SharedChanges.maximumBytes)
        }
    }

    @Test("reads no state of a newer version")
    func newerVersion() throws {
        let fleet = Array(#"{"schemaVersion":99,"by":"x","write":"x/1"}"#.utf8)
        let entry = EtcdKeyValue(key: "fleet", value: fleet, createRevision: 1, modRevision: 1)
        #expect(throws: UnreadableState.self) {
            try SharedState(fleet: entry, graphs: [], pauses: nil)
        }
    }

    @Test("counts an agent whose report it cannot read as one with another policy")
    func unreadableMember() {
        func read(_ value: [UInt8]) -> MemberReport {
            MemberReport(EtcdKeyValue(key: "m", value: value, createRevision: 1, modRevision: 7))
        }
        func isUnread(_ value: [UInt8]) -> Bool {
            let report = read(value)
            return report.policyHash.isEmpty && report.poll == 7
        }
        #expect(isUnread([1]))
        func report(servedAt: String) -> [UInt8] {
            let others = #""id":"i","name":"n","version":"","policyHash":"p","poll":1,"sights":{}"#
            return Array("{\(others),\"servedAt\":\(servedAt)}".utf8)
        }
        #expect(!isUnread(report(servedAt: "{}")) && !isUnread(report(servedAt: "null")))
        for value in ["7", "[]", #"{"g":true}"#, #"{"g":"noon"}"#, #"{"g":1e300}"#] {
            #expect(isUnread(report(servedAt: value)), "\(value)")
        }
    }

    @Test("forgets an agent that polls no more, although its lease is renewed")
    func silentMember() throws {
        try CoordinatorPair.run { pair in
            await pair.settle()
            #expect(await pair.look(pair.first).others.map(\.name) == ["second"])
            for _ in 0..<13 {
                try await pair.time.sleep(for: .seconds(10))
                await pair.look(pair.first)
                await pair.second.look()
            }
            #expect(await pair.look(pair.first).others.isEmpty)
        }
    }
}

extension GraphRecord {
    /// A decision with a label of so many kilobytes.
    fileprivate mutating func fill(_ count: Int) {
        var decision = DecisionRecord(
            .shadow,
            .unresponsive,
            entry: "prod",
            at: Timestamp(milliseconds: 0)
        )
        decision.label = DecisionLabel(
            isRight: true,
            by: "kim",
            reason: String(repeating: "x", count: count << 10),
            at: Timestamp(milliseconds: 0)
        )
        decisions = [decision]
    }
}
