import Coordination
import Testing

@Suite("The division of the watch")
struct WatchShareTests {
    private typealias Agent = WatchDivision.Agent

    private let graphs = (0..<300).map { "graph-\($0)" }

    private func agent(_ name: String, run: Int = 1) -> Agent {
        Agent(id: "\(name)\(run)", name: name)
    }

    /// A division in which every other agent has polled by it, or none.
    private func division(_ own: String, _ others: [String], areReady: Bool = true)
        -> WatchDivision
    {
        var division = WatchDivision(own: agent(own))
        take(others.map { agent($0) }, areReady, &division)
        return division
    }

    private func take(_ others: [Agent], _ areReady: Bool, _ division: inout WatchDivision) {
        division.take(others.map { ($0, "") })
        guard areReady else { return }
        let id = division.id
        division.take(others.map { ($0, id) })
    }

    private func watched(_ division: WatchDivision, shared: Set<String> = []) -> Set<String> {
        let share = WatchShare(division, shared: shared)
        return Set(graphs.filter { share.otherWatcher(of: $0) == nil })
    }

    @Test("gives each graph to exactly one of the agents, about as many to each")
    func partition() {
        let parts = [
            watched(division("a", ["b", "c"])), watched(division("b", ["c", "a"])),
            watched(division("c", ["a", "b"])),
        ]
        #expect(parts.allSatisfy { (70...130).contains($0.count) })
        #expect(parts.map(\.count).reduce(0, +) == graphs.count)
        #expect(parts.reduce(Set<String>()) { $0.union($1) }.count == graphs.count)
    }

    @Test("gives everything to an agent that is alone")
    func alone() {
        #expect(watched(WatchDivision(own: agent("a"))).count == graphs.count)
    }

    @Test("is the same for all who know the same agents, and differs after a restart")
    func identity() {
        #expect(division("a", ["b"]).id == division("b", ["a"]).id)
        #expect(division("a", ["b"]).id != division("a", ["c"]).id)
        var restarted = WatchDivision(own: agent("a"))
        take([agent("b", run: 2)], true, &restarted)
        #expect(restarted.id != division("a", ["b"]).id)
        // A restarted agent gets back what it had.
        #expect(watched(restarted) == watched(division("a", ["b"])))
    }

    @Test("leaves a graph where it was until the new agent has polled")
    func handover() {
        var division = division("a", ["b"])
        let before = watched(division)
        let newcomer = [agent("b"), agent("c")]
        take(newcomer, false, &division)
        #expect(watched(division) == before)
        // One that is ready gets its part, whatever the other does.
        division.take([(newcomer[0], ""), (newcomer[1], division.id)])
        let after = watched(self.division("a", ["b", "c"]))
        #expect(watched(division) == after)
        #expect(after.isStrictSubset(of: before))
    }

    @Test("takes the graphs of an agent that is gone at once, and no others")
    func departure() {
        var division = division("a", ["b", "c"])
        let before = watched(division)
        take([agent("b")], false, &division)
        let after = watched(division)
        #expect(after.isStrictSuperset(of: before))
        #expect(after.isSuperset(of: watched(self.division("a", ["b"]))))
    }

    @Test("remembers the last division that all had polled by, over several changes")
    func changes() {
        var division = division("a", ["b"])
        let before = watched(division)
        take([agent("b"), agent("c")], false, &division)
        take([agent("b"), agent("c"), agent("d")], false, &division)
        #expect(watched(division) == before)
        take([agent("b"), agent("c"), agent("d")], true, &division)
        #expect(watched(division).count < before.count)
        #expect(division.before == division.agents)
    }

    @Test("gives agents of one name no graph twice")
    func sameName() {
        var first = WatchDivision(own: agent("a", run: 1))
        take([agent("a", run: 2)], true, &first)
        var second = WatchDivision(own: agent("a", run: 2))
        take([agent("a", run: 1)], true, &second)
        #expect(watched(first).count + watched(second).count == graphs.count)
    }

    // MARK: Reading

    @Test("has graphs that all read, and each other one is read now and then")
    func reading() {
        let division = division("a", ["b", "c"])
        let own = watched(division)
        let foreign = graphs.filter { !own.contains($0) }
        let share = WatchShare(division, shared: [foreign[0]])
        #expect(share.otherWatcher(of: foreign[0]) != nil)
        #expect(share.isRead(foreign[0]) && !share.isRead(foreign[1]))
        for poll in 0..<WatchShare.glanceInterval {
            #expect(own.allSatisfy { share.reads($0, inPoll: poll) })
            #expect(share.reads(foreign[0], inPoll: poll))
            #expect(foreign.count { share.reads($0, inPoll: poll) } < foreign.count / 5)
        }
        for graph in foreign.dropFirst() {
            let reads = (0..<WatchShare.glanceInterval * 2).count {
                share.reads(graph, inPoll: $0)
            }
            #expect(reads == 2)
        }
    }
}
