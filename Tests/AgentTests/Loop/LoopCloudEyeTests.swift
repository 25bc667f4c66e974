import API
import Cycle
import GES
import Series
import Testing
import Time
import VirtualTime

@testable import Agent

@Suite("A round of Cloud Eye")
struct LoopCloudEyeTests {
    @Test("brings the values of every graph into the next step, once per interval")
    func values() throws {
        let fixture = try LoopFixture(RoundSource.cloudEye.enable)
        try fixture.run { fixture in
            RoundSource.cloudEye.answer(fixture)
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
}
