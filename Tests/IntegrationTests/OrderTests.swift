import Foundation
import GESSimulator
import HTTPClient
import JSON
import TestSupport
import Testing

/// Orders of persons to the real agent.
@Suite("The admin API of a running agent", .serialized)
struct OrderTests {
    /// What was seen before a pause says nothing after it, so everything is observed for this long.
    private static let setup: AgentSetup = {
        var setup = AgentSetup()
        setup.acceptsOrders = true
        setup.sections = ["diagnosis: {observe: 2s}"]
        return setup
    }()

    private static func body(_ members: String, id: String) -> String {
        #"{"id":"\#(id)","by":"bob@host","reason":"on call",\#(members)}"#
    }

    private static func graph(_ id: String, _ members: String = "") -> String {
        #""graph_id":"\#(id)""# + members
    }

    @Test("pauses before a restart, lists the pause, and restarts after the end of the pause")
    func pause() async throws {
        try await RunningAgent.with(Self.setup) { agent in
            try await agent.waitUntilReady()
            let process = agent.process
            let body = Self.body(#""scope":"fleet","for":"1h""#, id: "p1")
            let paused = try await process.order("pause", body)
            #expect(paused.status == 200, "\(paused.body)")
            #expect(paused.body["data"]?["inFlight"] == [])
            let pauses = try await process.json("/api/v1/pauses")["data"]?["pauses"]
            #expect(pauses?[0]?["scope"] == "fleet")
            #expect(pauses?[0]?["by"] == "bob@host as alice")
            #expect(pauses?[0]?["reason"] == "on call")
            #expect(try await process.metric("graphwarden_paused{scope=\"fleet\"}") == 1)
            let victim = try agent.hangGraph(1, .unresponsive)
            try await eventually("the restart is held") {
                try await agent.why(victim)["reasons"]?[0]?["reason"] == "paused"
            }
            #expect(try await agent.why(victim)["pauses"]?.arrayValue?.count == 1)
            let page = String(decoding: try await process.get("/").body, as: UTF8.self)
            #expect(page.contains("paused until <time"))
            try await agent.expectNoFurtherRestart(inPolls: 10)
            #expect(try await process.order("pause", body).body == paused.body)
            let resume = Self.body(#""scope":"fleet""#, id: "r1")
            #expect(try await process.order("resume", resume).status == 200)
            try await agent.waitUntilVerified(victim)
            #expect(agent.restarts == [victim: 1])
            let orders = "graphwarden_orders_total{order=\"pause\",outcome=\"done\"}"
            #expect(try await process.metric(orders) == 1)
        }
    }

    @Test("pauses during a restart, names it, and follows it to its end")
    func pauseDuringRestart() async throws {
        try await RunningAgent.with(Self.setup) { agent in
            try await agent.waitUntilReady()
            let victim = try agent.hangGraph(1, .unresponsive)
            try await agent.waitForRestart(of: victim)
            func pause(_ entry: String, id: String) async throws -> (status: Int, body: JSONValue) {
                let members = #""scope":"entry","entry":"\#(entry)","for":"1h""#
                return try await agent.process.order("pause", Self.body(members, id: id))
            }
            #expect(try await pause("#1", id: "p0").status == 404)
            let paused = try await pause(AgentSetup.entry, id: "p1")
            #expect(paused.status == 200, "\(paused.body)")
            let flying = paused.body["data"]?["inFlight"]?[0]
            #expect(flying?["graphId"]?.stringValue == victim)
            try await agent.waitUntilVerified(victim)
            try agent.hangGraph(2, .unresponsive)
            try await agent.expectNoFurtherRestart(inPolls: 20)
        }
    }

    @Test("takes an approval and a rejection")
    func approval() async throws {
        var setup = Self.setup
        setup.mode = "approve"
        try await RunningAgent.with(setup) { agent in
            try await agent.waitUntilReady()
            let victim = try agent.hangGraph(1, .unresponsive)
            try await agent.waitForState("awaiting_approval", of: victim)
            #expect(try await agent.why(victim)["approval"]?["since"]?.stringValue != nil)
            let reject = Self.body(Self.graph(victim), id: "r1")
            #expect(try await agent.process.order("reject", reject).status == 200)
            #expect(try await agent.state(of: victim) == "suspended")
            let acknowledge = Self.body(Self.graph(victim), id: "k1")
            #expect(try await agent.process.order("acknowledge", acknowledge).status == 200)
            try await agent.waitForState("awaiting_approval", of: victim)
            let approve = Self.body(Self.graph(victim), id: "a1")
            let approved = try await agent.process.order("approve", approve)
            #expect(approved.status == 200, "\(approved.body)")
            try await agent.waitUntilVerified(victim)
            #expect(try await agent.process.order("approve", approve).body == approved.body)
            #expect(agent.restarts == [victim: 1])
        }
    }

    @Test("restarts a graph that answers only if the order names that")
    func restart() async throws {
        try await RunningAgent.with(Self.setup) { agent in
            try await agent.waitUntilReady()
            let graph = try agent.graphID(1)
            let held = try await agent.process.order(
                "restart",
                Self.body(Self.graph(graph), id: "o1")
            )
            #expect(held.status == 409 && held.body["errorType"] == "held", "\(held.body)")
            #expect(held.body["data"]?["reasons"]?[0]?["override"] == "diagnosis")
            let body = Self.body(Self.graph(graph, #","overrides":["diagnosis"]"#), id: "o2")
            let ordered = try await agent.process.order("restart", body)
            #expect(ordered.status == 200, "\(ordered.body)")
            try await agent.waitUntilVerified(graph)
            #expect(try await agent.process.order("restart", body).body == ordered.body)
            let busy = try await agent.process.order(
                "restart",
                Self.body(Self.graph(graph, #","overrides":["diagnosis"]"#), id: "o3")
            )
            #expect(busy.body["data"]?["reasons"]?[0]?["override"]?.stringValue != nil)
            #expect(agent.restarts == [graph: 1])
        }
    }

    @Test("refuses strangers, strange bodies and strange origins")
    func strangers() async throws {
        try await RunningAgent.with(Self.setup) { agent in
            try await agent.waitUntilReady()
            let body = Self.body(#""scope":"fleet","for":"1h""#, id: "p1")
            let http = try HTTPClient(configuration: HTTPClientConfiguration())
            defer { http.shutdown() }
            func status(_ body: String, _ headers: [HTTPHeader]) async throws -> Int {
                try await http.send(
                    HTTPRequest(
                        .post,
                        url: agent.process.url + "/api/v1/admin/pause",
                        headers: headers,
                        body: Array(body.utf8)
                    )
                ).status
            }
            let json = HTTPHeader("Content-Type", "application/json")
            let alice = HTTPHeader("Authorization", AgentSetup.authorization)
            #expect(try await status(body, [json]) == 401)
            #expect(
                try await status(body, [json, HTTPHeader("Authorization", "Basic YTpi")]) == 401
            )
            #expect(
                try await status(body, [alice, HTTPHeader("Content-Type", "text/plain")]) == 415
            )
            let origin = HTTPHeader("Origin", "http://example.org")
            #expect(try await status(body, [alice, json, origin]) == 403)
            let long = String(repeating: " ", count: 17 << 10) + body
            #expect(try await status(long, [alice, json]) == 413)
            #expect(try await status("{", [alice, json]) == 400)
            #expect(try await agent.process.get("/api/v1/admin/pause").status == 405)
            #expect(try await agent.process.json("/api/v1/pauses")["data"]?["pauses"] == [])
            #expect(try await status(body, [alice, json]) == 200)
        }
    }

    @Test("is closed without its flag")
    func disabled() async throws {
        try await RunningAgent.with(AgentSetup()) { agent in
            try await agent.waitUntilReady()
            let answer = try await agent.process.order("pause", "{}")
            #expect(answer.status == 403 && answer.body["errorType"] == "unavailable")
            #expect(
                answer.body["error"]
                    == "admin APIs disabled; start the agent with --web.enable-admin-api"
            )
            #expect(try await agent.process.json("/api/v1/pauses")["data"]?["pauses"] == [])
        }
    }

    @Test("without authentication keeps the agent from starting", arguments: [true, false])
    func unauthenticated(hasFile: Bool) async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try await SimulatedCloudServer.serving(AgentSetup.fleet) { cloud in
            try AgentSetup().write(to: scratch, for: cloud)
        }
        try scratch.write("rate_limit: {interval: 1ms, burst: 100}\n", to: "web.yml")
        let run = try await Program.run(
            Program.graphwarden,
            [
                "run", "--config.file=\(scratch.folder.path)/graphwarden.yml",
                "--storage.path=\(scratch.folder.path)/data", "--web.enable-admin-api",
            ] + (hasFile ? ["--web.config.file=\(scratch.folder.path)/web.yml"] : [])
        )
        #expect(run.status == 2)
        #expect(run.text.contains("--web.enable-admin-api needs authentication"), "\(run.text)")
        #expect(!run.text.contains("Listening on"))
    }
}
