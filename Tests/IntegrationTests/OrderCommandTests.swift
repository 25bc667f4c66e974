import Foundation
import GESSimulator
import TestSupport
import Testing

@Suite("A command that gives an order")
struct OrderCommandTests {
    @Test("approves a restart and waits until it is verified")
    func approve() async throws {
        try await OperatedAgent.with(AgentSetup(mode: "approve")) { agent in
            let graph = agent.graph(3)
            _ = agent.cloud.withCloud { cloud, now in
                cloud.hang(graph.id, .unresponsive, restartsToHeal: 1, at: now)
            }
            let asked = try await agent.eventually(
                ["graphs", "--state=awaiting_approval", "--no-headers"]
            ) { $0.text.contains("awaiting_approval") }
            #expect(asked.contains(graph.id) && asked.split(separator: "\n").count == 1)
            let status = try await agent.command(["status"])
            #expect(status.text.contains("Waiting for approval: 1"), "\(status.text)")

            let verified = try await agent.command(
                ["approve", graph.name, "--reason=agreed", "--wait"]
            )
            #expect(verified.status == 0, "\(verified.text)")
            #expect(verified.text.contains("the restart begins"))
            #expect(verified.text.contains("attempt 1: verified"))

            let list = try await agent.command(["remediations"])
            #expect(list.text.contains("verified") && list.text.contains(graph.name))
            let none = try await agent.command(["remediations", "--in-progress", "--no-headers"])
            #expect(none.status == 0 && none.text.isEmpty, "\(none.text)")
            #expect(agent.cloud.withCloud { cloud, _ in cloud.restartCounts } == [graph.id: 1])
        }
    }

    @Test("pauses and resumes the fleet and a graph, and is held by a pause")
    func pause() async throws {
        try await OperatedAgent.with(AgentSetup()) { agent in
            let graph = agent.graph(1)
            let paused = try await agent.command(["pause", "--for=2h", "--reason=upgrade"])
            #expect(paused.status == 0 && paused.text.contains("paused until"), "\(paused.text)")
            let status = try await agent.command(["status"])
            #expect(status.status == 0 && status.text.contains("Paused: the whole fleet until"))
            #expect(status.text.contains("as alice: upgrade"), "\(status.text)")

            let held = try await agent.command(
                ["restart", String(graph.id.prefix(12)), "--reason=test", "--override=diagnosis"]
            )
            #expect(held.status == 1 && held.text.contains("paused until"), "\(held.text)")

            let one = try await agent.command(
                ["pause", graph.name, "--until=2000-01-01T00:00:00Z", "--reason=late"]
            )
            #expect(one.status == 1 && one.text.contains("already"), "\(one.text)")
            for words in [
                ["resume", "--reason=done"], ["pause", graph.id, "--for=1h", "--reason=x"],
            ] {
                let answer = try await agent.command(words)
                #expect(answer.status == 0, "\(words): \(answer.text)")
            }
            let shown = try await agent.command(["graphs", "show", graph.id])
            #expect(shown.text.contains("Paused:    until"), "\(shown.text)")
            let again = try await agent.command(["resume", "--reason=done"])
            #expect(again.status == 1 && again.text.contains("it is not paused"), "\(again.text)")
        }
    }

    @Test("restarts a graph that nothing is wrong with only if the gates are named")
    func restart() async throws {
        try await OperatedAgent.with(AgentSetup()) { agent in
            let graph = agent.graph(2)
            let held = try await agent.command(["restart", graph.id, "--reason=test"])
            #expect(held.status == 1, "\(held.text)")
            #expect(held.text.contains("to pass: --override diagnosis"), "\(held.text)")
            let done = try await agent.command(
                [
                    "restart", graph.id, "--reason=test", "--wait", "--override=diagnosis",
                    "--override=startup_grace", "--override=state_change_grace",
                ]
            )
            #expect(done.status == 0 && done.text.contains("verified"), "\(done.text)")
        }
    }

    /// The form of an id, which the agent judges.
    private static let goneID = "00000000-0000-4000-8000-000000000000"

