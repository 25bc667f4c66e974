import Coordination
import Testing

@Suite("What an agent knows of the others")
struct ClusterReadingTests {
    private func member(
        _ name: String,
        policy: String = "p",
        _ sights: [String: Sight] = [:]
    ) -> MemberReport {
        MemberReport(id: "id-\(name)", name: name, policyHash: policy, poll: 1, sights: sights)
    }

    @Test("the lead ends with its time, although nobody says so")
    func deadline() {
        let reading = ClusterReading(
            role: .leader(epoch: 7, until: .seconds(100)),
            policyHash: "p"
        )
        #expect(reading.epoch(at: .seconds(99)) == 7)
        #expect(reading.epoch(at: .seconds(100)) == nil)
        let follower = ClusterReading(role: .follower(leader: "b"), policyHash: "p")
        #expect(follower.epoch(at: .zero) == nil)
    }

    @Test("one that sees the graph alive, or has not said what it sees, objects")
    func objections() {
        func objection(_ others: [MemberReport]) -> String? {
            ClusterReading(role: .none(""), others: others, policyHash: "p").objection(to: "g")
        }
        #expect(objection([]) == nil)
        for sight in [Sight.hung, .suspect, .unknown, .absent] {
            #expect(objection([member("b", ["g": sight])]) == nil, "\(sight)")
        }
        #expect(objection([member("b", ["h": .hung])]) == "b has not said yet what it sees of it")
        var new = member("b")
        new.poll = 0
        #expect(objection([new]) == nil)
        let both = [member("b", ["g": .hung]), member("c", ["g": .alive])]
        #expect(objection(both) == "c sees it alive")
    }

    @Test("agents with another policy are named")
    func dissenters() {
        let reading = ClusterReading(
            role: .follower(leader: "b"),
            others: [member("d", policy: "q"), member("c"), member("b", policy: "r")],
            policyHash: "p"
        )
        #expect(reading.dissenters == ["b", "d"])
    }

    @Test("what others suspect is asked for, not what they merely answer about")
    func suspects() {
        let reading = ClusterReading(
            role: .none(""),
            others: [member("b", ["g": .hung, "h": .alive, "i": .suspect, "j": .unknown])],
            policyHash: "p"
        )
        #expect(reading.suspectedByOthers == ["g", "i"])
    }

    @Test("an agent steps down before etcd ends its lease", arguments: [3, 10, 30, 300])
    func timing(seconds: Int) {
        let timing = LeaseTiming(timeToLive: .seconds(seconds))
        #expect(timing.renewInterval + timing.timeout * 2 <= timing.stepDown)
        #expect(timing.stepDown < timing.timeToLive)
    }
}
