import Foundation
import GESSimulator
import HTTPClient
import JSON
import TestSupport
import Testing

private let lifecycle = ["--web.enable-lifecycle"]

@Suite("A reload")
struct ReloadTests {
    @Test("applies a new policy and new rules")
    func good() async throws {
        try await RunningAgent.with(AgentSetup(mode: "shadow"), arguments: lifecycle) { agent in
            try await agent.waitUntilReady()
            let victim = try agent.hangGraph(1, .unresponsive)
            try await eventually("the alert fires", every: .milliseconds(100)) {
                try await agent.alert("GraphUnresponsive")?.state
            } is: { state in
                state == "firing"
            }
            #expect(agent.restarts.isEmpty)
            try agent.rewrite("graphwarden.yml") {
                $0.replacing("mode: shadow", with: "mode: auto")
            }
            try agent.rewrite("rules.yml") { $0 + Rule.added }
            let answer = try await agent.process.reload()
            #expect(answer.status == 200 && answer.text.isEmpty, "\(answer)")
            try await agent.waitUntilVerified(victim)
            #expect(agent.restarts == [victim: 1])
            #expect(try await agent.alert("Added")?.state == "firing")
        }
    }

    @Test("with a mistake in any file changes nothing and reports where", arguments: Mistake.all)
    func bad(mistake: Mistake) async throws {
        try await RunningAgent.with(AgentSetup(), arguments: lifecycle) { agent in
            try await agent.waitUntilReady()
            let loaded = try await agent.process.metric(Metric.timestamp)
            try agent.rewrite(mistake.file, mistake.change)
            let answer = try await agent.process.reload()
            #expect(answer.status == 500)
            #expect(answer.text.hasPrefix("failed to reload config: "), "\(answer.text)")
            for place in mistake.places {
                #expect(answer.text.contains(place), "\(answer.text)")
                try await eventually("the log says \(place)") {
                    agent.log
                } is: { log in
                    log.contains(place)
                }
            }
            #expect(try await agent.process.metric(Metric.successful) == 0)
            #expect(try await agent.process.metric(Metric.timestamp) == loaded)
            try await agent.expectThatAHangIsStillNoticed()
            try agent.rewrite(mistake.file, mistake.repair)
            #expect(try await agent.process.reload(.put).status == 200)
            #expect(try await agent.process.metric(Metric.successful) == 1)
            #expect(try await agent.process.metric(Metric.timestamp) ?? 0 > loaded ?? 0)
        }
    }

    @Test("over HTTP requires the flag, and POST or PUT")
    func methods() async throws {
        try await RunningAgent.with(AgentSetup()) { agent in
            let refused = try await agent.process.reload()
            #expect(refused == (403, "Lifecycle API is not enabled."))
            let wrong = try await agent.process.reload(.get)
            #expect(wrong == (405, "Only POST or PUT requests allowed"))
        }
    }

    @Test("preserves the state of alerts")
    func alertsGoOn() async throws {
        try await RunningAgent.with(AgentSetup(), arguments: lifecycle) { agent in
            try agent.rewrite("rules.yml") { $0 + Rule.added + Rule.waiting }
            #expect(try await agent.process.reload().status == 200)
            try await eventually("one alert fires and one is pending", every: .milliseconds(100)) {
                [try await agent.alert("Added")?.state, try await agent.alert("Waiting")?.state]
            } is: { states in
                states == ["firing", "pending"]
            }
            let firing = try #require(try await agent.alert("Added"))
            let pending = try #require(try await agent.alert("Waiting"))
            try agent.rewrite("rules.yml") {
                $0.replacing("vector(1)", with: "vector(2)").replacing("1h", with: "2h")
            }
            #expect(try await agent.process.reload().status == 200)
            try await agent.process.waitForPolls(8)
            #expect(try #require(try await agent.alert("Added")) == firing)
            #expect(try #require(try await agent.alert("Waiting")) == pending)
        }
    }

    @Test("during a restart causes no second one, and the restart is tracked to completion")
    func duringARestart() async throws {
        var fleet = AgentSetup.fleet
        fleet.timeScale = 0.05
        try await RunningAgent.with(AgentSetup(), fleet: fleet, arguments: lifecycle) { agent in
            try await agent.waitUntilReady()
            let victim = try agent.hangGraph(1, .unresponsive)
            try await agent.waitForRestart(of: victim)
            // Another timeout requires a new client.
            try agent.rewrite("graphwarden.yml") {
                $0.replacing("timeout: 1s", with: "timeout: 2s")
            }
            #expect(try await agent.process.reload().status == 200)
            // A restart in progress in this project could not be tracked in another one.
            try agent.rewrite("graphwarden.yml") {
                $0.replacing("project_id: ", with: "project_id: 0")
            }
            let refused = try await agent.process.reload()
            #expect(refused.status == 500)
            #expect(refused.text.contains("restarts are in progress: \(victim)"), "\(refused)")
            try await agent.waitUntilVerified(victim)
            #expect(agent.restarts == [victim: 1])
        }
    }

