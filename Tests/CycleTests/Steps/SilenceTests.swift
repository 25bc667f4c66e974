import CycleFixtures
import PromQL
import Remediation
import Series
import Testing
import Time

@testable import Cycle

private let url = "http://alertmanager:9093"

private func silence(
    _ matchers: [LabelMatcher],
    id: String = "s1",
    from: Timestamp = ScriptedWorld.start,
    for duration: Duration = .seconds(86_400)
) -> Silence {
    Silence(
        id: id,
        createdBy: "kim",
        comment: "upgrade",
        startsAt: from,
        endsAt: from + duration,
        matchers: matchers
    )
}

private func answer(
    _ silences: [Silence],
    from alertmanager: String = url,
    at: Timestamp
) -> SilenceReport {
    SilenceReport(
        alertmanager: alertmanager,
        answer: .silences(silences, unreadable: 0),
        at: at
    )
}

private func matcher(_ text: String) throws -> LabelMatcher {
    for (sign, make) in [
        ("!=", { LabelMatcher.Condition.notEqual($0) }),
        ("=~", { .matches(try LabelValuePattern($0)) }),
        ("!~", { .doesNotMatch(try LabelValuePattern($0)) }), ("=", { .equal($0) }),
    ] as [(String, (String) throws -> LabelMatcher.Condition)] {
        guard let place = text.firstRange(of: sign) else { continue }
        let (name, value) = (text[..<place.lowerBound], text[place.upperBound...])
        return LabelMatcher(name: String(name), try make(String(value)))
    }
    throw MessageFailure()
}

private struct MessageFailure: Error {}

@Suite("A silence and an alert by webhook")
struct ReceivedSilenceTests {
    private static let labels = [
        "cluster": "a", "team": "graphs", "graph_name": "orders", "severity": "critical",
    ]

    private func isHeld(
        _ matchers: [String],
        _ change: (inout ScriptedWorld) throws -> Void = { _ in }
    ) throws -> Bool {
        var world = try ScriptedWorld(rules: "groups: []") {
            $0.alertmanagers = [SilenceSource(url: url, timeout: .seconds(10))]
        }
        world.pass(.seconds(300))
        let report = answer([silence(try matchers.map(matcher))], at: world.now)
        let alert = AlertFixture.alert(Self.labels, startsAt: world.now)
        world.graphs["g"]?.answers = false
        world.step { input in
            input.silences = [report]
            input.messages = [AlertMessage(id: 1, alerts: [alert])]
        }
        try change(&world)
        world.pass(.seconds(300))
        if world.posts.isEmpty {
            let reasons = world.cycle.machine.decisions[GraphID("g")]?.holdReasons.map(\.label)
            #expect(reasons == ["silenced"])
        }
        return world.posts.isEmpty
    }

    @Test(
        "are compared by all labels of the alert",
        arguments: [
            (["cluster=a"], true), (["cluster=b"], false), (["cluster!=a"], false),
            (["cluster!=b"], true), (["team=~gr.*"], true), (["team!~gr.*"], false),
            (["graph_name=orders", "severity=critical"], true),
            (["graph_name=orders", "severity=warning"], false), (["graph_name=~a|orders"], true),
            (["region="], true), (["region!="], false), (["hang="], true),
            (["hang=unresponsive"], false), (["remediate=restart"], true),
            (["alertname=GraphHung", "graph_id=~g|h"], true),
        ]
    )
    func labels(matchers: [String], holds: Bool) throws {
        #expect(try isHeld(matchers) == holds)
    }

    @Test("are compared in the same way after a start of the agent")
    func persistent() throws {
        for (text, holds) in [("cluster=a", true), ("cluster!=a", false)] {
            let isHeld = try isHeld([text]) { world in
                world.restartAgent()
                let report = answer([silence([try matcher(text)])], at: world.now)
                world.step { $0.silences = [report] }
            }
            #expect(isHeld == holds)
        }
    }

    @Test("hold if the labels that the silence names are not known, as those of an old ledger")
    func unknownLabels() throws {
        let rows: [([String], Bool)] = [
            (["cluster=a"], true), (["cluster=b"], true), (["cluster!=a"], true),
            (["team=~x"], true), (["graph_id=g"], true), (["graph_id=h", "cluster=a"], false),
            (["alertname!=GraphHung"], false), (["hang=unresponsive"], true),
        ]
        for (matchers, holds) in rows {
            let isHeld = try isHeld(matchers) { world in
                world.restartAgent { memory in
                    for index in memory.received.indices { memory.received[index].labels = nil }
                }
                let report = answer([silence(try matchers.map(matcher))], at: world.now)
                world.step { $0.silences = [report] }
            }
            #expect(isHeld == holds, "\(matchers)")
        }
    }

