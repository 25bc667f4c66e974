import Foundation
import GESSimulator
import HTTPClient
import TestSupport
import Testing

@Suite("SIGHUP")
struct ReloadSignalTests {
    fileprivate static let loaded = "Completed loading of configuration file"

    @Test("neither kills the agent nor is lost, however early and often it is sent")
    func storm() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try await SimulatedCloudServer.serving(AgentSetup.fleet) { cloud in
            try AgentSetup().write(to: scratch, for: cloud)
            let process = try await AgentProcess.start(in: scratch.folder) { program in
                try await eventually("the signal handler is installed", every: .milliseconds(1)) {
                    Self.holdsHangups(program.processIdentifier)
                }
                for _ in 0..<100 { program.signal(SIGHUP) }
            }
            defer { process.program.signal(SIGKILL) }
            try await eventually("the configuration is reloaded") {
                process.program.text
            } is: { text in
                text.contains(Self.loaded)
            }
            for _ in 0..<100 {
                process.program.signal(SIGHUP)
                #expect(try await process.get("/-/healthy").status == 200)
            }
            let agent = RunningAgent(cloud: cloud, process: process, folder: scratch.folder)
            try await agent.waitUntilReady()
            #expect(
                try await process.metric("graphwarden_config_last_reload_successful") == 1
            )
            try await agent.expectThatAHangIsStillNoticed()
            // All reloads share one client: with a token per reload, requests would soon be
            // throttled.
            #expect(try await process.metric("graphwarden_token_refreshes_total") == 1)
            #expect(try await process.stop() == 0)
        }
    }

    /// Whether the process has installed its signal handler.
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

    @Test("applies changed file contents, and keeps the last valid configuration")
    func content() async throws {
        try await RunningAgent.with(AgentSetup(), arguments: Self.arguments) { agent in
            try await agent.waitUntilReady()
            // Rewritten without a change, for longer than the watcher's interval.
            try agent.rewrite("rules.yml") { $0 }
            try await agent.process.waitForPolls(8)
            try agent.rewrite("rules.yml") {
                $0.replacing("alert: GraphImportStuck", with: "alert: Renamed")
                    + "\n      - {alert: Always, expr: vector(1)}\n"
            }
            try await eventually("the new rule fires") { try await agent.alert("Always") != nil }
            try await eventually("the reload is logged") {
                agent.log.contains(ReloadSignalTests.loaded)
            }
            #expect(agent.log.ranges(of: ReloadSignalTests.loaded).count == 1)
            try agent.rewrite("rules.yml") { $0 + "  nonsense\n" }
            try await eventually("the invalid file is refused") {
                try await agent.process.metric(Self.successful) == 0
            }
            #expect(try await agent.alert("Always") != nil)
        }
    }

    @Test(
        "keeps rules that vanish, until SIGHUP says that it is meant",
        arguments: Vanishing.allCases
    )
    func vanishing(way: Vanishing) async throws {
        try await RunningAgent.with(AgentSetup(), arguments: Self.arguments) { agent in
            try await agent.waitUntilReady()
            let rules = agent.folder.appending(path: "more/x")
            let others = agent.folder.appending(path: "more/y")
            for folder in [rules, others] {
                try FileManager.default.createDirectory(
                    at: folder,
                    withIntermediateDirectories: true
                )
            }
            let file = rules.appending(path: "a.yml")
            let text = "groups: [{name: more, rules: [{alert: Always, expr: vector(1)}]}]\n"
            if way == .oneOfTwoFolders {
                let other = text.replacing("Always", with: "Other")
                try Data(other.utf8).write(to: others.appending(path: "b.yml"))
            }
            try Data(text.utf8).write(to: file)
            try agent.rewrite("graphwarden.yml") {
                $0.replacing(
                    "rule_files: [rules.yml]",
                    with: "rule_files: [rules.yml, more/*/*.yml]"
                )
            }
            try await eventually("the new rule fires") {
                try await agent.alert("Always")?.state == "firing"
            }
            let since = try #require(try await agent.alert("Always")).activeAt
            try way.apply(rules, file)
            try await eventually("the loss is refused and logged") {
                try await agent.process.metric(Self.successful) == 0
                    && agent.log.contains(way.message)
            }
            try await agent.process.waitForPolls(4)
            #expect(try await agent.alert("Always")?.activeAt == since)
            // Whole again, nothing has happened.
            try FileManager.default.createDirectory(at: rules, withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
            try await eventually("the files are accepted again") {
                try await agent.process.metric(Self.successful) == 1
            }
            #expect(try await agent.alert("Always")?.activeAt == since)
            try way.apply(rules, file)
            try await eventually("the loss is refused again") {
                try await agent.process.metric(Self.successful) == 0
            }
            agent.process.program.signal(SIGHUP)
            try await eventually("the rules are gone, and the reload has succeeded") {
                guard try await agent.alert("Always") == nil else { return false }
                return try await agent.process.metric(Self.successful) == 1
            }
        }
    }

    /// How rules vanish.
    enum Vanishing: CaseIterable, Sendable {
        case truncated, folder, oneOfTwoFolders

        func apply(_ folder: URL, _ file: URL) throws {
            switch self {
            case .truncated: try Data().write(to: file)
            case .folder, .oneOfTwoFolders: try FileManager.default.removeItem(at: folder)
            }
        }

        var message: String {
            switch self {
            case .truncated: "a.yml: contains no rules any more"
            case .folder: "*.yml: matches no file any more"
            case .oneOfTwoFolders: "a.yml: is missing, though rule_files still matches it"
            }
        }
    }
}
