import Coordination
import CycleFixtures
import Diagnosis
import Remediation
import Rules
import Series
import Testing
import Time

@testable import Cycle

/// What a step of an agent that divides the watch tells the others.
@Suite("A step of a divided watch")
struct DividedWatchCycleTests {
    /// A division in which the graph "g" belongs to the other agent, or to this one.
    static func share(isForeign: Bool, shared: Set<String> = []) throws -> WatchShare {
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
        ready(&world, share, cluster).publication
    }

    private func ready(
        _ world: inout ScriptedWorld,
        _ share: WatchShare?,
        _ cluster: ClusterReading = Self.cluster()
    ) -> Ready {
        world.step {
            $0.readings?.share = share
            $0.cluster = cluster
        }
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
        #expect(publication.losses == nil && (publication.servedAt ?? publication.sickSince) == nil)
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
        #expect(world.cycle.others.requests.isEmpty)
        _ = step(&world, try Self.share(isForeign: true), cluster)
        #expect(world.cycle.others.requests == [request])
    }

    private static func other(_ change: (inout MemberReport) -> Void) -> ClusterReading {
        var report = MemberReport(id: "other", name: "other", policyHash: "p", poll: 1)
        change(&report)
        return ClusterReading(role: .follower(leader: "other"), others: [report], policyHash: "p")
    }

    private func blocks(_ ready: Ready) -> [String] {
        let view = ready.status.view
        let holds = view.externalHolds + view.graphs.values.flatMap(\.externalHolds)
        return holds.filter { $0.gate == .blockingAlert }.map(\.description)
    }