    @Test("says what is refused, and to whom")
    func refused() async throws {
        try await OperatedAgent.with(AgentSetup()) { agent in
            let graph = agent.graph(0)
            let reason = "--reason=test"
            let cases: [(words: [String], status: Int32, says: String)] = [
                (["approve", graph.id, reason], 1, "no approval is pending"),
                (["reject", graph.id, reason], 1, "nothing to reject"),
                (["acknowledge", graph.id, reason], 1, "nothing to acknowledge"),
                (["acknowledge", graph.id, "--clear-attempts", reason], 1, "nothing to"),
                (["pause", "--entry=nothing", "--for=1h", reason], 1, "nothing"),
                (["pause", "nobody", "--for=1h", reason], 1, "no graph with the id or name"),
                (["acknowledge", Self.goneID, reason], 1, "no graph"),
                (["resume", Self.goneID, reason], 1, "no graph"),
                (["pause", "--for=15d", reason], 1, "14d"),
                (
                    [
                        "restart", graph.id, reason, "--force-risk-double-restart",
                        "--graph-name=other",
                    ], 1, "not named"
                ),
                (["approve", graph.id], 1, "no approval is pending"),
                (["acknowledge", graph.id], 64, "--reason"),
                (["approve", graph.id, "--reason= "], 64, "blank"),
                (["restart", graph.id, reason, "--override=budget"], 64, "none of"),
                (["restart", graph.id, reason, "--graph-name=x"], 64, "goes with"),
                (
                    ["restart", graph.id, reason, "--force-risk-double-restart"], 64,
                    "needs a terminal"
                ),
                (["pause", reason], 64, "needs an end"),
                (
                    ["pause", "--for=1h", "--until=2030-01-01T00:00:00Z", reason], 64,
                    "needs an end"
                ),
                (["pause", "--for=soon", reason], 64, "such as 2h"),
                (["pause", "--until=soon", reason], 64, "such as 2026"),
                (["pause", "x", "--entry=y", "--for=1h", reason], 64, "exclude each other"),
            ]
            for (words, status, says) in cases {
                let answer = try await agent.command(words)
                #expect(answer.status == status, "\(words): \(answer.text)")
                #expect(answer.text.contains(says), "\(words): \(answer.text)")
            }
            let stranger = try await agent.command(
                ["pause", "--for=1h", reason],
                password: "wrong"
            )
            #expect(stranger.status == 1 && stranger.text.contains("credentials"))
            #expect(agent.cloud.withCloud { cloud, _ in cloud.restartCounts }.isEmpty)
        }
    }

    /// Answers each POST with the next word of its arguments, the last one for ever, and prints the
    /// ids that it gets.
    private static let server = """
        import http.server, json, sys
        answers = sys.argv[1:]
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                order = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                print("id", order["id"], flush=True)
                answer = answers.pop(0) if len(answers) > 1 else answers[0]
                if answer == "cut":
                    self.connection.close()
                    return
                status = int(answer.split(":")[0])
                body = {"status": "error", "errorType": "x", "error": "no " + answer}
                if status == 200:
                    body = {"status": "success", "data": {"id": order["id"], "text": "it is done"}}
                if answer.endswith(":foreign"):
                    body = "hello"
                text = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)
            def log_message(self, *arguments):
                pass
        server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        print("port", server.server_port, flush=True)
        server.serve_forever()
        """

    @Test(
        "asks again with the same id while the answer is not known",
        arguments: [
            (["200"], 0, 1, "it is done"), (["cut", "504", "200"], 0, 3, "it is done"),
            (["429", "200"], 0, 2, "it is done"), (["503", "409"], 1, 2, "no 409"),
            (["504"], 2, 5, "may have been carried out"), (["429"], 2, 5, "no 429"),
            (["409"], 1, 1, "no 409"), (["404"], 1, 1, "no 404"), (["400"], 1, 1, "no 400"),
            (["403"], 1, 1, "no 403"), (["401"], 1, 1, "other credentials"),
            (["200:foreign"], 2, 1, "not a graphwarden response"),
            (["404:foreign"], 2, 1, "not a graphwarden response"),
        ] as [([String], Int32, Int, String)]
    )
    func lost(answers: [String], status: Int32, sends: Int, says: String) async throws {
        let server = try Program(URL(filePath: "/usr/bin/python3"), ["-c", Self.server] + answers)
        defer { server.signal(SIGKILL) }
        try await eventually("the server listens") { server.text.contains(/port \d+\n/) }
        let port = try #require(server.text.firstMatch(of: /port (\d+)/)?.1)
        let answer = try await Program.run(
            Program.graphwarden,
            ["pause", "--for=1h", "--reason=test", "--url=http://127.0.0.1:\(port)"]
        )
        #expect(answer.status == status && answer.text.contains(says), "\(answer.text)")
        let ids = server.text.split(separator: "\n").filter { $0.hasPrefix("id ") }
        #expect(ids.count == sends && Set(ids).count == 1, "\(ids)")
        if status != 2 || answers == ["429"] {
            #expect(!answer.text.contains("may have been carried out"))
        }
    }

    @Test("says at once that no agent is there")
    func absent() async throws {
        let answer = try await Program.run(
            Program.graphwarden,
            ["pause", "--for=1h", "--reason=test", "--url=http://127.0.0.1:1"]
        )
        #expect(answer.status == 2 && answer.text.contains("cannot reach the agent"))
        #expect(!answer.text.contains("may have been carried out"))
    }
}
