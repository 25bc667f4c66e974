import Foundation
import GESSimulator
import HTTPClient
import JSON
import TestSupport
import Testing

@Suite("Samples of an agent that ended", .serialized)
struct SampleHistoryTests {
    /// The times of the samples of whether a graph answers within so many seconds, oldest first.
    private func times(_ agent: RunningAgent, within seconds: Int) async throws -> [Double] {
        let id = try agent.graphID(0)
        let query = "ges_graph_probe_success{graph_id=\"\(id)\",probe=\"version\"}[\(seconds)s]"
        let answer = try await agent.process.post("/api/v1/query", [("query", query)])
        let values = answer["data"]?["result"]?[0]?["values"]?.arrayValue ?? []
        return values.compactMap { $0[0]?.doubleValue }
    }

    /// Waits until samples of a few seconds are on disk.
    private func waitForChunks(_ agent: RunningAgent, above count: Double = 0) async throws {
        try await eventually("chunks are written", every: .milliseconds(200)) {
            let name = "graphwarden_history_samples_written_total"
            return try await agent.process.metric(name) ?? 0 > count
        } lastSeen: {
            "\(agent.log.suffix(2_000))"
        }
    }

    @Test("are there after a kill, but for the newest, and the time between is a gap")
    func killed() async throws {
        try await SuccessiveAgents.with(AgentSetup()) { agents in
            let first = try await agents.start()
            try await eventually("there are samples", every: .milliseconds(200)) {
                try await times(first, within: 600).count > 40
            }
            try await waitForChunks(first, above: 1_000)
            let before = try await times(first, within: 600)
            try await first.process.kill()
            let killed = Date().timeIntervalSince1970
            let second = try await agents.start()
            #expect(second.log.contains("Restored the samples of the previous run"))
            let after = try await times(second, within: 600)
            let kept = after.filter { $0 <= killed }
            #expect(kept.count >= 16 && kept == Array(before.prefix(kept.count)))
            #expect(after.count > kept.count)
            let last = try #require(kept.last)
            for series in ["ges_up", "ges_graph_probe_success"] {
                let gap = try await second.process.post(
                    "/api/v1/query",
                    [("query", "absent(\(series))"), ("time", "\(killed + 0.01)")]
                )
                #expect(gap["data"]?["result"]?.arrayValue?.count == 1, "\(gap), \(last)")
            }
            #expect(try await second.process.metric("graphwarden_history_up") == 1)
        }
    }

    @Test("are in the windows of rules from the first poll on", arguments: [false, true])
    func windows(isKilled: Bool) async throws {
        var setup = AgentSetup()
        setup.files["rules.yml"] = """
            groups:
              - name: g
                rules:
                  - record: many
                    expr: min(count_over_time(ges_graph_probe_success{probe="version"}[2m]))

            """
        try await SuccessiveAgents.with(setup) { agents in
            func count(_ agent: RunningAgent) async throws -> Double? {
                let answer = try await agent.process.post("/api/v1/query", [("query", "many")])
                return answer["data"]?["result"]?[0]?["value"]?[1]?.stringValue.flatMap(Double.init)
            }
            let first = try await agents.start()
            try await eventually("there are samples", every: .milliseconds(200)) {
                try await count(first) ?? 0 > 80
            }
            if isKilled {
                try await first.process.kill()
            } else {
                #expect(try await first.process.stop() == 0)
            }
            let second = try await agents.start()
            try await eventually("rules are evaluated") { try await count(second) != nil }
            let polls = try await second.process.polls()
            let found = try await count(second) ?? 0
            // A kill costs the samples that were not sealed, 8 at most.
            #expect(found > (isKilled ? 64 : 80) && polls < 40, "\(found) after \(polls) polls")
        }
    }

    @Test("are never lost by kills while they are written, and every start reads on")
    func killedOften() async throws {
        try await SuccessiveAgents.with(AgentSetup()) { agents in
            var known: [Double] = []
            for round in 0..<8 {
                let agent = try await agents.start()
                #expect(!agent.log.contains("moved aside"), "round \(round)")
                let found = try await times(agent, within: 3600)
                let kept = found.filter { $0 <= (known.last ?? 0) }
                #expect(kept == known, "round \(round)")
                try await waitForChunks(agent, above: Double(round % 4 * 300))
                let enough = known.count + 32
                try await eventually("more was read", every: .milliseconds(200)) {
                    try await times(agent, within: 3600).count > enough
                }
                // In the file, and only there: what another process finds.
                let file = agents.folder.appending(path: "data/history.db").path
                let sqlite = try Program.debian("python3")
                let script = """
                    import sqlite3
                    c = sqlite3.connect("\(file)", timeout=20)
                    print(c.execute("PRAGMA integrity_check").fetchone()[0])
                    print(c.execute("SELECT count(*) FROM chunk").fetchone()[0])
                    """
                let program = try Program(sqlite, ["-c", script])
                try await eventually("the file is checked") { !program.isRunning }
                #expect(program.text.hasPrefix("ok\n"), "\(program.text)")
                // What is older than a few seconds is on disk: 8 samples of each series.
                known = Array(try await times(agent, within: 3600).dropLast(20))
                try await agent.process.kill()
            }
            #expect(known.count > 50)
        }
    }

