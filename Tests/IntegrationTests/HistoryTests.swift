import Foundation
import GESSimulator
import HTTPClient
import JSON
import TestSupport
import Testing

@Suite("The history of a real agent")
struct HistoryTests {
    private static func history(
        _ arguments: [String]
    ) async throws -> (status: Int32, text: String) {
        try await Program.run(Program.graphwarden, ["history"] + arguments)
    }

    private static func shell(_ agent: URL, _ statements: String) async throws {
        let script = """
            import sqlite3
            c = sqlite3.connect("\(agent.path)/data/ledger.db", isolation_level=None)
            c.executescript('''\(statements)''')
            """
        let result = try await Program.run(URL(filePath: "/usr/bin/python3"), ["-c", script])
        #expect(result.status == 0, "\(result.text)")
    }

    @Test("is found again by API and command, intact after a kill, and shows what was changed")
    func wholeWay() async throws {
        try await SuccessiveAgents.with(AgentSetup()) { agents in
            let agent = try await agents.start()
            let victim = try agent.hangGraph(1, .unresponsive)
            try await agent.waitUntilVerified(victim)
            try await Self.expectPages(agent, victim)
            try await Self.expectRefusals(agent)
            try await Self.expectCommands(agent, victim)
            try await Self.expectIncident(agent, victim)

            let path = "--storage.path=" + agents.folder.appending(path: "data").path
            let running = try await Self.history(["--verify", path])
            #expect(running.status == 0 && running.text.hasPrefix("intact: "), "\(running.text)")
            try await agent.process.kill()
            let killed = try await Self.history(["--verify", path, "-o", "json"])
            #expect(killed.status == 0 && killed.text.contains(#""intact":true"#), "\(killed.text)")
            try await Self.shell(
                agents.folder,
                "DROP TRIGGER audit_stays; UPDATE audit SET detail = 'x' WHERE seq = 2;"
            )
            let broken = try await Self.history(["--verify", path])
            #expect(broken.status == 1, "\(broken.text)")
            #expect(broken.text.contains("BROKEN at line 2:"), "\(broken.text)")
            let missing = try await Self.history(["--verify", path + "/none"])
            #expect(missing.status == 2 && missing.text.contains("cannot be opened"))
        }
    }

    private static func expectPages(_ agent: RunningAgent, _ victim: String) async throws {
        func page(_ query: String) async throws -> (lines: [JSONValue], next: Int64?) {
            let data = try await agent.process.json("/api/v1/history?\(query)")["data"]
            return (data?["lines"]?.arrayValue ?? [], data?["next"]?.integerValue)
        }
        let all = try await page("")
        #expect(all.lines.contains { $0["kind"] == "intended" })
        #expect(all.lines.compactMap { $0["hash"]?.stringValue?.count }.allSatisfy { $0 == 64 })
        let own = try await page("graph_id=\(victim)")
        #expect(own.lines.allSatisfy { $0["graphId"] == .string(victim) })
        #expect(own.lines.last?["kind"] != nil)
        let verified = try await page("outcome=verified&kind=ended")
        #expect(verified.lines.map { $0["graphId"] } == [.string(victim)])
        #expect(try await page("outcome=stalled").lines.isEmpty)
        #expect(try await page("until=2020-01-01T00:00:00Z").lines.isEmpty)
        #expect(try await page("since=2020-01-01T00:00:00Z").lines.count >= all.lines.count)
        // One line a page comes to the same lines in the same order.
        var walked: [JSONValue] = []
        var next = own.lines.first?["sequence"]?.integerValue.map { $0 + 1 }
        while let after = next {
            let one = try await page("graph_id=\(victim)&limit=1&after=\(after)")
            walked += one.lines
            next = one.next
        }
        #expect(walked == own.lines)
        let verification = try await agent.process.json("/api/v1/history/verify")["data"]
        #expect(verification?["intact"] == true)
        #expect(verification?["fault"] == .null)
    }

    private static func expectRefusals(_ agent: RunningAgent) async throws {
        let mistakes = [
            "kind=telepathy": "must be one of held,", "outcome=well": "must be one of verified",
            "since=yesterday": "cannot parse", "limit=-1": "non-negative",
            "after=x": "the \\\"next",
        ]
        for (query, text) in mistakes {
            let answer = try await agent.process.get("/api/v1/history?\(query)")
            #expect(answer.status == 400)
            let body = String(decoding: answer.body, as: UTF8.self)
            #expect(body.contains(text), "\(query): \(body)")
        }
    }

