import JSON
import Testing

@testable import GESSimulator

@Suite("A restart")
struct RestartTests {
    private static let path = "/v2/PID/graphs/GID/restart"

    @Test(
        "passes through 901 and 920 to 200, and its job through pending and running to success",
        arguments: [
            (0, "901", "pending"), (1, "901", "pending"), (2, "901", "running"),
            (9, "901", "running"), (10, "920", "running"), (29, "920", "running"),
            (30, "200", "success"), (80_000, "200", "success"),
        ]
    )
    func phases(seconds: Int, status: String, jobStatus: String) throws {
        var fixture = CloudFixture()
        let answer = fixture.ask("POST", Self.path)
        #expect(answer.status == 200)
        let job = try #require(answer.document["job_id"]?.stringValue)
        let later = Duration.seconds(seconds)
        #expect(fixture.status(at: later) == status)
        let shown = fixture.ask("GET", "/v2/PID/graphs/GID/jobs/\(job)/status", at: later)
        #expect(shown.document["status"]?.stringValue == jobStatus)
    }

    @Test("follows the time scale")
    func timeScale() {
        var fixture = CloudFixture { $0.timeScale = 0.01 }
        _ = fixture.send("POST", Self.path)
        #expect(fixture.status(at: .milliseconds(99)) == "901")
        #expect(fixture.status(at: .milliseconds(100)) == "920")
        #expect(fixture.status(at: .milliseconds(300)) == "200")
    }

    @Test("is accepted in four states", arguments: ["200", "202", "204", "205"])
    func accepted(status: String) {
        var fixture = CloudFixture()
        fixture.cloud.setStatus(
            fixture.graphID,
            SimulatedGraph.Status(rawValue: status),
            at: CloudFixture.start
        )
        #expect(fixture.ask("POST", Self.path).status == 200)
        #expect(fixture.cloud.log.restarts[fixture.graphID]?.accepted == 1)
    }

    @Test(
        "is refused in every other, with the errors of both dialects",
        arguments: [
            ("100", "GES.7042"), ("201", "GES.7016"), ("203", "GES.7016"), ("206", "GES.7016"),
            ("207", "GES.7016"), ("208", "GES.7016"), ("210", "GES.7016"), ("211", "GES.7016"),
            ("300", "GES.7001"), ("303", "GES.7016"), ("400", "GES.7054"), ("800", "GES.7016"),
            ("900", "GES.7003"), ("901", "GES.7003"), ("903", "GES.7002"), ("920", "GES.7001"),
            ("777", "GES.7016"),
        ]
    )
    func refused(status: String, code: String) {
        var fixture = CloudFixture()
        fixture.cloud.setStatus(
            fixture.graphID,
            SimulatedGraph.Status(rawValue: status),
            at: CloudFixture.start
        )
        let newer = fixture.ask("POST", Self.path)
        #expect(newer.status == 400)
        #expect(newer.document["error_code"]?.stringValue == code)
        let older = fixture.ask("POST", "/v1.0/PID/graphs/GID/action?action_id=restart")
        #expect(older.status == 400)
        #expect(older.document["errorCode"]?.stringValue == code)
        #expect(fixture.status(at: .seconds(100)) == status)
        #expect(fixture.cloud.restartCounts == [fixture.graphID: 2])
        #expect(fixture.cloud.log.restarts[fixture.graphID]?.accepted == 0)
    }

    @Test("accepts no body, an empty one and an empty object", arguments: ["", " ", "{}", "{ }"])
    func bodies(body: String) {
        var fixture = CloudFixture()
        #expect(fixture.ask("POST", Self.path, body: body).status == 200)
    }

