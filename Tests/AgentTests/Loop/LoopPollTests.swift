import API
import Configuration
import Cycle
import Rules
import Series
import Testing
import Time
import VirtualTime

@testable import Agent
import Remediation

@Suite("A poll")
struct LoopPollTests {
    @Test("that cannot list the graphs probes those of the previous listing")
    func knownGraphs() throws {
        let fixture = try LoopFixture()
        try fixture.run { fixture in
            try await fixture.begin()
            fixture.cloud.with { $0.canList = false }
            let probes = (fixture.cloud.count(.probe("g")), fixture.cloud.count(.probe("h")))
            try await fixture.pass(.seconds(95))
            #expect(fixture.cloud.count(.probe("g")) == probes.0 + 3)
            #expect(fixture.cloud.count(.probe("h")) == probes.1 + 3)
        }
    }

    @Test(
        "with an incomplete listing keeps what it lacks: probes, series and alerts, but no counts"
    )
    func incompleteListing() throws {
        let fixture = try LoopFixture { $0.configuration.graphs[0].policy.mode = .shadow }
        try fixture.run { fixture in
            try await fixture.begin()
            fixture.cloud.with { $0.silent = ["h"] }
            try await fixture.until { fixture.alert(about: "h") != nil }
            let since = try #require(fixture.alert(about: "h"))
            fixture.cloud.with { $0.unlisted = ["h"] }
            let probes = fixture.cloud.count(.probe("h"))
            try await fixture.pass(.seconds(150))
            #expect(fixture.cloud.count(.probe("h")) == probes + 5)
            let samples = fixture.board.current.samples
            func value(_ metric: GraphMetric, _ label: String) -> Double? {
                samples.first { $0.metric == metric && $0.labelValues.contains(label) }?.value
            }
            #expect(value(.up, "p") == 0)
            #expect(value(.graphs, "running") == nil)
            #expect(value(.probeSuccess, "h") == 0)
            #expect(value(.statusCode, "h") == 200)
            #expect(value(.info, "h") == 1)
            let age = try #require(value(.lastSample, "g")) - (value(.lastSample, "h") ?? 0)
            #expect(age >= 120, "the time of its sample is not renewed")
            #expect(fixture.alert(about: "h") == since, "the alert is the same")
            #expect(fixture.lines("log: The list of graphs is not complete").count == 1)
            #expect(fixture.metric(MetricCatalog.sampleFailures, "ges_api", "incomplete") == 5)
            fixture.cloud.with { $0.unlisted = [] }
            try await fixture.pass(.seconds(35))
            #expect(fixture.lines("log: The graphs can be listed again").count == 1)
        }
    }

    @Test("probes known graphs while a listing is read that does not end")
    func slowListing() throws {
        let fixture = try LoopFixture()
        try fixture.run { fixture in
            try await fixture.begin()
            fixture.cloud.with { $0.before = fixture.delay(.seconds(1000)) { $0 == .list } }
            let probes = (fixture.cloud.count(.probe("g")), fixture.cloud.count(.probe("h")))
            try await fixture.pass(.seconds(60))
            #expect(fixture.cloud.count(.probe("g")) == probes.0 + 1)
            #expect(fixture.cloud.count(.probe("h")) == probes.1 + 1)
        }
    }

    @Test("that outlasts its slot skips the slots that pass meanwhile, which are counted")
    func missedSlots() throws {
        let fixture = try LoopFixture()
        fixture.cloud.with { $0.before = fixture.delay(.seconds(70)) { $0 == .list } }
        try fixture.run { fixture in
            // Polls start at 0, 90 and 180 s; the last one has not ended.
            try await fixture.pass(.seconds(200))
            #expect(fixture.cloud.count(.runningJobs) == 3)
        }
        for source in ["ges_api", "probe"] {
            #expect(fixture.metric(MetricCatalog.cycles, source) == 6)
            #expect(fixture.metric(MetricCatalog.cyclesMissed, source) == 4)
        }
        #expect(fixture.cloud.with { $0.mostAtOnce[.runningJobs] } == 1)
    }