    private static func expectCommands(_ agent: RunningAgent, _ victim: String) async throws {
        let url = "--url=\(agent.process.url)"
        let table = try await history([victim, url])
        #expect(table.status == 0 && table.text.hasPrefix("TIME "), "\(table.text)")
        #expect(table.text.contains("   intended   "))
        let one = try await history([
            "--limit=1", "--kind=intended", "--since=1h", url, "-o", "json",
        ])
        #expect(try JSONValue.parse(Array(one.text.utf8))["data"]?["lines"]?.arrayValue?.count == 1)
        let none = try await history(["--until=1h", url])
        #expect(none.text.split(separator: "\n").count == 1)
        let export = try await history(["export", "--outcome=verified", url])
        let lines = try export.text.split(separator: "\n").map { line in
            try JSONValue.parse(Array(line.utf8))
        }
        #expect(lines.contains { $0["kind"] == "landed" || $0["kind"] == "ended" })
        #expect(lines.allSatisfy { $0["intentId"]?.stringValue?.isEmpty == false })
        #expect(try await history(["--kind=x", url]).status == 64)
        #expect(try await history(["--verify", victim]).status == 64)
        #expect(try await history(["--url=http://127.0.0.1:1"]).status == 2)
    }

    private static func expectIncident(_ agent: RunningAgent, _ victim: String) async throws {
        let url = "--url=\(agent.process.url)"
        let ended = ["incidents", victim, "--outcome=verified", url]
        try await eventually("the incident has ended", every: .milliseconds(200)) {
            try await history(ended).text
        } is: {
            $0.contains("verified")
        }
        let table = try await history(ended)
        #expect(table.status == 0 && table.text.hasPrefix("INCIDENT "), "\(table.text)")
        let id = try #require(table.text.split(separator: "\n").last?.split(separator: " ").first)
        let shown = try await history(["show", String(id), url])
        for text in ["Repair:  ", "Size:  ", "Time line:", "  intended  ", "  closed  "] {
            #expect(shown.text.contains(text), "\(shown.text)")
        }
        let tasks = try await history(["show", String(id), "--tasks", url])
        #expect(tasks.status == 0 && !tasks.text.contains("Planted"), "\(tasks.text)")
        let export = try await history(["export", "--incidents", "--since=1h", url])
        let incidents = try export.text.split(separator: "\n").map { line in
            try JSONValue.parse(Array(line.utf8))
        }
        let incident = try #require(incidents.first { $0["id"] == .string(String(id)) })
        #expect(incident["events"]?.arrayValue?.last?["kind"] == "closed")
        let sizes = ["sizeBefore", "sizeAfter"].map { incident[$0]?["edges"]?.integerValue }
        #expect(sizes.allSatisfy { $0 ?? 0 > 0 } && sizes[0] == sizes[1], "\(incident)")
        let seal = try await history(["--kind=incidentClosed", url])
        #expect(seal.text.contains("SHA-256"), "\(seal.text)")
        #expect(try await history(["show", "none", url]).status == 1)
        #expect(try await history(["incidents", "--outcome=not_sent", url]).status == 64)
        #expect(try await history(["incidents", "--kind=ended", url]).status == 64)
        #expect(try await history(["export", "--incidents", "--kind=ended", url]).status == 64)
        for query in ["outcome=not_sent", "limit=1001", "x=1"] {
            #expect(try await agent.process.get("/api/v1/incidents?\(query)").status == 400)
        }
    }

    @Test("an older copy of the ledger makes the agent detect-only until a person accepts it")
    func olderLedger() async throws {
        try await SuccessiveAgents.with(AgentSetup()) { agents in
            let first = try await agents.start()
            let data = agents.folder.appending(path: "data")
            let copy = agents.folder.appending(path: "copy.db").path
            let backup = try await Program.run(
                Program.graphwarden,
                ["ledger", "backup", copy, "--storage.path=\(data.path)"]
            )
            #expect(backup.status == 0, "\(backup.text)")
            let victim = try first.hangGraph(1, .unresponsive)
            try await first.waitUntilVerified(victim)
            try await first.process.stop()

            let file = data.appending(path: "ledger.db").path
            for suffix in ["", "-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: file + suffix)
            }
            try FileManager.default.copyItem(atPath: copy, toPath: file)
            let older = try await AgentProcess.start(in: agents.folder)
            defer { older.program.signal(SIGKILL) }
            let agent = RunningAgent(cloud: agents.cloud, process: older, folder: agents.folder)
            try agent.hangGraph(2, .unresponsive)
            try await older.waitForPolls(20)
            #expect(try await older.metric(#"graphwarden_detect_only{reason="ledger_older"}"#) == 1)
            let ready = try await older.get("/-/ready")
            #expect(ready.status == 503)
            #expect(String(decoding: ready.body, as: UTF8.self).contains("accept-older-ledger"))
            #expect(agent.restarts == [victim: 1])
            try await older.stop()

            let accepting = try await agents.start(["--storage.accept-older-ledger"])
            #expect(accepting.log.contains("Going on with an older ledger"))
            try await accepting.process.stop()
            let last = try await agents.start()
            #expect(
                try await last.process.metric(#"graphwarden_detect_only{reason="ledger_older"}"#)
                    == 0
            )
        }
    }
}