    @Test("heals a hang of every class", arguments: HangKind.allCases)
    func heals(hangClass: HangKind) {
        var fixture = CloudFixture()
        let id = fixture.graphID
        fixture.cloud.hang(id, hangClass, at: CloudFixture.start)
        #expect(fixture.status(at: .seconds(80_000)) == hangClass.status.rawValue)
        let late = Duration.seconds(80_000)
        #expect(fixture.ask("POST", Self.path, at: late).status == 200)
        #expect(fixture.graph.hangClass(at: fixture.instant(late)) == nil)
        let end = late + .seconds(30)
        #expect(fixture.status(at: end) == "200")
        #expect(
            fixture.graph.effectiveManner(of: .showSummary, at: fixture.instant(end)) == .answering
        )
        #expect(fixture.graph.tasks.allSatisfy { !$0.isRunning(at: fixture.instant(end)) })
    }

    @Test("does not heal a hang that takes several restarts")
    func stubbornHang() {
        var fixture = CloudFixture()
        let id = fixture.graphID
        fixture.cloud.hang(id, .importing, restartsToHeal: 2, at: CloudFixture.start)
        _ = fixture.send("POST", Self.path)
        #expect(fixture.status(at: .seconds(30)) == "202")
        #expect(fixture.graph.hangClass(at: fixture.instant(.seconds(30))) == .importing)
        _ = fixture.send("POST", Self.path, at: .seconds(40))
        #expect(fixture.status(at: .seconds(70)) == "200")
        #expect(fixture.graph.hang == nil)
    }

    @Test("never heals a hang that nothing heals")
    func incurableHang() {
        var fixture = CloudFixture()
        fixture.cloud.hang(
            fixture.graphID,
            .unresponsive,
            restartsToHeal: nil,
            at: CloudFixture.start
        )
        for round in 0..<5 {
            let begin = Duration.seconds(100 * round)
            #expect(fixture.ask("POST", Self.path, at: begin).status == 200)
            let after = fixture.instant(begin + .seconds(60))
            #expect(fixture.graph.effectiveManner(of: .showSummary, at: after) == .silent)
        }
    }

    @Test("fails the running tasks and jobs")
    func failsWork() {
        var fixture = CloudFixture()
        fixture.cloud.beginWork(
            fixture.graphID,
            .exporting,
            lasting: .seconds(1000),
            at: CloudFixture.start
        )
        _ = fixture.send("POST", Self.path, at: .seconds(100))
        let listed = fixture.ask("GET", "/v2/PID/graphs/jobs?status=failed", at: .seconds(101))
        #expect(listed.document["job_list"]?[0]?["job_name"] == "ExportGraph")
        #expect(listed.document["job_list"]?[0]?["fail_reason"]?.stringValue?.isEmpty == false)
        #expect(fixture.graph.tasks.first?.status(at: fixture.instant(.seconds(101))) == "failed")
        #expect(fixture.graph.tasks.first?.progressPercent(at: fixture.instant(.zero)) == 10)
    }

    @Test(
        "can have other outcomes",
        arguments: [
            (.jobFails(reason: "r"), 15, "200", "failed"),
            (.endsIn(.faulty, reason: "r"), 30, "300", "failed"),
            (.endsIn(.stopped, reason: "r"), 30, "900", "failed"),
            (.staysIn(.stopping), 80_000, "901", "running"),
            (.staysIn(.starting), 80_000, "920", "running"),
            (.jobLost, 30, "200", nil),
            (.ignored, 80_000, "200", "pending"),
        ] as [(RestartCourse, Int, String, String?)]
    )
    func courses(course: RestartCourse, seconds: Int, status: String, jobStatus: String?) throws {
        var fixture = CloudFixture()
        fixture.cloud.faults.schedule(ScheduledFault(.restart(course)))
        let answer = fixture.ask("POST", Self.path)
        let job = try #require(answer.document["job_id"]?.stringValue)
        let later = Duration.seconds(seconds)
        #expect(fixture.status(at: later) == status)
        let shown = fixture.ask("GET", "/v2/PID/graphs/GID/jobs/\(job)/status", at: later)
        #expect(shown.document["status"]?.stringValue == jobStatus)
        if jobStatus == nil { #expect(shown.document["error_code"] == "GES.8301") }
        if jobStatus == "failed" { #expect(shown.document["fail_reason"] == "r") }
    }
}
