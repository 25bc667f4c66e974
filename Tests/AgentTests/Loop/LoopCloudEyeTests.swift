import API
import Configuration
import Cycle
import GES
import Series
import Testing
import Time
import VirtualTime

@testable import Agent

@Suite("A round of Cloud Eye")
struct LoopCloudEyeTests {
    private static func fixture() throws -> LoopFixture {
        try LoopFixture { $0.configuration.sampling.cloudEye = CloudEyeConfiguration() }
    }

    /// Answers with one value per metric, as old as Cloud Eye has them.
    private static func answer(
        _ series: [CloudEyeSeries],
        at now: Timestamp
    ) -> CloudEyeAnswer {
        var answer = CloudEyeAnswer()
        answer.samples = series.map {
            CloudEyeSample(series: $0, time: now - .seconds(360), value: 0.5)
        }
        return answer
    }

    private static func now(_ fixture: LoopFixture) -> Timestamp {
        Timestamp(milliseconds: fixture.time.wallMilliseconds)
    }

    @Test("brings the values of every graph into the next step, once per interval")
    func values() throws {
        let fixture = try Self.fixture()
        try fixture.run { fixture in
            fixture.cloud.with { [fixture] state in
                state.cloudEye = { series throws(GESError) in
                    Self.answer(series, at: Self.now(fixture))
                }
            }
            try await fixture.begin()
            try await fixture.pass(.seconds(200))
            let status = fixture.board.current
            let values = status.delayed.values(of: .memoryUsed, at: status.at)
            #expect(values == ["g": 0.5, "h": 0.5])
            #expect(status.delayed.values(of: .diskSize, at: status.at).isEmpty, "tier full")
            let queries = fixture.cloud.with { $0.cloudEyeQueries }
            #expect((3...5).contains(queries.count), "\(queries.count)")
            #expect(fixture.metric(MetricCatalog.samples, "cloud_eye") ?? 0 >= 54)
            #expect(fixture.metric(MetricCatalog.cloudEyePaused, "throttled") == 0)
        }
    }

    @Test("that never ends delays neither polls nor steps, and a hang is noticed")
    func stuck() throws {
        let fixture = try Self.fixture()
        try fixture.run { fixture in
            fixture.cloud.with { [time = fixture.time] state in
                state.cloudEye = { _ throws(GESError) in
                    try? await time.sleep(for: .seconds(86_400))
                    return CloudEyeAnswer()
                }
            }
            try await fixture.begin()
            let polls = fixture.cloud.count(.list)
            try await fixture.pass(.seconds(300))
            #expect(fixture.cloud.count(.list) == polls + 10)
            try await fixture.hang()
        }
    }

    @Test("that is throttled is followed by longer pauses, and by one line of the log")
    func throttled() throws {
        let fixture = try Self.fixture()
        try fixture.run(limit: .seconds(7_200)) { fixture in
            fixture.cloud.with { state in
                state.cloudEye = { _ throws(GESError) in throw .throttled(nil, retryAfter: nil) }
            }
            try await fixture.begin()
            try await fixture.pass(.seconds(3_600))
            // 1 + 2 + 4 + 8 + 16 + 16 minutes.
            let queries = fixture.cloud.with { $0.cloudEyeQueries.count }
            #expect((6...8).contains(queries), "\(queries)")
            #expect(fixture.metric(MetricCatalog.cloudEyePaused, "throttled") == 1)
            #expect(fixture.lines("log: Cloud Eye limits requests").count == 1)
            fixture.cloud.with { $0.cloudEye = nil }
            try await fixture.pass(.seconds(1_200))
            #expect(fixture.metric(MetricCatalog.cloudEyePaused, "throttled") == 0)
            #expect(fixture.lines("log: Cloud Eye answers again").count == 1)
        }
    }

    @Test("does not begin unless it is configured")
    func off() throws {
        let fixture = try LoopFixture()
        try fixture.run { fixture in
            try await fixture.begin()
            try await fixture.pass(.seconds(300))
            #expect(fixture.cloud.with { $0.cloudEyeQueries.isEmpty })
            #expect(fixture.metric(MetricCatalog.samples, "cloud_eye") == nil)
        }
    }
}
