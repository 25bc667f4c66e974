import Foundation
import GESSimulator
import HTTPClient
import JSON
import TestSupport
import Testing

@Suite("Samples of an agent that ended", .serialized)
struct SampleHistoryTests {
    /// The times of the samples of `ges_up` within so many seconds, oldest first.
    private func times(_ agent: RunningAgent, within seconds: Int) async throws -> [Double] {
        let answer = try await agent.process.post(
            "/api/v1/query",
            [("query", "ges_up[\(seconds)s]")]
        )
        let values = answer["data"]?["result"]?[0]?["values"]?.arrayValue ?? []
        return values.compactMap { $0[0]?.doubleValue }
    }

    private func waitForChunks(_ agent: RunningAgent) async throws {
        try await eventually("chunks are written", every: .milliseconds(200)) {
            try await agent.process.metric("graphwarden_history_samples_written_total") ?? 0 > 0
        } lastSeen: {
            "\(agent.log.suffix(2_000))"
        }
    }

    @Test("are there after a kill, but for the newest, and the time between is a gap")
    func killed() async throws {
        try await SuccessiveAgents.with(AgentSetup()) { agents in
            let first = try await agents.start()
            try await waitForChunks(first)
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
            let gap = try await second.process.post(
                "/api/v1/query",
                [("query", "absent(ges_up)"), ("time", "\(last + 0.1)")]
            )
            #expect(gap["data"]?["result"]?.arrayValue?.count == 1, "\(gap)")
            #expect(try await second.process.metric("graphwarden_history_up") == 1)
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