    @Test("are all there after an end in order, and in queries beyond the memory of rules")
    func ended() async throws {
        try await SuccessiveAgents.with(AgentSetup()) { agents in
            let first = try await agents.start()
            let before = try await times(first, within: 600)
            #expect(try await first.process.stop() == 0)
            let second = try await agents.start()
            let after = try await times(second, within: 600)
            #expect(after.starts(with: before))
            // Rules see half a minute.
            try await eventually("the file is older than memory", every: .milliseconds(500)) {
                let newest = try #require(before.first)
                return Date().timeIntervalSince1970 - newest > 40
            }
            #expect(try await times(second, within: 600).starts(with: before))
            let range = try await second.process.post(
                "/api/v1/query_range",
                [
                    ("query", "count_over_time(ges_up[1s])"),
                    ("start", "\(before.first ?? 0)"), ("end", "\(before.last ?? 0)"),
                    ("step", "1"),
                ]
            )
            let points = range["data"]?["result"]?[0]?["values"]?.arrayValue ?? []
            #expect(!points.isEmpty, "\(range)")
        }
    }

    @Test("are not used if the file is damaged or the cloud is another one, and the agent starts")
    func unusable() async throws {
        try await SuccessiveAgents.with(AgentSetup()) { agents in
            let first = try await agents.start()
            #expect(try await first.process.stop() == 0)
            let file = agents.folder.appending(path: "data/history.db")
            try Data("no database".utf8).write(to: file)
            let second = try await agents.start()
            #expect(second.log.contains("was moved aside"))
            #expect(
                FileManager.default.fileExists(
                    atPath: agents.folder.appending(path: "data/history.db.corrupt-1").path
                )
            )
            #expect(try await second.process.stop() == 0)
            let configuration = agents.folder.appending(path: "graphwarden.yml")
            let text = try String(contentsOf: configuration, encoding: .utf8)
            try Data(text.replacing("address: private", with: "address: physical").utf8)
                .write(to: configuration)
            let third = try await agents.start()
            #expect(third.log.contains("The windows of rules begin empty"))
            #expect(try await third.process.metric("graphwarden_history_up") == 1)
        }
    }

    @Test("are not used after a reload to another way to the cloud and a kill right after it")
    func reloaded() async throws {
        try await SuccessiveAgents.with(AgentSetup()) { agents in
            let first = try await agents.start(["--web.enable-lifecycle"])
            try await waitForChunks(first, above: 300)
            try first.rewrite("graphwarden.yml") {
                $0.replacing("address: private", with: "address: physical")
            }
            #expect(try await first.process.reload().status == 200)
            try await first.process.kill()
            let second = try await agents.start(["--web.enable-lifecycle"])
            #expect(!second.log.contains("Restored the samples of the previous run"))
            // And back: the samples of the first way are of another generation.
            try second.rewrite("graphwarden.yml") {
                $0.replacing("address: physical", with: "address: private")
            }
            try await second.process.kill()
            let third = try await agents.start()
            #expect(!third.log.contains("Restored the samples of the previous run"))
        }
    }

    @Test("are not used after the clock was set, however the process ended")
    func clockSet() async throws {
        try await SuccessiveAgents.with(AgentSetup()) { agents in
            let clock = FakeClock(in: agents.folder)
            let launcher = try clock.launcher()
            let first = try await agents.start(through: launcher)
            try await waitForChunks(first, above: 300)
            // So little that nothing on disk is from the future, and that the cloud does not mind.
            try clock.set(by: -40)
            try await eventually("the agent notices") { first.log.contains("the clock was set") }
            try await first.process.kill()
            let second = try await agents.start(through: launcher)
            #expect(!second.log.contains("Restored the samples of the previous run"))
            try await waitForChunks(second, above: 300)
            #expect(try await second.process.metric("graphwarden_history_up") == 1)
        }
    }

    @Test("stop on a full disk, which is said, while decisions go on, and resume by themselves")
    func diskFull() async throws {
        // What is left belongs to the ledger, so decisions go on.
        let mounts = Launcher.mounts("mkdir data && mount -t tmpfs -o size=4m tmpfs data")
        try await RunningAgent.with(AgentSetup(), through: { _ in mounts }) { agent in
            try await agent.waitUntilReady()
            try await waitForChunks(agent)
            let process = agent.process.program.processIdentifier
            let folder = URL(filePath: "/proc/\(process)/root\(agent.folder.path)/data")
            let filler = folder.appending(path: "filler")
            let system = try FileManager.default.attributesOfFileSystem(forPath: folder.path)
            let free = try #require((system[.systemFreeSize] as? NSNumber)?.intValue)
            try Data(count: free - 900_000).write(to: filler)
            try await eventually("the history stops", every: .milliseconds(200)) {
                try await agent.process.metric("graphwarden_history_up") == 0
            } lastSeen: {
                "\(agent.log.suffix(1_000))"
            }
            #expect(agent.log.contains("Samples are not kept on disk"))
            let victim = try agent.hangGraph(1, .unresponsive)
            try await eventually("the graph is restarted", every: .milliseconds(200)) {
                agent.restarts[victim] == 1
            } lastSeen: {
                "\(agent.log.suffix(1_000))"
            }
            try FileManager.default.removeItem(at: filler)
            try await eventually("the history resumes", every: .milliseconds(500)) {
                try await agent.process.metric("graphwarden_history_up") == 1
            } lastSeen: {
                "\(agent.log.suffix(1_000))"
            }
        }
    }

    @Test("are not kept if the configuration says so")
    func off() async throws {
        var setup = AgentSetup()
        setup.sections = ["history: {retention: 0s}"]
        try await RunningAgent.with(setup, arguments: ["--web.enable-lifecycle"]) { agent in
            try await agent.waitUntilReady()
            let file = agent.folder.appending(path: "data/history.db")
            #expect(!FileManager.default.fileExists(atPath: file.path))
            #expect(try await agent.process.metric("graphwarden_history_up") == nil)
            try agent.rewrite("graphwarden.yml") { $0.replacing("retention: 0s", with: "") }
            let reload = try await agent.process.reload()
            #expect(reload.status == 500 && reload.text.contains("history: "), "\(reload)")
        }
    }
}
