import Coordination
import Diagnosis
import JSON
import Remediation
import Rules
import Testing
import Time
import VirtualTime

@testable import Agent

/// Which agents a coordinator divides the watch with.
@Suite("A coordinator that divides the watch")
struct CoordinatorShareTests {
    /// Publishes a poll of this division, and reads what the others have published.
    private func look(
        _ coordinator: Coordinator,
        poll: Int,
        division: String?,
        sights: [String: Sight] = [:]
    ) async {
        var publication = Publication(poll: poll, sights: sights)
        publication.division = division
        coordinator.publish(publication)
        await coordinator.look()
    }

    @Test("counts the agents that poll and divide it too")
    func members() throws {
        try CoordinatorPair.run(dividesWatch: true) { pair in
            await look(pair.first, poll: 1, division: pair.first.share?.division.id)
            await look(pair.second, poll: 0, division: "second")
            await look(pair.first, poll: 2, division: "first")
            // The other one has not polled yet.
            #expect(pair.first.share?.division.agents.map(\.name) == ["first"])
            await look(pair.second, poll: 1, division: nil)
            await look(pair.first, poll: 3, division: "first")
            // It reads every graph.
            #expect(pair.first.share?.division.agents.map(\.name) == ["first"])
            await look(pair.second, poll: 2, division: "second")
            await look(pair.first, poll: 4, division: "first")
            let division = try #require(pair.first.share?.division)
            #expect(division.agents.map(\.name) == ["first", "second"])
            #expect(division.ready.isEmpty)
            await look(pair.second, poll: 3, division: division.id)
            await look(pair.first, poll: 5, division: division.id)
            #expect(pair.first.share?.division.ready == ["second"])
        }
    }

    @Test("reads everything again when the other one is silent for too long")
    func silence() throws {
        try CoordinatorPair.run(dividesWatch: true) { pair in
            await look(pair.second, poll: 1, division: "second")
            await look(pair.first, poll: 1, division: "first")
            #expect(pair.first.share?.division.agents.count == 2)
            try await pair.time.sleep(for: pair.first.settings.patience + .seconds(1))
            #expect(pair.first.share?.division.agents.count == 1)
        }
    }

    @Test("reads what another one suspects or cannot judge, and what concerns this one")
    func shared() throws {
        try CoordinatorPair.run(dividesWatch: true) { pair in
            let sights: [String: Sight] = ["a": .suspect, "b": .hung, "c": .alive, "d": .unknown]
            await look(pair.second, poll: 1, division: "second", sights: sights)
            var publication = Publication(poll: 1, sights: [:])
            publication.division = "first"
            publication.concerns = ["e"]
            pair.first.publish(publication)
            await pair.first.look()
            #expect(pair.first.share?.shared == ["a", "b", "d", "e"])
        }
    }

    @Test(
        "leaves out of a report that is too large what prevents no restart",
        arguments: [(100, 100, 1, 1), (2_000_000, 100, 0, 1), (100, 2_000_000, 0, 0)]
    )
    func largeReport(label: Int, reason: Int, alerts: Int, requests: Int) throws {
        try CoordinatorPair.run(dividesWatch: true) { pair in
            var publication = Publication(poll: 1, sights: ["g": .alive])
            publication.blocks = [PublishedBlock(text: "Backup", since: nil, graphID: "g")]
            publication.alerts = [try Self.alert(String(repeating: "x", count: label))]
            publication.requests = [
                RestartRequest(
                    graphID: GraphID("g"),
                    hangClass: .unresponsive,
                    alertname: "Hung",
                    reason: String(repeating: "x", count: reason),
                    activeAt: .distantPast
                )
            ]
            pair.second.publish(publication)
            await pair.second.look()
            await pair.first.look()
            let report = try #require(pair.first.take().others.first)
            #expect(report.sights == ["g": .alive] && report.blocks == publication.blocks)
            #expect(report.alerts?.count == alerts && report.requests?.count == requests)
        }
    }

    private static func alert(_ label: String) throws -> AlertSnapshot {
        let fields: JSONValue = [
            "ruleName": "r", "group": "g", "labels": ["l": .string(label)], "annotations": [:],
            "value": "1", "activeAtMilliseconds": 0, "lastSeenAtMilliseconds": 0,
        ]
        return try StrictJSONDecoder().decode(AlertSnapshot.self, from: fields)
    }

    @Test("reads every graph if it is not told to divide")
    func undivided() throws {
        try CoordinatorPair.run { pair in #expect(pair.first.share == nil) }
    }
}
