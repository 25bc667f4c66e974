import Foundation
import GESSimulator
import HTTPClient
import JSON
import Testing

private let lifecycle = ["--web.enable-lifecycle"]

@Suite("A reload")
struct ReloadTests {
    @Test("puts another policy and other rules into force")
    func good() async throws {
        try await Stage.with(Scene(mode: "shadow"), arguments: lifecycle) { stage in
            try await stage.waitUntilReady()
            let victim = try stage.hang(1, .unresponsive)
            let fires = try await eventually(within: .seconds(30)) {
                try await stage.alert("GraphUnresponsive")?.state == "firing"
            }
            #expect(fires)
            #expect(stage.restarts.isEmpty)
            try stage.rewrite("graphwarden.yml") {
                $0.replacing("mode: shadow", with: "mode: auto")
            }
            try stage.rewrite("rules.yml") { $0 + Rule.added }
            let answer = try await stage.agent.reload()
            #expect(answer.status == 200 && answer.text.isEmpty, "\(answer)")
            let restarted = try await eventually(within: .seconds(60)) {
                try await stage.isVerified(victim)
            }
            if !restarted { Issue.record("\(try await stage.account(of: victim))") }
            #expect(stage.restarts == [victim: 1])
            #expect(try await stage.alert("Added")?.state == "firing")
        }
    }

    @Test("that has a mistake anywhere changes nothing and says where", arguments: Mistake.all)
    func bad(mistake: Mistake) async throws {
        try await Stage.with(Scene(), arguments: lifecycle) { stage in
            try await stage.waitUntilReady()
            let loaded = try await stage.agent.metric(Metric.timestamp)
            try stage.rewrite(mistake.file, mistake.change)
            let answer = try await stage.agent.reload()
            #expect(answer.status == 500)
            #expect(answer.text.hasPrefix("failed to reload config: "), "\(answer.text)")
            for place in mistake.places {
                #expect(answer.text.contains(place), "\(answer.text)")
                let isLogged = try await eventually(within: .seconds(10)) {
                    stage.agent.program.text.contains(place)
                }
                #expect(isLogged, "\(place) in\n\(stage.agent.program.text)")
            }
            #expect(try await stage.agent.metric(Metric.successful) == 0)
            #expect(try await stage.agent.metric(Metric.timestamp) == loaded)
            try await stage.expectThatAHangIsStillNoticed()
            try stage.rewrite(mistake.file, mistake.repair)
            #expect(try await stage.agent.reload(.put).status == 200)
            #expect(try await stage.agent.metric(Metric.successful) == 1)
            #expect(try await stage.agent.metric(Metric.timestamp) ?? 0 > loaded ?? 0)
        }
    }

    @Test("by HTTP needs the flag, and POST or PUT")
    func methods() async throws {
        try await Stage.with(Scene()) { stage in
            let refused = try await stage.agent.reload()
            #expect(refused == (403, "Lifecycle API is not enabled."))
            let wrong = try await stage.agent.reload(.get)
            #expect(wrong == (405, "Only POST or PUT requests allowed"))
        }
    }

    @Test("lets alerts go on as they were")
    func alertsGoOn() async throws {
        try await Stage.with(Scene(), arguments: lifecycle) { stage in
            try stage.rewrite("rules.yml") { $0 + Rule.added + Rule.waiting }
            #expect(try await stage.agent.reload().status == 200)
            let isThere = try await eventually(within: .seconds(20)) {
                let states = [
                    try await stage.alert("Added")?.state, try await stage.alert("Waiting")?.state,
                ]
                return states == ["firing", "pending"]
            }
            #expect(isThere)
            let firing = try #require(try await stage.alert("Added"))
            let pending = try #require(try await stage.alert("Waiting"))
            try stage.rewrite("rules.yml") {
                $0.replacing("vector(1)", with: "vector(2)").replacing("1h", with: "2h")
            }
            #expect(try await stage.agent.reload().status == 200)
            try await Task.sleep(for: .seconds(2))
            #expect(try #require(try await stage.alert("Added")) == firing)
            #expect(try #require(try await stage.alert("Waiting")) == pending)
        }
    }

