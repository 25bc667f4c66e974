import Foundation
import GESSimulator
import HTTPClient
import JSON
import TestSupport
import Testing

/// The requests that Grafana's data source and Prometheus' own tools send.
@Suite("The running agent as a data source")
struct DataSourceTests {
    @Test("passes Grafana's test of a data source")
    func grafana() async throws {
        try await RunningAgent.with(AgentSetup()) { agent in
            try await agent.waitUntilReady()
            let process = agent.process
            let sum = try await process.post("/api/v1/query", [("query", "1+1"), ("time", "4")])
            #expect(sum == Self.success(["resultType": "scalar", "result": [4, "2"]]))
            let build = try await process.json("/api/v1/status/buildinfo")
            #expect(build["data"]?["version"] == "3.5.0")
            #expect(build["data"]?["application"] == "graphwarden")
            // Grafana recognizes by this text that there is no API for writing rules.
            let ruler = try await process.get("/api/v1/rules/test/test")
            #expect(ruler.status == 404)
            #expect(String(decoding: ruler.body, as: UTF8.self) == "404 page not found\n")
            let names = try await process.post("/api/v1/labels", [("match[]", "ges_graph_up")])
            #expect(names == Self.success(["__name__", "graph_id"]))
            let now = Date().timeIntervalSince1970
            let values = try await process.json(
                "/api/v1/label/graph_id/values?start=\(now - 60)&end=\(now)"
            )
            #expect(values["data"]?.arrayValue?.count == 5)
            let encoded = try await process.json("/api/v1/label/U__graph__id/values")
            #expect(encoded["data"]?[0] == values["data"]?[0])
            let metadata = try await process.json("/api/v1/metadata?metric=ges_graph_up")
            #expect(metadata["data"]?["ges_graph_up"]?[0]?["type"] == "gauge")
        }
    }

    @Test("serves series, points and rules of its fleet")
    func fleet() async throws {
        try await RunningAgent.with(AgentSetup()) { agent in
            try await agent.waitUntilReady()
            let process = agent.process
            let graph = try agent.graphID(1)
            let selector = "ges_graph_status_code{graph_id=\"\(graph)\"}"
            let series = try await process.post("/api/v1/series", [("match[]", selector)])
            #expect(
                series
                    == Self.success([
                        ["__name__": "ges_graph_status_code", "graph_id": .string(graph)]
                    ])
            )
            let end = Date().timeIntervalSince1970
            let range = try await process.post(
                "/api/v1/query_range",
                [
                    ("query", selector), ("start", "\(end - 2)"), ("end", "\(end)"),
                    ("step", "1"), ("stats", "all"),
                ]
            )
            let last = range["data"]?["result"]?[0]?["values"]?.arrayValue?.last
            #expect(last?[1] == "200")
            #expect(range["data"]?["stats"]?["timings"]?["evalTotalTime"] != nil)
            try await Self.expectRules(process)
            try agent.hangGraph(1, .unresponsive)
            try await eventually("the alert is active", every: .milliseconds(100)) {
                try await process.json("/api/v1/alerts")["data"]?["alerts"]?[0]?["value"]
            } is: { value in
                value == "2e+00"
            }
        }
    }

    private static func expectRules(_ process: AgentProcess) async throws {
        let rules = try await process.json("/api/v1/rules?type=alert&rule_name[]=GraphImportStuck")
        let group = try #require(rules["data"]?["groups"]?[0])
        #expect(group["name"] == "hangs")
        let rule = try #require(group["rules"]?[0])
        #expect(group["rules"]?.arrayValue?.count == 1)
        #expect(rule["type"] == "alerting" && rule["health"] == "ok")
        #expect(rule["duration"] == 1 && rule["state"] == "inactive")
        #expect(rule["labels"]?["remediate"] == "restart")
        let expression = try #require(rule["query"]?.stringValue)
        #expect(expression.hasPrefix("time() - ges_graph_status_change_timestamp_seconds > 1 and"))
        let none = try await process.json("/api/v1/rules?match[]={hang=\"none\"}")
        #expect(none == success(["groups": []]))
    }

    @Test("answers promtool")
    func promtool() async throws {
        try await RunningAgent.with(AgentSetup()) { agent in
            try await agent.waitUntilReady()
            let graph = try agent.graphID(0)
            let selector = "ges_graph_up{graph_id=\"\(graph)\"}"
            let url = agent.process.url
            let questions = [
                ["query", "instant", url, selector],
                ["query", "range", url, selector, "--step=1s"],
                ["query", "series", url, "--match=\(selector)"],
                ["query", "labels", url, "graph_id"],
            ]
            for question in questions {
                let answer = try await Program.run(try Program.debian("promtool"), question)
                #expect(answer.status == 0, "\(question): \(answer.text)")
                #expect(answer.text.contains(graph), "\(question): \(answer.text)")
            }
        }
    }

    @Test("applies the feature flags of its command line to rules and queries")
    func switches() async throws {
        let arguments = [
            "--promql-compat=v2", "--query.lookback-delta=1s", "--query.max-samples=20",
            "--web.enable-lifecycle",
            "--enable-feature=promql-experimental-functions,promql-delayed-name-removal",
        ]
        try await RunningAgent.with(AgentSetup(), arguments: arguments) { agent in
            try await agent.waitUntilReady()
            let process = agent.process
            // A sample is visible for a second, which a poll may take on a busy machine.
            try await eventually("all graphs have a fresh sample") {
                let query = ("query", "sort_by_label(ges_graph_up, \"graph_id\")")
                let sorted = try await process.post("/api/v1/query", [query])
                return sorted["data"]?["result"]?.arrayValue?.count
            } is: { count in
                count == 5
            }
            try await eventually("there are more samples than a query may read") {
                try await process.get("/api/v1/query?query=max_over_time(ges_graph_up[1m])").status
            } is: { status in
                status == 422
            }
            let version = try await process.json("/api/v1/status/buildinfo")
            #expect(version["data"]?["version"] == "2.42.0")
            let past = Date().timeIntervalSince1970 + 30
            let stale = try await process.json("/api/v1/query?query=ges_graph_up&time=\(past)")
            #expect(stale == Self.success(["resultType": "vector", "result": []]))
            try agent.rewrite("rules.yml") { text in
                text.replacing("changes(", with: "mad_over_time(")
            }
            #expect(try await process.reload().status == 200)
        }
    }

    private static func success(_ data: JSONValue) -> JSONValue {
        ["status": "success", "data": data]
    }
}
