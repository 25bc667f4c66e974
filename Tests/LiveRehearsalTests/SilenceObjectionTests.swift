import Cycle
import LiveRehearsal
import Series
import Testing
import Time

@Suite("LiveRehearsal.Silences")
struct SilenceObjectionTests {
    private static let now = Timestamp(milliseconds: 1_700_000_000_000)

    private static func objections(
        _ matchers: [LabelMatcher],
        from: Duration = .seconds(-60),
        to: Duration = .seconds(60),
        unreadable: Int = 0
    ) -> [RehearsalObjection] {
        let silence = Silence(
            id: "s1",
            createdBy: "kim",
            comment: "upgrade",
            startsAt: now + from,
            endsAt: now + to,
            matchers: matchers
        )
        let report = SilenceReport(
            alertmanager: "http://am",
            answer: .silences([silence], unreadable: unreadable),
            at: now
        )
        return report.objections(toRestarting: "g1", named: "demo", at: now)
    }

    static let holding: [[LabelMatcher]] = [
        [LabelMatcher(name: "graph_id", .equal("g1"))],
        [LabelMatcher(name: "graph_name", .equal("demo"))],
        [
            LabelMatcher(name: "alertname", .equal("GraphUnresponsive")),
            LabelMatcher(name: "graph_id", .equal("g1")),
        ],
        [
            LabelMatcher(name: "graph_id", .equal("g1")),
            LabelMatcher(name: "graph_name", .notEqual("other")),
        ],
    ]

    @Test("a silence that names the graph holds it", arguments: holding)
    func holds(matchers: [LabelMatcher]) {
        #expect(Self.objections(matchers).first?.text.contains("silence s1 by kim") == true)
    }

    static let free: [[LabelMatcher]] = [
        [], [LabelMatcher(name: "graph_id", .equal("g2"))],
        [LabelMatcher(name: "alertname", .equal("GraphUnresponsive"))],
        [LabelMatcher(name: "graph_id", .notEqual("g2"))],
        [
            LabelMatcher(name: "graph_id", .equal("g1")),
            LabelMatcher(name: "graph_name", .equal("other")),
        ],
    ]

    @Test("a silence of something else holds nothing", arguments: free)
    func passes(matchers: [LabelMatcher]) {
        #expect(Self.objections(matchers).isEmpty)
    }

    @Test("only a silence that is active holds")
    func active() {
        let own = Self.holding[0]
        #expect(Self.objections(own, from: .seconds(1)).isEmpty)
        #expect(Self.objections(own, to: .zero).isEmpty)
        #expect(!Self.objections(own, from: .zero).isEmpty)
    }

    @Test("what cannot be read or asked holds")
    func unknown() {
        #expect(Self.objections([], unreadable: 2).first?.text.contains("2 silences") == true)
        let failure = SilenceReport(
            alertmanager: "http://am",
            answer: .failure("no answer"),
            at: Self.now
        )
        let found = failure.objections(toRestarting: "g1", named: "demo", at: Self.now)
        #expect(found.first?.text.contains("no answer") == true)
    }
}
