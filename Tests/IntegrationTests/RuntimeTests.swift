import Foundation
import GESSimulator
import JSON
import TestSupport
import Testing

@Suite("What the agent tells of itself")
struct RuntimeTests {
    @Test("is the configuration in force, also while the file has mistakes")
    func configuration() async throws {
        try await RunningAgent.with(AgentSetup(), arguments: ["--web.enable-lifecycle"]) { agent in
            let file = agent.folder.appending(path: "graphwarden.yml")
            let first = try String(contentsOf: file, encoding: .utf8)
            func yaml() async throws -> String? {
                try await agent.process.json("/api/v1/status/config")["data"]?["yaml"]?.stringValue
            }
            func runtime(_ name: String) async throws -> JSONValue? {
                try await agent.process.json("/api/v1/status/runtimeinfo")["data"]?[name]
            }
            #expect(try await yaml() == first)
            let loadedAt = try await runtime("lastConfigTime")
            try agent.rewrite("graphwarden.yml") { $0 + "odd: 1\n" }
            #expect(try await agent.process.reload().status == 500)
            #expect(try await yaml() == first)
            #expect(try await runtime("reloadConfigSuccess") == false)
            #expect(try await runtime("lastConfigTime") == loadedAt)
            try agent.rewrite("graphwarden.yml") { _ in first + "# password: hunter2\n" }
            #expect(try await agent.process.reload().status == 200)
            #expect(try await yaml() == first + "# password: <secret>\n")
            #expect(try await runtime("reloadConfigSuccess") == true)
            #expect(try await runtime("lastConfigTime") != loadedAt)
            let folder = agent.folder.resolvingSymlinksInPath().path
            #expect(try await runtime("CWD")?.stringValue?.hasSuffix(folder) == true)
        }
    }

    @Test("is every flag with its value, wherever it comes from, and what is polled")
    func flags() async throws {
        try await RunningAgent.with(AgentSetup(), arguments: ["--query.timeout=90s"]) { agent in
            try await agent.waitUntilReady()
            let flags = try await agent.process.json("/api/v1/status/flags")["data"]
            #expect(flags?["query.timeout"] == "90s")
            #expect(flags?["web.listen-address"] == "127.0.0.1:0")
            #expect(flags?["log.format"] == "logfmt" && flags?["log.level"] == "debug")
            #expect(flags?["web.enable-lifecycle"] == "false")
            #expect(flags?["config.file"] == "graphwarden.yml")
            let help = try await Program.run(Program.graphwarden, ["run", "--help"]).text
            let names = help.matches(of: /(?m)^  --([a-z.-]+)/).map { String($0.1) }
            #expect(names.count > 20)
            for name in names where name != "version" {
                #expect(flags?[name] != nil, "\(name)")
            }
            let targets = try await agent.process.json("/api/v1/targets")["data"]?["activeTargets"]
            #expect(targets?[0]?["scrapeUrl"]?.stringValue == "\(agent.cloud.endpoints.management)")
            #expect(targets?[0]?["health"] == "up")
            #expect(targets?[1]?["scrapePool"] == "paths" && targets?[1]?["health"] == "up")
        }
    }
}