    @Test("holds what an alert of another agent blocks, and for a while after its word")
    func blockingAlerts() throws {
        var world = try ScriptedWorld()
        let since = world.now
        let cluster = Self.other {
            $0.blocks = [
                PublishedBlock(text: "Backup", since: since, graphID: "g"),
                PublishedBlock(text: "Change", since: since, graphID: ""),
            ]
        }
        let share = try Self.share(isForeign: true)
        let told = blocks(ready(&world, share, cluster))
        #expect(told.count == 2 && told[0].contains("alert Change, on other, since"))
        let gone = ClusterReading(role: .none("?"), others: [], policyHash: "p")
        for _ in 0..<10 { #expect(blocks(ready(&world, share, gone)).count == 2) }
        #expect(blocks(ready(&world, share, gone)).isEmpty)
        _ = ready(&world, share, cluster)
        #expect(blocks(ready(&world, share, Self.other { _ in })).isEmpty)
    }

    @Test("publishes what its own alerts block")
    func ownBlocks() throws {
        var world = try ScriptedWorld(
            rules: """
                groups:
                  - name: block
                    rules:
                      - alert: Busy
                        expr: ges_graph_status_code == 200
                        labels: {remediate: block}
                """
        )
        let share = try Self.share(isForeign: false)
        var published: Publication?
        for _ in 0..<3 { published = step(&world, share) }
        #expect(try #require(published).blocks?.map(\.graphID) == ["g"])
    }

    @Test("publishes the graphs that are lost or that it cannot judge, and only its own")
    func concerns() throws {
        for isForeign in [false, true] {
            var world = try ScriptedWorld()
            let share = try Self.share(isForeign: isForeign, shared: ["g"])
            _ = step(&world, share)
            world.graphs["g"]?.answers = false
            world.graphs["g"]?.silence = ReadingsFixture.refused
            var published: Publication?
            for _ in 0..<25 { published = step(&world, share) }
            let publication = try #require(published)
            #expect(publication.sights["g"] == (isForeign ? nil : .unknown))
            #expect(publication.losses?.keys.contains("g") == true)
            #expect(publication.concerns.contains("g") != isForeign)
        }
    }

    @Test("writes no series of a graph that it reads and another one watches")
    func series() throws {
        for isForeign in [false, true] {
            var world = try ScriptedWorld()
            // Until now it watched every graph.
            _ = step(&world, nil)
            let all = world.cycle.series.seriesCount
            let share = try Self.share(isForeign: isForeign, shared: ["g"])
            let ids = ready(&world, share).status.samples.flatMap(\.labelValues)
            #expect(ids.contains("g") != isForeign)
            #expect((world.cycle.series.seriesCount < all) == isForeign)
        }
    }

    @Test("takes no time of another agent that lies ahead")
    func clockAhead() throws {
        var world = try ScriptedWorld()
        let ahead = world.now + .seconds(3600)
        let request = RestartRequest(
            graphID: GraphID("g"),
            hangClass: .unresponsive,
            alertname: "Hung",
            reason: "it hangs",
            activeAt: ahead,
            firedAt: ahead
        )
        _ = step(&world, try Self.share(isForeign: true), Self.other { $0.requests = [request] })
        #expect(world.cycle.others.requests.map(\.activeAt) == [world.now])
        #expect(world.cycle.others.requests.map(\.firedAt) == [world.now])
    }

    @Test("blocks everything if more is blocked than can be told")
    func manyBlocks() throws {
        var world = try ScriptedWorld(
            (0...500).map { "g\($0)" },
            rules: """
                groups:
                  - name: block
                    rules:
                      - alert: Busy
                        expr: ges_graph_status_code == 200
                        labels: {remediate: block}
                """
        )
        let share = WatchShare(WatchDivision(own: WatchDivision.Agent(id: "own", name: "own")))
        var published: Publication?
        for _ in 0..<3 { published = step(&world, share) }
        let blocks = try #require(published?.blocks)
        #expect(blocks.map(\.graphID) == [""])
    }

    @Test("asks for restarts although its disk fails")
    func diskFailure() throws {
        var world = try ScriptedWorld()
        let share = try Self.share(isForeign: false)
        _ = step(&world, share)
        world.graphs["g"]?.answers = false
        world.refusal = { _ in "the disk is full" }
        var published: Publication?
        for _ in 0..<60 { published = step(&world, share) }
        let publication = try #require(published)
        #expect(!publication.isFitToLead)
        #expect(publication.requests?.map(\.graphID.rawValue) == ["g"])
    }

    private static let alert = """
        groups:
          - name: long
            rules:
              - alert: Runs
                expr: ges_graph_status_code == 200
                for: 30m
        """

    /// The pending alert of another agent, since 20 minutes.
    private func pending(_ world: inout ScriptedWorld) throws -> [AlertSnapshot] {
        var other = try ScriptedWorld(rules: Self.alert)
        let share = try Self.share(isForeign: false)
        var published: Publication?
        for _ in 0..<40 { published = step(&other, share) }
        var alerts = try #require(published?.alerts)
        #expect(alerts.map(\.ruleName) == ["Runs"])
        for index in alerts.indices {
            alerts[index].activeAtMilliseconds -= 1_200_000
            alerts[index].lastSeenAtMilliseconds -= 1_200_000
        }
        return alerts
    }

    @Test("takes alerts over although the first listing failed, and the other agent left")
    func firstListing() throws {
        var world = try ScriptedWorld(rules: Self.alert)
        let alerts = try pending(&world)
        let share = try Self.share(isForeign: false)
        world.listingFailure = ReadingFailure(reason: "timeout", text: "no answer")
        _ = step(&world, share, Self.other { $0.alerts = alerts })
        world.listingFailure = nil
        let ready = ready(&world, share, Self.other { _ in })
        let since = ready.status.alerts.map(\.activeAt)
        #expect(since.count == 1 && since.allSatisfy { world.now - $0 >= .seconds(600) })
    }

    @Test("keeps what another agent blocks until a rule with a long wait is evaluated anew")
    func longBlock() throws {
        var world = try ScriptedWorld(
            rules: """
                groups:
                  - name: block
                    rules:
                      - alert: Change
                        expr: ges_graph_status_code == 999
                        for: 20m
                        labels: {remediate: block}
                """
        )
        let share = try Self.share(isForeign: true)
        let block = PublishedBlock(text: "Change", since: world.now, graphID: "")
        _ = ready(&world, share, Self.other { $0.blocks = [block] })
        let gone = ClusterReading(role: .none("?"), others: [], policyHash: "p")
        for _ in 0..<44 {
            #expect(blocks(ready(&world, share, gone)).contains { $0.contains("on other") })
        }
        #expect(!blocks(ready(&world, share, gone)).contains { $0.contains("on other") })
    }

    @Test("counts a graph as sick while it waits for the word of others, unless one sees it alive")
    func waiting() throws {
        for (sight, isCounted) in [(Sight?.none, true), (.alive, false)] {
            var world = try ScriptedWorld()
            let share = try Self.share(isForeign: false)
            _ = ready(&world, share)
            world.graphs["g"]?.answers = false
            let cluster = Self.other { $0.sights = sight.map { ["g": $0] } ?? [:] }
            var last: Ready?
            for _ in 0..<10 { last = ready(&world, share, cluster) }
            let view = try #require(last?.status.view.graphs[GraphID("g")])
            guard case .unknown(.agents, _) = view.verdict else {
                Issue.record("\(view.verdict)")
                continue
            }
            #expect((view.suspectedSince != nil) == isCounted)
        }
    }

    @Test("tells of suspects first if it cannot tell of all graphs")
    func rank() throws {
        let count = MemberReport.maximumSights
        var world = try ScriptedWorld((0..<count).map { "a\($0)" } + ["z"])
        for id in world.graphs.keys where id != "z" {
            world.graphs[id]?.silence = ReadingsFixture.refused
            world.graphs[id]?.answers = false
        }
        let share = WatchShare(WatchDivision(own: WatchDivision.Agent(id: "own", name: "own")))
        _ = step(&world, share)
        world.graphs["z"]?.answers = false
        var last: Publication?
        for _ in 0..<3 { last = step(&world, share) }
        let sights = try #require(last?.sights)
        #expect(sights.count == count && [.suspect, .hung].contains(sights["z"]))
    }

    /// The alerts that an agent restores for a graph that it gains when the second of two others
    /// leaves, from what the first has left behind.
    @Test(
        "takes no alert of an agent after whom another one has watched the graph",
        arguments: [false, true]
    )
    func successor(wasWatched: Bool) throws {
        var world = try ScriptedWorld(rules: Self.alert)
        let alerts = try pending(&world)
        let (foreign, own) = (try Self.share(isForeign: true), try Self.share(isForeign: false))
        _ = ready(&world, foreign, Self.other { $0.alerts = alerts })
        let second = ClusterReading(
            role: .follower(leader: "second"),
            others: [MemberReport(id: "second", name: "second", policyHash: "p", poll: 1)],
            policyHash: "p"
        )
        for _ in 0..<(wasWatched ? 10 : 1) { _ = ready(&world, foreign, second) }
        // The alert of its own rules begins with the second poll.
        var last: Ready?
        for _ in 0..<3 { last = ready(&world, own, second) }
        let since = try #require(last).status.alerts.map { world.now - $0.activeAt }
        #expect(since.count == 1 && since.allSatisfy { ($0 >= .seconds(600)) != wasWatched })
    }

    @Test("judges a graph that it does not read by the word of its watcher")
    func words() throws {
        var world = try ScriptedWorld()
        _ = ready(&world, nil)
        let share = try Self.share(isForeign: true)
        let watcher = share.division.watcher(of: "g").id
        let since = world.now
        func view(_ change: (inout MemberReport) -> Void) throws -> GraphView {
            var report = MemberReport(id: watcher, name: "other", policyHash: "p", poll: 1)
            change(&report)
            let cluster = ClusterReading(role: .none("?"), others: [report], policyHash: "p")
            let graphs = world.step {
                $0.readings?.share = share
                $0.readings?.graphs = []
                $0.cluster = cluster
            }.status.view.graphs
            return try #require(graphs[GraphID("g")])
        }
        let well = try view { _ in }
        #expect(well.isWellElsewhere && well.suspectedSince == nil)
        #expect(well.unreachableSince == nil)
        let sick = try view {
            $0.sickSince = ["g": since]
            $0.losses = ["g": Onset(after: since, until: since)]
        }
        #expect(sick.suspectedSince == since)
        let lost = try view { $0.losses = ["g": Onset(after: since, until: since)] }
        #expect(lost.unreachableSince == since && lost.suspectedSince == nil)
        #expect(try view { _ in }.unreachableSince == nil)
    }
}
