import Coordination
import CycleFixtures
import Diagnosis
import Remediation
import Testing
import Time

@testable import Cycle

/// What a step of an agent that divides the watch tells the others.
@Suite("A step of a divided watch")
struct DividedWatchCycleTests {
    /// A division in which the graph "g" belongs to the other agent, or to this one.
    private static func share(isForeign: Bool, shared: Set<String> = []) throws -> WatchShare {
        let names = (0..<100).map { "agent-\($0)" }
        let other = try #require(
            names.first { name in
                division(with: name).owner(of: "g").id == (isForeign ? name : "own")
            }
        )
        return WatchShare(division(with: other), shared: shared)
    }

    private static func division(with other: String) -> WatchDivision {
        var division = WatchDivision(own: WatchDivision.Agent(id: "own", name: "own"))
        let agent = WatchDivision.Agent(id: other, name: other)
        division.take([(agent, "")])
        division.take([(agent, division.id)])
        return division
    }

    private static func cluster(
        suspects: [String: Sight] = [:],
        requests: [RestartRequest]? = nil
    ) -> ClusterReading {
        let other = MemberReport(
            id: "other",
            name: "other",
            policyHash: "p",
            poll: 1,
            sights: suspects,
            requests: requests
        )
        return ClusterReading(role: .follower(leader: "other"), others: [other], policyHash: "p")
    }

    private func step(
        _ world: inout ScriptedWorld,
        _ share: WatchShare?,
        _ cluster: ClusterReading = Self.cluster()
    ) -> Publication? {
        world.step {
            $0.readings?.share = share
            $0.cluster = cluster
        }.publication
    }

    @Test("gives no word about a graph that this agent does not read yet")
    func unread() throws {
        var world = try ScriptedWorld()
        let suspects = Self.cluster(suspects: ["g": .suspect])
        let foreign = try Self.share(isForeign: true)
        let unread = try #require(step(&world, foreign, suspects))
        #expect(unread.sights["g"] == nil)
        let shared = try Self.share(isForeign: true, shared: ["g"])
        let read = try #require(step(&world, shared, suspects))
        #expect(read.sights["g"] != nil)
    }

    @Test("leaves the part of an agent to the others while it sees no graph")
    func blind() throws {
        var world = try ScriptedWorld()
        let share = try Self.share(isForeign: false)
        #expect(try #require(step(&world, share)).division == share.division.id)
        #expect(try #require(step(&world, nil)).division == nil)
        world.setClock(by: .seconds(-7200))
        let doubtful = world.step {
            $0.readings?.share = share
            $0.readings?.gatewayClockOffset = .seconds(7200)
        }
        let publication = try #require(doubtful.publication)
        #expect(publication.division == nil && publication.requests == [])
        // A graph that was never reached.
        var silent = try ScriptedWorld()
        silent.graphs["g"]?.answers = false
        silent.graphs["g"]?.silence = ReadingsFixture.refused
        #expect(try #require(step(&silent, share)).division == nil)
    }

    @Test("takes what rules of others ask for only if agents divide the watch, each once")
    func requests() throws {
        var world = try ScriptedWorld()
        let request = RestartRequest(
            graphID: GraphID("g"),
            hangClass: .unresponsive,
            alertname: "Hung",
            reason: "it hangs",
            activeAt: world.now
        )
        let cluster = Self.cluster(requests: [request, request])
        _ = step(&world, nil, cluster)
        #expect(world.cycle.requestsOfOthers.isEmpty)
        _ = step(&world, try Self.share(isForeign: true), cluster)
        #expect(world.cycle.requestsOfOthers == [request])
    }
}