    @Test("hold if the labels that the silence names were too long to be kept")
    func bounded() throws {
        let long = Dictionary(
            uniqueKeysWithValues: (0..<10).map {
                ("label\($0)", String(repeating: "x", count: 1_000))
            }
        )
        let alert = AlertFixture.alert(long.merging(["z": "1"]) { first, _ in first })
        let kept = AlertLabels(keeping: alert.labels)
        #expect(!kept.isWhole)
        let bytes = kept.labels.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count }
        #expect((3_000...AlertLabels.maximumBytes).contains(bytes))
        #expect(kept.value(of: "graph_id") == "g" && kept.value(of: "z") == "1")
        #expect(kept.value(of: "label0")?.count == 1_000 && kept.value(of: "label9") == nil)
        #expect(AlertLabels(keeping: AlertFixture.alert().labels).value(of: "label9") == "")
    }
}

@Suite("The silences of an Alertmanager")
struct SilenceMemoryTests {
    private func world(
        _ timeout: Duration = .seconds(10),
        interval: Duration = .seconds(30)
    ) throws -> ScriptedWorld {
        try ScriptedWorld { settings in
            settings.evaluationInterval = interval
            settings.alertmanagers = [SilenceSource(url: url, timeout: timeout)]
        }
    }

    @Test(
        "are kept while one question is lost by its time-out, and dropped after a few",
        arguments: [(2, 10, 24), (30, 10, 120), (1, 60, 122), (5, 10, 30), (60, 1, 240)]
    )
    func memory(interval: Int, timeout: Int, kept: Int) throws {
        var book = SilenceBook()
        let start = ScriptedWorld.start
        let terms = SilenceSource(url: url, timeout: .seconds(timeout))
        book.keep([terms], at: start)
        book.receive(answer([silence([try matcher("a=b")])], at: start))
        // The next question is asked an interval later, and fails.
        let failed = start + .seconds(interval + timeout)
        book.receive(SilenceReport(alertmanager: url, answer: .failure("slow"), at: failed))
        book.expire(.seconds(interval), at: failed)
        #expect(book.silences.count == 1)
        book.expire(.seconds(interval), at: start + .seconds(kept))
        #expect(book.silences.count == 1)
        let until = start + .seconds(kept)
        let line = try #require(book.troubles.first)
        #expect(line.hasSuffix("slow; its silences still hold until \(until)"), "\(line)")
        book.expire(.seconds(interval), at: until + .milliseconds(1))
        #expect(book.silences.isEmpty)
        #expect(book.troubles.first?.hasSuffix("slow; its silences hold nothing") == true)
        #expect(failed < until)
    }

    @Test("hold a graph until so many were compared, and then by the one that matches")
    func many() throws {
        let team = String(repeating: "a", count: 1_000)
        let rules = HangFixture.rules.replacing(
            "{remediate: restart}",
            with: "{remediate: restart, team: \(team)}"
        )
        var world = try ScriptedWorld(["g", "h", "i", "j", "k"], rules: rules) { settings in
            settings.alertmanagers = [SilenceSource(url: url, timeout: .seconds(10))]
        }
        let last = SilenceBook.most - 1
        let silences = try (0...last).map { id in
            let pattern = try LabelValuePattern(id == last ? "a+" : "(a|b)*c\(id)")
            return silence([LabelMatcher(name: "team", .matches(pattern))], id: "\(id)")
        }
        world.step { $0.silences = [answer([], at: $0.clock.wall)] }
        world.graphs["g"]?.answers = false
        var holds: [ExternalHold] = []
        for _ in 0..<12 {
            let report = answer(silences, at: world.now)
            world.step { $0.silences = [report] }
            for case .externalHold(let hold) in world.cycle.machine.decisions[GraphID("g")]?
                .holdReasons ?? []
            {
                holds.append(hold)
            }
        }
        #expect(world.posts.isEmpty)
        guard case .silencesUnknown? = holds.first, case .silenced? = holds.last else {
            Issue.record("\(holds.map(\.description))")
            return
        }
    }

