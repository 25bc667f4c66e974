import JSON
import Testing

@testable import GESSimulator
import Time

@Suite("A lie of Cloud Eye")
struct MetricLieTests {
    private static let memory = "ges021_memory_usage"
    private static let cpu = "ges020_computer_resource_usage"

    /// The entries of an answer about two metrics of the first graph, an hour after the start.
    private func ask(_ lie: MetricLie?) -> (status: Int?, entries: [JSONValue]) {
        var fixture = CloudFixture()
        if let lie { fixture.cloud.faults.schedule(ScheduledFault(.metrics(lie))) }
        let now = fixture.instant(.seconds(3_600)).milliseconds
        let metrics = [Self.memory, Self.cpu].map { name in
            #"{"namespace":"SYS.GES","metric_name":"\#(name)","dimensions":"#
                + #"[{"name":"instance_id","value":"\#(fixture.graphID)"}]}"#
        }.joined(separator: ",")
        let body =
            #"{"metrics":[\#(metrics)],"from":\#(now - 900_000),"to":\#(now),"#
            + #""period":"1","filter":"average"}"#
        let path = "/V1.0/PID/batch-query-metric-data"
        let answer = fixture.ask("POST", path, body: body, at: .seconds(3_600))
        return (answer.status, answer.document["metrics"]?.arrayValue ?? [])
    }

    private func pages(_ lie: MetricLie) -> [JSONValue] {
        var fixture = CloudFixture()
        fixture.cloud.faults.schedule(ScheduledFault(.metrics(lie)))
        var marker = ""
        return (0..<3).map { _ in
            let path = "/V1.0/PID/metrics?limit=10&start=\(marker)"
            let page = fixture.ask("GET", path).document
            marker = page["meta_data"]?["marker"]?.stringValue ?? ""
            return page
        }
    }

    @Test("leaves the rest of the answer as it is")
    func queries() throws {
        let truth = ask(nil).entries
        #expect(truth.count == 2)
        let count = try #require(truth[0]["datapoints"]?.arrayValue?.count)
        #expect((9...11).contains(count))
        #expect(ask(.late(by: .seconds(3_600))).entries.allSatisfy { $0["datapoints"] == [] })
        let lacking = ask(.lacking([Self.memory])).entries
        #expect(lacking.map { $0["datapoints"] == [] } == [true, false])
        #expect(ask(.partial(entries: 1)).entries == [truth[0]])
        let unit = ask(.unit("MB")).entries
        #expect(unit.allSatisfy { $0["unit"] == "MB" })
        #expect(unit.map { $0["datapoints"] } == truth.map { $0["datapoints"] })
        let value = ask(.value("NaN")).entries
        #expect(value.allSatisfy { $0["datapoints"]?[0]?["average"] == "NaN" })
        let graph = ask(.graph("x")).entries
        #expect(graph.allSatisfy { $0["dimensions"]?[0]?["value"] == "x" })
        let times = ask(.times(off: .seconds(60))).entries
        let first = try #require(truth[0]["datapoints"]?[0]?["timestamp"]?.integerValue)
        #expect(times[0]["datapoints"]?[0]?["timestamp"]?.integerValue == first + 60_000)
        #expect(ask(.refusing(Self.cpu)).status == 400)
        #expect(ask(.refusing("other")).entries == truth)
    }

    @Test("makes a list endless, or repeats its first page")
    func lists() {
        let endless = pages(.endless)
        let ids = endless.flatMap { $0["metrics"]?.arrayValue ?? [] }
            .compactMap { $0["dimensions"]?[0]?["value"]?.stringValue }
        #expect(ids.count == 30 && Set(ids).count == 30)
        let repeated = pages(.repeated)
        #expect(Set(repeated.map { $0["metrics"] }).count == 1)
        #expect(repeated[0]["metrics"]?.arrayValue?.count == 10)
    }

    @Test("of a service that limits requests has the code of Cloud Eye")
    func throttled() {
        var fixture = CloudFixture()
        let match = FaultMatch(service: .cloudEye)
        fixture.cloud.faults.schedule(ScheduledFault(.throttled(.seconds(9)), on: match))
        let reply = fixture.send("GET", "/V1.0/PID/metrics")
        #expect(reply.answer?.status == 429)
        #expect(reply.header("Retry-After") == "9")
        #expect(reply.answer?.document?["message"]?["code"] == "ces.0429")
    }
}
