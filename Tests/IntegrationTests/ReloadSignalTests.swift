import Foundation
import GESSimulator
import HTTPClient
import Testing

@Suite("SIGHUP")
struct ReloadSignalTests {
    private static let loaded = "Completed loading of configuration file"

    @Test("neither kills the agent nor is lost, however often and early it comes")
    func storm() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try await SimulatedCloudServer.serving(Scene.fleet) { cloud in
            try Scene().write(to: scratch, for: cloud)
            let agent = try await AgentProcess.start(in: scratch.folder) { program in
                _ = try await eventually(within: .seconds(10), every: .milliseconds(1)) {
                    Self.holdsHangups(program.processIdentifier)
                }
                for _ in 0..<100 { program.signal(SIGHUP) }
            }
            defer { agent.program.signal(SIGKILL) }
            let reloaded = try await eventually(within: .seconds(20)) {
                agent.program.text.contains(Self.loaded)
            }
            #expect(reloaded, "\(agent.program.text)")
            for _ in 0..<100 {
                agent.program.signal(SIGHUP)
                try await Task.sleep(for: .milliseconds(5))
            }
            let stage = Stage(cloud: cloud, agent: agent, folder: scratch.folder)
            try await stage.waitUntilReady()
            #expect(
                try await agent.metric("graphwarden_config_last_reload_successful") == 1
            )
            try await stage.expectThatAHangIsStillNoticed()
            // One client for all of them: a token for every reload would soon be refused.
            #expect(try await agent.metric("graphwarden_token_refreshes_total") == 1)
            #expect(try await agent.stop() == 0)
        }
    }

    /// Whether the process has come so far that it catches the signal.
    private static func holdsHangups(_ process: Int32) -> Bool {
        let status = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
        let name = try? String(contentsOfFile: "/proc/\(process)/comm", encoding: .utf8)
        guard name == "graphwarden\n",
            let match = status.firstMatch(of: /SigCgt:\s+([0-9a-f]+)/),
            let mask = UInt64(match.1, radix: 16)
        else { return false }
        return mask & 1 != 0
    }
}

@Suite("Auto-reload")
struct AutoReloadTests {
    private static let arguments = [
        "--config.enable-auto-reload", "--config.auto-reload-interval=200ms",
    ]
    private static let successful = "graphwarden_config_last_reload_successful"

    @Test("follows the content of the files, and keeps what was right")
    func content() async throws {
        try await Stage.with(Scene(), arguments: Self.arguments) { stage in
            try await stage.waitUntilReady()
            // Written anew, but as it was.
            try stage.rewrite("rules.yml") { $0 }
            try await Task.sleep(for: .seconds(1))
            #expect(!stage.agent.program.text.contains("Completed loading"))
            try stage.rewrite("rules.yml") {
                $0.replacing("alert: GraphImportStuck", with: "alert: Renamed")
                    + "\n      - {alert: Always, expr: vector(1)}\n"
            }
            let fires = try await eventually(within: .seconds(20)) {
                try await stage.alert("Always") != nil
            }
            #expect(fires)
            try stage.rewrite("rules.yml") { $0 + "  nonsense\n" }
            let isRefused = try await eventually(within: .seconds(20)) {
                try await stage.agent.metric(Self.successful) == 0
            }
            #expect(isRefused)
            #expect(try await stage.alert("Always") != nil)
        }
    }
}