    @Test("while a restart is under way leads to one restart, followed to its end")
    func duringARestart() async throws {
        var fleet = Scene.fleet
        fleet.timeScale = 0.05
        try await Stage.with(Scene(), fleet: fleet, arguments: lifecycle) { stage in
            try await stage.waitUntilReady()
            let victim = try stage.hang(1, .unresponsive)
            let sent = try await eventually(within: .seconds(30)) { !stage.restarts.isEmpty }
            if !sent { Issue.record("\(try await stage.account(of: victim))") }
            // Another time-out makes another client.
            try stage.rewrite("graphwarden.yml") {
                $0.replacing("timeout: 500ms", with: "timeout: 600ms")
            }
            #expect(try await stage.agent.reload().status == 200)
            // What was begun in this project could not be followed in another one.
            try stage.rewrite("graphwarden.yml") {
                $0.replacing("project_id: ", with: "project_id: 0")
            }
            let refused = try await stage.agent.reload()
            #expect(refused.status == 500)
            #expect(refused.text.contains("restarts are in progress: \(victim)"), "\(refused)")
            let verified = try await eventually(within: .seconds(60)) {
                try await stage.isVerified(victim)
            }
            if !verified { Issue.record("\(try await stage.account(of: victim))") }
            #expect(stage.restarts == [victim: 1])
        }
    }

    @Test("leaves no client, thread or connection behind")
    func leavesNothingBehind() async throws {
        try await Stage.with(Scene(), arguments: lifecycle) { stage in
            try await stage.waitUntilReady()
            let before = try Self.threads(of: stage.agent.program.processIdentifier)
            for round in 0..<20 {
                let (old, new) = round % 2 == 0 ? ("500ms", "600ms") : ("600ms", "500ms")
                try stage.rewrite("graphwarden.yml") {
                    $0.replacing("timeout: \(old)", with: "timeout: \(new)")
                }
                #expect(try await stage.agent.reload().status == 200)
            }
            // Every client has two threads of its own; a few others come and go.
            let isBack = try await eventually(within: .seconds(20)) {
                try Self.threads(of: stage.agent.program.processIdentifier) <= before + 6
            }
            #expect(isBack)
            try await stage.expectThatAHangIsStillNoticed()
        }
    }

    private static func threads(of process: Int32) throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        return try #require(status.firstMatch(of: /Threads:\s+(\d+)/).flatMap { Int($0.1) })
    }

    @Test("that looks by another way observes anew before it acts")
    func anotherWay() async throws {
        try await Stage.with(Scene(), arguments: lifecycle) { stage in
            try await stage.waitUntilReady()
            let wrong = try await FreePort.find()
            let right = stage.cloud.endpoints.dataPlanePort
            try stage.rewrite("graphwarden.yml") {
                $0.replacing("port: \(right)", with: "port: \(wrong)")
            }
            #expect(try await stage.agent.reload().status == 200)
            // Every graph seems to hang, but none was ever reached by this way.
            try await Task.sleep(for: .seconds(6))
            #expect(stage.restarts.isEmpty)
            try stage.rewrite("graphwarden.yml") {
                $0.replacing("port: \(wrong)", with: "port: \(right)")
            }
            #expect(try await stage.agent.reload().status == 200)
            try await stage.waitUntilReady()
            try await stage.expectThatAHangIsStillNoticed()
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

/// A way to make the files wrong, and right again.
struct Mistake: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let file: String
    /// What takes the place of what; the second text holds the mistakes.
    let good: String
    let wrong: String
    /// Where the mistakes are: file, line and column.
    let places: [String]

    func change(_ text: String) -> String { text.replacing(good, with: wrong) }
    func repair(_ text: String) -> String { text.replacing(wrong, with: good) }

    static let all = [
        Mistake(
            testDescription: "two keys that nobody knows",
            file: "graphwarden.yml",
            good: "rule_files: [",
            wrong: "rule_file: []\nremedy: 1\nrule_files: [",
            places: ["graphwarden.yml:18:1: unknown key", "graphwarden.yml:19:1: unknown key"]
        ),
        Mistake(
            testDescription: "two expressions that cannot be read",
            file: "rules.yml",
            good: "    rules:\n",
            wrong: "    rules:\n      - {alert: Broken, expr: sum(}\n"
                + "      - {alert: Worse, expr: up +}\n",
            places: ["rules.yml:4:31: ", "rules.yml:5:30: "]
        ),
        Mistake(
            testDescription: "a file of authorities that is not there",
            file: "graphwarden.yml",
            good: "  api_version:",
            wrong: "  ca_file: none.pem\n  api_version:",
            places: ["graphwarden.yml:4:12: ", "none.pem"]
        ),
        Mistake(
            testDescription: "alerts of anybody, while restarts are sent",
            file: "graphwarden.yml",
            good: "rule_files: [",
            wrong: "webhook: {alerts: [GraphHung]}\nrule_files: [",
            places: ["graphwarden.yml:18:1: webhook without token_file"]
        ),
        Mistake(
            testDescription: "a password that is not there",
            file: "graphwarden.yml",
            good: "password_file: password",
            wrong: "password_file: none",
            places: ["graphwarden.yml:9:", "none"]
        ),
    ]
}
