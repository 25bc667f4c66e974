import JSON
import Testing

@testable import GESSimulator
import Time

@Suite("Cloud Eye")
struct CloudEyeTests {
    /// The fixture's start, on the minute below.
    private static let minute: Int64 = 1_735_787_040_000

    private func single(
        _ fixture: inout CloudFixture,
        _ metric: String,
        minutes: Range<Int64>,
        at offset: Duration,
        filter: String = "max",
        period: Int = 1
    ) -> [(minute: Int64, value: Double)] {
        let from = Self.minute + minutes.lowerBound * 60_000
        let to = Self.minute + minutes.upperBound * 60_000
        let path =
            "/V1.0/PID/metric-data?namespace=SYS.GES&metric_name=\(metric)"
            + "&dim.0=instance_id,\(fixture.graphID)&from=\(from)&to=\(to)"
            + "&period=\(period)&filter=\(filter)"
        let points = fixture.ask("GET", path, at: offset).document["datapoints"]?.arrayValue ?? []
        return points.compactMap { point in
            guard let time = point["timestamp"]?.integerValue,
                let value = point[filter]?.doubleValue
            else { return nil }
            return ((time - Self.minute) / 60_000, value)
        }
    }

    @Test("is five minutes late")
    func delay() {
        var fixture = CloudFixture()
        let points = single(
            &fixture,
            "ges026_disk_total_size",
            minutes: 0..<20,
            at: .seconds(10 * 60)
        )
        #expect(points.map(\.minute) == [0, 1, 2, 3, 4, 5])
        #expect(points.allSatisfy { $0.value == 200 })
    }

    @Test("has no values for a graph that is not up")
    func gaps() {
        var fixture = CloudFixture {
            $0.phases.stopping = .seconds(120)
            $0.phases.starting = .seconds(60)
        }
        _ = fixture.send("POST", "/v2/PID/graphs/GID/restart", at: .seconds(60))
        let points = single(
            &fixture,
            "ges021_memory_usage",
            minutes: 0..<8,
            at: .seconds(3600)
        )
        #expect(points.map(\.minute) == [0, 1, 5, 6, 7])
    }

    @Test("shows a stalled task")
    func longestRunning() {
        var fixture = CloudFixture()
        fixture.cloud.hang(fixture.graphID, .importing, at: Timestamp(milliseconds: Self.minute))
        let points = single(
            &fixture,
            "ges018_write_task_running_max_time",
            minutes: 0..<3,
            at: .seconds(3600)
        )
        #expect(points.map(\.value) == [0, 60_000, 120_000])
    }

    @Test("shows a hanging graph without requests")
    func noRequests() {
        var fixture = CloudFixture()
        fixture.cloud.hang(
            fixture.graphID,
            .unresponsive,
            at: Timestamp(milliseconds: Self.minute + 60_000)
        )
        let points = single(&fixture, "ges004_request_count", minutes: -1..<3, at: .seconds(3600))
        #expect(points.map { $0.value > 0 } == [true, true, false, false])
    }

    @Test("rolls up", arguments: [("min", 0.0), ("max", 240_000), ("average", 120_000)])
    func filters(filter: String, value: Double) {
        var fixture = CloudFixture()
        let begin = Timestamp(milliseconds: 1_735_786_800_000)
        fixture.cloud.hang(fixture.graphID, .importing, at: begin)
        let points = single(
            &fixture,
            "ges018_write_task_running_max_time",
            minutes: -4..<1,
            at: .seconds(3600),
            filter: filter,
            period: 300
        )
        #expect(points.map(\.value) == [value])
    }

    @Test("answers many metrics at once")
    func batch() {
        var fixture = CloudFixture()
        let dimension = #"[{"name":"instance_id","value":"\#(fixture.graphID)"}]"#
        func metric(_ name: String) -> String {
            #"{"namespace":"SYS.GES","metric_name":"\#(name)","dimensions":\#(dimension)}"#
        }
        let metrics = "\(metric("ges021_memory_usage")),\(metric("ges999_unknown"))"
        let body =
            #"{"metrics":[\#(metrics)],"from":\#(Self.minute),"to":\#(Self.minute + 120_000),"#
            + #""period":"1","filter":"average"}"#
        let path = "/V1.0/PID/batch-query-metric-data"
        let answer = fixture.ask("POST", path, body: body, at: .seconds(3600))
        #expect(answer.status == 200)
        let known = answer.document["metrics"]?[0]
        #expect(known?["unit"] == "%")
        #expect(known?["datapoints"]?.arrayValue?.count == 2)
        #expect(known?["datapoints"]?[0]?["average"]?.doubleValue != nil)
        #expect(answer.document["metrics"]?[1]?["datapoints"] == [])
        #expect(answer.document["metrics"]?[1]?["unit"] == "unknown")
    }

    @Test("refuses an invalid query with its own error")
    func refusals() {
        var fixture = CloudFixture()
        let answer = fixture.ask("GET", "/V1.0/PID/metric-data?namespace=SYS.GES&from=5&to=4")
        #expect(answer.status == 400)
        #expect(answer.document["http_code"] == 400)
        #expect(answer.document["message"]?["code"] == "ces.0014")
        let lower = fixture.ask("GET", "/v1.0/PID/metrics")
        #expect(lower.status == 404)
        #expect(lower.document["error_code"] == "APIGW.0101")
    }

    @Test("lists its metrics page by page")
    func metricList() {
        var fixture = CloudFixture { $0.graphCount = 2 }
        var names: [String] = []
        var marker = ""
        repeat {
            let path = "/V1.0/PID/metrics?namespace=SYS.GES&limit=30&start=\(marker)"
            let document = fixture.ask("GET", path).document
            #expect(document["meta_data"]?["total"] == 64)
            names += (document["metrics"]?.arrayValue ?? [])
                .compactMap { $0["metric_name"]?.stringValue }
            marker = document["meta_data"]?["marker"]?.stringValue ?? ""
        } while !marker.isEmpty && names.count < 1000
        #expect(names.count == 64)
        #expect(Set(names).count == 32)
    }
}