    @Test("that never ends blocks neither rules, nor messages, nor reloads")
    func endless() throws {
        let fixture = try LoopFixture()
        try fixture.run { fixture in
            try await fixture.begin()
            fixture.cloud.with { $0.before = fixture.delay(.seconds(86_400)) { $0 == .list } }
            try await fixture.pass(.seconds(40))
            let before = fixture.iterations
            try await fixture.pass(.seconds(120))
            #expect(fixture.iterations == before + 4)
            #expect(await fixture.send() == "accepted")
            #expect(await fixture.slot.offer(try LoopFixture.configuration()) == .done)
        }
        #expect(fixture.time.now < .seconds(200), "nor the stop")
    }

    @Test("that never ends triggers the watchdog, but not before the poll's deadline")
    func watchdog() throws {
        let fixture = try LoopFixture()
        try fixture.run { fixture in
            try await fixture.begin()
            fixture.cloud.with { $0.before = fixture.delay(.seconds(86_400)) { $0 == .list } }
            // Starts at 30 s, and may take 300 s and ten timeouts.
            try await fixture.pass(.seconds(429))
            #expect(fixture.pulse.isAlive(at: fixture.time.elapsed))
            try await fixture.pass(.seconds(2))
            #expect(!fixture.pulse.isAlive(at: fixture.time.elapsed))
        }
    }

    @Test("that is in progress delays the rules for at most the timeout of a graph")
    func patience() throws {
        let fixture = try LoopFixture()
        try fixture.run { fixture in
            try await fixture.begin()
            try await fixture.pass(.seconds(31))
            // From now on polls start 2 s before the rules are due.
            let rules = fixture.board.current.groups[0].counters.lastEvaluation
            let phase = try #require(rules).milliseconds % 30_000
            let now = fixture.time.wallMilliseconds % 30_000
            let new = try LoopFixture.configuration { $0.configuration.cloud.projectID = "other" }
            fixture.otherCloud.with { $0.before = fixture.delay(.seconds(5)) { $0 == .list } }
            try await fixture.pass(.milliseconds((phase - 2000 - now + 60_000) % 30_000))
            #expect(await fixture.slot.offer(new) == .done)
            try await fixture.pass(.seconds(45))
            let writes = fixture.ledger.with { $0.written.count }
            try await fixture.pass(.seconds(300))
            #expect(fixture.ledger.with { $0.written.count } == writes + 10, "one step for both")
            fixture.otherCloud.with { $0.before = fixture.delay(.seconds(25)) { $0 == .list } }
            try await fixture.pass(.seconds(60))
            let more = fixture.ledger.with { $0.written.count }
            try await fixture.pass(.seconds(300))
            #expect(fixture.ledger.with { $0.written.count } == more + 20, "one step for each")
        }
    }
}

@Suite("Before the first poll has ended")
struct LoopStartTests {
    @Test("nothing is decided, no message is accepted, and a reload waits")
    func start() throws {
        let fixture = try LoopFixture()
        fixture.cloud.with { $0.before = fixture.delay(.seconds(100)) { $0 == .list } }
        try fixture.run { fixture in
            async let reload = fixture.slot.offer(try LoopFixture.configuration())
            try await fixture.pass(.seconds(99))
            #expect(await fixture.send() == "notReady([])")
            #expect(fixture.ledger.with { $0.written.isEmpty })
            #expect(fixture.iterations == 0)
            #expect(!fixture.pulse.hasCompletedCycle)
            try await fixture.pass(.seconds(2))
            #expect(try await reload == .done)
            #expect(await fixture.send() == "accepted")
        }
    }
}

extension LoopFixture {
    /// When the alert about a graph became active.
    fileprivate func alert(about id: String) -> Timestamp? {
        board.current.alerts.first { $0.labels["graph_id"] == id }?.activeAt
    }

    /// Number of rule evaluations.
    fileprivate var iterations: Int {
        board.current.groups.reduce(0) { $0 + $1.counters.iterations }
    }
}
