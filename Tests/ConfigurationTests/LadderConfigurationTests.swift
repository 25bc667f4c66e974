import Cycle
import Remediation
import StrictYAML
import Testing

@testable import Configuration

@Suite("The ladder in the configuration")
struct LadderConfigurationTests {
    private func read(_ remediation: String, interval: String = "30s") -> YAMLReading<Configuration>
    {
        let text = """
            cloud:
              region: cn-north-4
              project_id: "0123"
              credentials: {metadata: {}}
            sampling: {interval: \(interval), timeout: 5s}
            remediation: {\(remediation)}
            graphs: [{match: {name: ".*"}, mode: auto}]
            """
        return ConfigurationReader.read(text, file: "g")
    }

    @Test("is the restart alone by default")
    func defaults() throws {
        let policy = try #require(read("").value).graphs[0].policy
        #expect(policy.ladder == Ladder())
        #expect(policy.ladder.rungs == [.restart])
    }

    @Test("has rungs, limits of tasks and a limit of cancels")
    func keys() throws {
        let text = """
            ladder: [cancel, restart, stop_and_start],
            task_limits: {algorithm: 45m}, cancels: {1h: 1}
            """
        let ladder = try #require(read(text).value).graphs[0].policy.ladder
        #expect(ladder.rungs == [.cancel, .restart, .stopAndStart])
        #expect(ladder.taskLimits[.algorithm] == .seconds(45 * 60))
        #expect(ladder.taskLimits[.index] == .seconds(6 * 3600))
        #expect(ladder.cancels == [WindowLimit(window: .seconds(3600), count: 1)])
    }

    @Test(
        "is refused or warned about where it makes no sense",
        arguments: [
            ("ladder: []", "remediation.ladder"),
            ("ladder: [restart, cancel]", "ladder must name each rung once, in the order cancel"),
            ("ladder: [restart, restart]", "ladder must name each rung once"),
            ("ladder: [stop_and_start]", "so restart must be named"),
            ("ladder: [reboot]", "expected one of cancel, restart, stop_and_start"),
            ("ladder: [cancel, restart], task_limits: {filter: 0s}", "task_limits.filter must"),
            ("ladder: [cancel, restart], cancels: {8d: 1}", "the window 8d of cancels"),
            (
                "ladder: [cancel, restart], cancels: {1h: 0}",
                "warning: remediation: ladder: cancel is"
            ),
            ("task_limits: {filter: 1m}", "warning: remediation: task_limits has no effect"),
            (
                "ladder: [restart, stop_and_start], max_attempts: {6h: 1}",
                "warning: remediation: ladder: stop_and_start is never taken, because max_attempts"
            ),
            (
                "ladder: [restart, stop_and_start], posts: {1h: 1}",
                "warning: remediation: ladder: stop_and_start is never taken, because posts"
            ),
            (
                "ladder: [cancel, restart], verify: {probes: 30, within: 1h}",
                "no cancel could be verified"
            ),
        ]
    )
    func mistakes(remediation: String, finding: String) {
        let issues = read(remediation).issues.map { "\($0)" }
            .filter { !$0.contains("no rule_files") }
        #expect(issues.count == 1 && issues[0].contains(finding), "\(issues)")
    }

    @Test("warns that version 1 of the API does not tell the edition")
    func editionUnknown() {
        let text = """
            cloud:
              region: cn-north-4
              project_id: "0123"
              api_version: v1
              credentials: {metadata: {}}
            graphs: [{match: {name: ".*"}, ladder: [restart, stop_and_start]}]
            """
        let issues = ConfigurationReader.read(text, file: "g").issues.map { "\($0)" }
        #expect(issues.contains { $0.contains("cloud.api_version v1 does not tell the edition") })
    }

    @Test("adds its worst case to that of restarts")
    func worstCase() throws {
        let plain = ConfigurationCheck.worstCase(try #require(read("").value))
        #expect(plain.allSatisfy { !$0.contains("ladder") })
        let text = "ladder: [cancel, restart, stop_and_start]"
        let lines = ConfigurationCheck.worstCase(try #require(read(text).value))
        #expect(lines.count > plain.count)
        #expect(
            lines.contains(
                "worst case of the ladder: at most 3 requests to cancel (DELETE) per hour across"
                    + " the fleet, at most 3 per graph"
            ),
            "\(lines)"
        )
        #expect(
            lines.contains {
                $0.hasPrefix("worst case of the ladder: at most 5 requests to stop (POST) per day")
            },
            "\(lines)"
        )
        #expect(lines.contains { $0.contains("requests to start (POST) per day") })
    }
}