    @Test("leaks no client, thread or connection")
    func leavesNothingBehind() async throws {
        try await RunningAgent.with(AgentSetup(), arguments: lifecycle) { agent in
            try await agent.waitUntilReady()
            let before = try Self.threads(of: agent.process.program.processIdentifier)
            for round in 0..<20 {
                let (old, new) = round % 2 == 0 ? ("1s", "2s") : ("2s", "1s")
                try agent.rewrite("graphwarden.yml") {
                    $0.replacing("  timeout: \(old)", with: "  timeout: \(new)")
                }
                #expect(try await agent.process.reload().status == 200)
            }
            // Every client has two threads; a few others come and go.
            try await eventually("their threads have ended") {
                try Self.threads(of: agent.process.program.processIdentifier)
            } is: { threads in
                threads <= before + 6
            }
            try await agent.expectThatAHangIsStillNoticed()
        }
    }

    private static func threads(of process: Int32) throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        return try #require(status.firstMatch(of: /Threads:\s+(\d+)/).flatMap { Int($0.1) })
    }

    @Test("that changes the data plane's route requires new observations before acting")
    func anotherWay() async throws {
        try await RunningAgent.with(AgentSetup(), arguments: lifecycle) { agent in
            try await agent.waitUntilReady()
            let wrong = try await FreePort.find()
            let right = agent.cloud.endpoints.dataPlanePort
            try agent.rewrite("graphwarden.yml") {
                $0.replacing("port: \(right)", with: "port: \(wrong)")
            }
            #expect(try await agent.process.reload().status == 200)
            // Every graph seems to hang, but none was ever reached over this route.
            try await agent.expectNoFurtherRestart(inPolls: 24)
            #expect(agent.restarts.isEmpty)
            try agent.rewrite("graphwarden.yml") {
                $0.replacing("port: \(wrong)", with: "port: \(right)")
            }
            #expect(try await agent.process.reload().status == 200)
            try await agent.waitUntilReady()
            try await agent.expectThatAHangIsStillNoticed()
        }
    }
}

private enum Metric {
    static let successful = "graphwarden_config_last_reload_successful"
    static let timestamp = "graphwarden_config_last_reload_success_timestamp_seconds"
}

private enum Rule {
    static let added = """

              - alert: Added
                expr: vector(1)
        """
    static let waiting = """

              - alert: Waiting
                expr: vector(1)
                for: 1h
        """
}

/// A change that makes the files invalid, and can be reverted.
struct Mistake: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let file: String
    /// The text to replace; the second text contains the mistakes.
    let good: String
    let wrong: String
    /// The positions of the mistakes: file, line and column.
    let places: [String]

    func change(_ text: String) -> String { text.replacing(good, with: wrong) }
    func repair(_ text: String) -> String { text.replacing(wrong, with: good) }

    static let all = [
        Mistake(
            testDescription: "two unknown keys",
            file: "graphwarden.yml",
            good: "rule_files: [",
            wrong: "rule_file: []\nremedy: 1\nrule_files: [",
            places: ["graphwarden.yml:22:1: unknown key", "graphwarden.yml:23:1: unknown key"]
        ),
        Mistake(
            testDescription: "two expressions that cannot be parsed",
            file: "rules.yml",
            good: "    rules:\n",
            wrong: "    rules:\n      - {alert: Broken, expr: sum(}\n"
                + "      - {alert: Worse, expr: up +}\n",
            places: ["rules.yml:4:31: ", "rules.yml:5:30: "]
        ),
        Mistake(
            testDescription: "a missing CA file",
            file: "graphwarden.yml",
            good: "  api_version:",
            wrong: "  ca_file: none.pem\n  api_version:",
            places: ["graphwarden.yml:4:12: ", "none.pem"]
        ),
        Mistake(
            testDescription: "a webhook without authentication while restarts are enabled",
            file: "graphwarden.yml",
            good: "rule_files: [",
            wrong: "webhook: {alerts: [GraphHung]}\nrule_files: [",
            places: ["graphwarden.yml:22:1: webhook without token_file"]
        ),
        Mistake(
            testDescription: "a missing password file",
            file: "graphwarden.yml",
            good: "password_file: password",
            wrong: "password_file: none",
            places: ["graphwarden.yml:10:", "none"]
        ),
    ]
}
