import API
import Agent
import Configuration
import Cycle
import Testing
import Time
import VirtualTime

@testable import GES

/// A source that is read in rounds beside the polls.
enum RoundSource: String, CaseIterable, Sendable {
    case cloudEye = "cloud_eye"
    case nodeMetrics = "node_metrics"

    private var isCloudEye: Bool { self == .cloudEye }

    var interval: Duration { isCloudEye ? .seconds(60) : .seconds(120) }

    /// How many requests a round of two graphs has.
    var requestsPerRound: Int { isCloudEye ? 1 : 2 }

    var paused: MetricDefinition {
        isCloudEye ? MetricCatalog.cloudEyePaused : MetricCatalog.nodeMetricsPaused
    }

    var series: MetricDefinition {
        isCloudEye ? MetricCatalog.cloudEyeSeries : MetricCatalog.nodeMetricsSeries
    }

    /// How the lines of the log begin that tell of the begin and the end of a pause.
    var pauseLines: (begin: String, end: String) {
        isCloudEye
            ? ("log: Cloud Eye limits requests", "log: Cloud Eye answers again")
            : ("log: No graph tells of its nodes", "log: The graphs tell")
    }

    func enable(_ loaded: inout LoadedConfiguration) {
        if isCloudEye {
            loaded.configuration.sampling.cloudEye = CloudEyeConfiguration()
        } else {
            loaded.configuration.sampling.nodeMetrics = NodeMetricsConfiguration()
        }
    }

    /// Lets requests be answered with one value of each metric or of two nodes, unless `body` fails.
    func answer(
        _ fixture: LoopFixture,
        in cloud: LoopCloud? = nil,
        _ body: @escaping @Sendable () async throws(GESError) -> Void = {}
    ) {
        (cloud ?? fixture.cloud).with { [time = fixture.time] state in
            state.cloudEye = { series throws(GESError) in
                try await body()
                // As old as Cloud Eye has them.
                let at = Timestamp(milliseconds: time.wallMilliseconds) - .seconds(360)
                var answer = CloudEyeAnswer()
                answer.samples = series.map { CloudEyeSample(series: $0, time: at, value: 0.5) }
                return answer
            }
            state.nodes = { _ throws(GESError) in
                try await body()
                return Self.nodes
            }
        }
    }

    static var nodes: NodeMetrics {
        var answer = NodeMetrics()
        answer.nodes = ["n1", "n2"].map {
            NodeMetrics.Node(
                name: $0,
                role: "primary",
                host: "",
                values: [.cpuUsed: 0.5],
                disks: []
            )
        }
        return answer
    }

    func requestCount(_ cloud: LoopCloud) -> Int {
        cloud.with { isCloudEye ? $0.cloudEyeQueries.count : $0.nodeRequests.count }
    }

    func seriesCount(_ fixture: LoopFixture) -> Int {
        let status = fixture.board.current
        return isCloudEye ? status.delayed.seriesCount : status.nodes.seriesCount
    }
}

@Suite("A round beside the polls")
struct LoopRoundTests {
    @Test(
        "that never ends delays neither polls nor steps, and a hang is noticed",
        arguments: RoundSource.allCases
    )
    func stuck(source: RoundSource) throws {
        let fixture = try LoopFixture(source.enable)
        try fixture.run { fixture in
            source.answer(fixture) { [time = fixture.time] () throws(GESError) in
                try? await time.sleep(for: .seconds(86_400))
            }
            try await fixture.begin()
            let polls = fixture.cloud.count(.list)
            try await fixture.pass(.seconds(300))
            #expect(fixture.cloud.count(.list) == polls + 10)
            #expect(source.requestCount(fixture.cloud) == source.requestsPerRound)
            try await fixture.hang()
        }
    }

    @Test(
        "that is throttled is followed by longer pauses, and by one line of the log",
        arguments: RoundSource.allCases
    )
    func throttled(source: RoundSource) throws {
        let fixture = try LoopFixture(source.enable)
        try fixture.run(limit: .seconds(20_000)) { fixture in
            source.answer(fixture) { () throws(GESError) in
                throw .throttled(nil, retryAfter: nil)
            }
            try await fixture.begin()
            try await fixture.pass(source.interval * 60)
            // 1 + 2 + 4 + 8 + 16 + 16 intervals.
            let requests = source.requestCount(fixture.cloud)
            let rounds = Double(requests) / Double(source.requestsPerRound)
            #expect((4...8).contains(rounds), "\(requests)")
            #expect(fixture.metric(source.paused, "throttled") == 1)
            #expect(fixture.lines(source.pauseLines.begin).count == 1)
            source.answer(fixture)
            try await fixture.pass(source.interval * 30)
            #expect(fixture.metric(source.paused, "throttled") == 0)
            #expect(fixture.lines(source.pauseLines.end).count == 1)
            #expect(source.seriesCount(fixture) > 0)
        }
    }

    @Test("is discarded if a reload looks elsewhere", arguments: RoundSource.allCases)
    func elsewhere(source: RoundSource) throws {
        let fixture = try LoopFixture(source.enable)
        try fixture.run { fixture in
            source.answer(fixture) { [time = fixture.time] () throws(GESError) in
                try? await time.sleep(for: .seconds(45))
                throw .throttled(nil, retryAfter: .seconds(3_000))
            }
            // Its first round is in progress when that of the other cloud ends.
            source.answer(fixture, in: fixture.otherCloud) {
                [time = fixture.time] () throws(GESError) in
                try? await time.sleep(for: .seconds(60))
            }
            try await fixture.begin()
            try await fixture.until { source.requestCount(fixture.cloud) > 0 }
            let other = try LoopFixture.configuration {
                $0.configuration.cloud.projectID = "other"
                source.enable(&$0)
            }
            #expect(await fixture.slot.offer(other) == .done)
            try await fixture.pass(source.interval * 6)
            #expect(source.requestCount(fixture.cloud) <= source.requestsPerRound)
            #expect(source.requestCount(fixture.otherCloud) > source.requestsPerRound)
            #expect(fixture.metric(source.paused, "throttled") == 0)
            #expect(fixture.lines(source.pauseLines.begin).isEmpty)
        }
    }

    @Test(
        "begins at once after a reload that enables it; nothing is left after one that does not",
        arguments: RoundSource.allCases
    )
    func reload(source: RoundSource) throws {
        let fixture = try LoopFixture()
        try fixture.run { fixture in
            source.answer(fixture)
            try await fixture.begin()
            try await fixture.pass(.seconds(100))
            #expect(source.requestCount(fixture.cloud) == 0)
            #expect(fixture.metric(MetricCatalog.samples, source.rawValue) == nil)
            #expect(fixture.metric(source.paused, "throttled") == nil)
            let with = try LoopFixture.configuration(source.enable)
            #expect(await fixture.slot.offer(with) == .done)
            try await fixture.pass(.seconds(2))
            #expect(source.requestCount(fixture.cloud) > 0)
            try await fixture.pass(.seconds(300))
            #expect(source.seriesCount(fixture) > 0)
            #expect(fixture.metric(source.paused, "throttled") == 0)
            #expect(await fixture.slot.offer(try LoopFixture.configuration()) == .done)
            let asked = source.requestCount(fixture.cloud)
            try await fixture.pass(.seconds(600))
            #expect(source.requestCount(fixture.cloud) == asked)
            #expect(source.seriesCount(fixture) == 0)
            #expect(fixture.metric(source.series) == nil)
            #expect(fixture.metric(source.paused, "throttled") == nil)
        }
    }
}