    @Test("count once if a cluster has them, and only up to a limit in total")
    func limit() throws {
        var book = SilenceBook()
        let urls = ["http://a", "http://b", "http://c"]
        book.keep(urls.map { SilenceSource(url: $0, timeout: .seconds(10)) }, at: .distantPast)
        let matchers = [try matcher("a=b")]
        let most = SilenceBook.most
        let all = (0..<most).map { silence(matchers, id: "s\($0)") }
        for url in urls.prefix(2) { book.receive(answer(all, from: url, at: ScriptedWorld.start)) }
        #expect(book.silences.count == most && book.troubles.isEmpty)
        let others = (0..<3).map { silence(matchers, id: "t\($0)") }
        book.receive(answer(others, from: "http://c", at: ScriptedWorld.start))
        #expect(book.silences.count == most)
        #expect(
            book.troubles == [
                "3 silences of Alertmanager http://c cannot be read and hold nothing"
            ]
        )
        // The same once more, and then the others have room.
        book.receive(answer(others, from: "http://c", at: ScriptedWorld.start))
        #expect(book.troubles.count == 1)
        for url in urls.prefix(2) { book.receive(answer([], from: url, at: ScriptedWorld.start)) }
        #expect(book.silences.count == 3 && book.troubles.isEmpty)
    }

    @Test("hold everything until it has answered or failed, or its time-out is over")
    func first() throws {
        func posts(_ report: SilenceReport.Answer?) throws -> (posts: Duration?, why: String) {
            var world = try world(.seconds(200))
            world.graphs["g"]?.answers = false
            var why = ""
            for _ in 0..<30 where world.posts.isEmpty {
                var reports: [SilenceReport] = []
                if let report, world.elapsed == .seconds(20) {
                    reports = [SilenceReport(alertmanager: url, answer: report, at: world.now)]
                }
                world.step(after: .seconds(10)) { $0.silences = reports }
                let reasons = world.cycle.machine.decisions[GraphID("g")]?.holdReasons ?? []
                why = reasons.map(\.description).first { $0.contains(url) } ?? why
            }
            return (world.posts.isEmpty ? nil : world.elapsed, why)
        }
        let none = try posts(nil)
        let failure = try posts(.failure("refused"))
        let empty = try posts(.silences([], unreadable: 0))
        #expect(none.why.contains("is not known yet: Alertmanager \(url) has not answered yet"))
        #expect(none.posts == .seconds(210))
        #expect(failure.why.isEmpty && empty.why.isEmpty)
        #expect(failure.posts == empty.posts && empty.posts.map { $0 < .seconds(120) } == true)
    }

    @Test("are awaited again only from Alertmanagers that a reload has added")
    func reload() throws {
        var world = try world()
        world.step { $0.silences = [answer([], at: ScriptedWorld.start)] }
        world.pass(.seconds(300))
        world.graphs["g"]?.answers = false
        var settings = world.cycle.settings
        settings.alertmanagers.append(SilenceSource(url: "http://new:9093", timeout: .seconds(60)))
        world.pass(.seconds(60))
        world.step { $0.settings = settings }
        world.step()
        let held = world.cycle.machine.decisions[GraphID("g")]?.holdReasons.map(\.description)
        #expect(held?.first?.contains("Alertmanager http://new:9093 has not answered yet") == true)
        #expect(world.posts.isEmpty)
        world.pass(.seconds(60))
        #expect(world.posts == ["g"])
        #expect(world.cycle.silences.troubles.count == 1)
        #expect(world.cycle.silences.answers == [url: true, "http://new:9093": false])
    }

    @Test("last as long as before when the clock is set", arguments: [7200, -7200])
    func clock(jump: Int) throws {
        var world = try world()
        let silences = [
            silence([try matcher("graph_id=g")], from: world.now, for: .seconds(3600)),
            silence([try matcher("graph_id=h")], id: "s2", from: world.now + .seconds(3600)),
        ]
        let now = world.now
        world.step { $0.silences = [answer(silences, at: now)] }
        world.setClock(by: .seconds(jump))
        let jumped = world.step()
        #expect(jumped.status.silences.active(at: world.now) == 1)
        let ends = world.cycle.silences.silences.map { $0.endsAt - world.now }
        #expect(ends == [.seconds(3540), .seconds(3540 + 86_400)])
    }
}
