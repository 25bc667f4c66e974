import GES
import HTTPClient
import JSON
import LiveRehearsal
import Testing
import Time

/// A rehearsal as a series of exchanges, one second after another.
struct ExchangeScript {
    static let id = "f1529b88-c958-493e-8452-fccfe932cde1"
    static let name = "demo"

    private(set) var report: AssumptionReport
    private(set) var now = Timestamp(milliseconds: 1_700_000_000_000)

    init(_ change: (inout AssumptionReport.Terms) -> Void = { _ in }) {
        var terms = AssumptionReport.Terms()
        change(&terms)
        report = AssumptionReport(terms)
        report.follow(Self.id, named: Self.name)
    }

    mutating func pass(_ seconds: Int) {
        now = now + .seconds(seconds)
    }

    mutating func answer(
        _ operation: ObservedOperation,
        _ body: JSONValue?,
        status: Int = 200,
        headers: [HTTPHeader] = [],
        isEncrypted: Bool = false
    ) {
        let date = HTTPHeader("Date", now.httpDate)
        let all = headers.isEmpty ? [date, HTTPHeader("X-Request-Id", "r1")] : headers
        report.observe(
            ObservedExchange(
                operation,
                isEncrypted: isEncrypted,
                at: now,
                .success(.init(status: status, headers: all, body: body))
            )
        )
        pass(1)
    }

    mutating func fail(_ operation: ObservedOperation, _ kind: HTTPError.Kind) {
        let error = HTTPError(kind, requestMayHaveBeenSent: true, message: "it failed")
        report.observe(ObservedExchange(operation, at: now, .failure(error)))
        pass(1)
    }

    mutating func show(_ status: String, _ more: [JSONMember] = []) {
        let members = [
            JSONMember("id", .string(Self.id)), JSONMember("name", .string(Self.name)),
            JSONMember("status", .string(status)),
        ]
        answer(.showGraph(id: Self.id), ["graph": .object(members + more)])
    }

    mutating func restart(_ body: JSONValue? = ["job_id": "j1"], status: Int = 200) {
        answer(.restart(id: Self.id), body, status: status)
    }

    mutating func job(_ status: String, name: String = "RestartGraph", beganAt: String = "") {
        answer(.showJob(id: "j1"), Self.job("j1", status, name: name, beganAt: beganAt))
    }

    static func job(
        _ id: String,
        _ status: String,
        name: String = "RestartGraph",
        beganAt: String = ""
    ) -> JSONValue {
        [
            "job_id": .string(id), "status": .string(status), "job_name": .string(name),
            "related_graph": .string(Self.name), "begin_time": .string(beganAt),
        ]
    }

    func finding(_ assumption: Assumption) -> AssumptionFinding? {
        report.findings.first { $0.assumption == assumption }
    }

    /// The time as GES writes it, without a zone.
    func naked(_ offset: Duration = .zero) -> String {
        String("\(now + offset)".prefix(19))
    }
}

@Suite("LiveRehearsal.Assumptions")
struct AssumptionReportTests {
    typealias Verdict = AssumptionFinding.Verdict

    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let assumption: Assumption
        let verdict: Verdict
        /// Part of the evidence.
        let says: String
        let play: @Sendable (inout ExchangeScript) -> Void

        init(
            _ testDescription: String,
            _ assumption: Assumption,
            _ verdict: Verdict,
            says: String = "",
            _ play: @escaping @Sendable (inout ExchangeScript) -> Void
        ) {
            self.testDescription = testDescription
            self.assumption = assumption
            self.verdict = verdict
            self.says = says
            self.play = play
        }
    }

    static let answers: [Row] = [
        Row("the answer names a job", .restartNamesJob, .held, says: "job_id") { $0.restart() },
        Row("the answer of v1 names a job", .restartNamesJob, .held, says: "jobId") {
            $0.restart(["jobId": "j1"])
        },
        Row("the answer is an empty object", .restartNamesJob, .didNotHold) {
            $0.restart(.object([]))
        },
        Row("the answer has no body", .restartNamesJob, .didNotHold) { $0.restart(nil) },
        Row("the answer is lost", .restartNamesJob, .notSeen, says: "it failed") {
            $0.fail(.restart(id: ExchangeScript.id), .timeout)
        },
        Row("the restart is permitted", .restartPermitted, .held) { $0.restart() },
        Row("the restart is forbidden", .restartPermitted, .didNotHold, says: "403 GES.0011") {
            $0.restart(["error_code": "GES.0011"], status: 403)
        },
        Row("the restart is refused", .refusalCode, .held, says: "400 GES.7016") {
            $0.restart(["errorCode": "GES.7016"], status: 400)
        },
        Row("a proxy refuses it", .refusalCode, .didNotHold) { $0.restart(nil, status: 400) },
        Row("a success carries a code", .successCode, .didNotHold, says: "GES.9999") {
            $0.restart(["errorCode": "GES.9999"])
        },
        Row("a blank code is none", .successCode, .held) {
            $0.restart(["errorCode": "", "jobId": "j1"])
        },
        Row("answers are throttled", .throttling, .didNotHold, says: "Retry-After: 7") {
            $0.answer(
                .listJobs(graphName: nil),
                nil,
                status: 429,
                headers: [HTTPHeader("Retry-After", "7")]
            )
        },
        Row("answers carry another id", .requestID, .didNotHold, says: "TraceID") {
            $0.answer(.listJobs(graphName: nil), nil, headers: [HTTPHeader("TraceID", "1")])
        },
        Row("answers carry no date", .dateHeader, .didNotHold) {
            $0.answer(.listJobs(graphName: nil), nil, headers: [HTTPHeader("X", "1")])
        },
        Row("v2 answers in snake case", .spelling, .held) { $0.restart() },
        Row("v2 answers in camel case", .spelling, .didNotHold, says: "jobId") {
            $0.restart(["jobId": "j1"])
        },
    ]

    static let courses: [Row] = [
        Row("901 comes first", .statusPath, .held, says: "200, 901 after") {
            $0.show("200")
            $0.restart()
            for status in ["901", "920", "200"] { $0.show(status) }
        },
        Row("900 comes first", .statusPath, .didNotHold, says: "900 after") {
            $0.restart()
            $0.show("900")
        },
        Row("the status never changes", .statusPath, .notSeen) {
            $0.show("200")
            $0.restart()
            $0.show("200")
        },
        Row("the graph runs again in time", .duration, .held, says: "1m") {
            $0.restart()
            $0.show("901")
            $0.pass(60)
            $0.show("200")
        },
        Row("the graph runs again too late", .duration, .didNotHold) {
            $0.restart()
            $0.show("901")
            $0.pass(3600)
            $0.show("200")
        },
        Row("the graph does not run again", .duration, .notSeen) {
            $0.restart()
            $0.show("901")
        },
        Row("the job succeeds before the graph runs", .statusAfterJob, .didNotHold, says: "920") {
            $0.restart()
            $0.job("success")
            $0.show("920")
            $0.show("200")
        },
        Row("the graph runs when the job succeeds", .statusAfterJob, .held) {
            $0.restart()
            $0.job("success")
            $0.show("200")
        },
        Row("a job ends in part", .jobEnding, .didNotHold, says: "running, partiallyFailed") {
            $0.restart()
            $0.job("running")
            $0.job("partiallyFailed")
        },
        Row("a job has another name", .restartJobName, .didNotHold, says: "RebootGraph") {
            $0.restart()
            $0.job("running", name: "RebootGraph")
        },
        Row("a job is lost", .jobReadable, .didNotHold, says: "400 GES.8301") {
            $0.restart()
            $0.answer(.showJob(id: "j1"), ["errorCode": "GES.8301"], status: 400)
        },
        Row("the list has the job", .jobListed, .held, says: "1 of 1") {
            $0.restart()
            $0.answer(
                .listJobs(graphName: ExchangeScript.name),
                [
                    "job_list": [
                        ExchangeScript.job("j0", "failed"), ExchangeScript.job("j1", "running"),
                    ]
                ]
            )
        },
        Row("the list lacks the job", .jobListed, .didNotHold, says: "0 of 1") {
            $0.restart()
            $0.answer(
                .listJobs(graphName: ExchangeScript.name),
                ["job_list": [ExchangeScript.job("j0", "failed")]]
            )
        },
        Row("a job of another graph says nothing", .jobListed, .notSeen) {
            $0.restart()
            $0.answer(.listJobs(graphName: "other"), ["job_list": []])
        },
        Row("the job begins by another clock", .jobTimes, .didNotHold) {
            $0.restart()
            $0.job("running", beganAt: $0.naked(.seconds(8 * 3600)))
        },
        Row("the job begins in UTC", .jobTimes, .held) {
            $0.restart()
            $0.job("running", beganAt: $0.naked())
        },
        Row("updated is in UTC", .graphTimes, .held) {
            $0.show("200", [JSONMember("updated", "2020-01-01T00:00:00")])
            $0.restart()
            $0.show("901", [JSONMember("updated", .string($0.naked()))])
        },
        Row("updated is ahead", .graphTimes, .didNotHold) {
            $0.show("200", [JSONMember("updated", .string($0.naked(.seconds(8 * 3600))))])
        },
        Row("updated is behind", .graphTimes, .didNotHold) {
            $0.show("200", [JSONMember("updated", "2020-01-01T00:00:00")])
            $0.restart()
            $0.show("901", [JSONMember("updated", .string($0.naked(.seconds(-5 * 3600))))])
        },
        Row("the data plane answers meanwhile", .dataPlaneDown, .didNotHold, says: "1 requests") {
            $0.restart()
            $0.show("901")
            $0.answer(.dataPlane(graphName: ExchangeScript.name, path: "version"), [:])
        },
        Row("the data plane is silent meanwhile", .dataPlaneDown, .held) {
            $0.restart()
            $0.show("901")
            $0.fail(.dataPlane(graphName: ExchangeScript.name, path: "version"), .timeout)
        },
    ]

    private static func page(_ ids: [String], total: Int64 = 5) -> JSONValue {
        [
            "graph_count": .integer(total),
            "graphs": .array(
                ids.map { ["id": .string($0), "name": .string("g_" + $0), "status": "200"] }
            ),
        ]
    }

    static let lists: [Row] = [
        Row("an offset counts entries", .offset, .held) {
            $0.answer(.listGraphs(offset: 0, limit: 2), page(["a", "b"]))
            $0.answer(.listGraphs(offset: 1, limit: 2), page(["b", "c"]))
        },
        Row("an offset counts pages", .offset, .didNotHold, says: "after the first page") {
            $0.answer(.listGraphs(offset: 0, limit: 2), page(["a", "b"]))
            $0.answer(.listGraphs(offset: 1, limit: 2), page(["c", "d"]))
        },
        Row("an offset is ignored", .offset, .didNotHold, says: "the first graph") {
            $0.answer(.listGraphs(offset: 0, limit: 2), page(["a", "b"]))
            $0.answer(.listGraphs(offset: 1, limit: 2), page(["a", "b"]))
        },
        Row("a limit is ignored", .offset, .notSeen, says: "more graphs") {
            $0.answer(.listGraphs(offset: 0, limit: 2), page(["a", "b", "c"]))
            $0.answer(.listGraphs(offset: 1, limit: 2), page(["b", "c"]))
        },
        Row("one graph tells nothing", .offset, .notSeen, says: "fewer graphs") {
            $0.answer(.listGraphs(offset: 0, limit: 2), page(["a"], total: 1))
            $0.answer(.listGraphs(offset: 1, limit: 2), page([], total: 1))
        },
        Row("the total counts all pages", .total, .held) {
            $0.answer(.listGraphs(offset: 0, limit: 100), page(["a", "b", "c", "d", "e"]))
            $0.answer(.listGraphs(offset: 0, limit: 2), page(["a", "b"]))
        },
        Row("the total counts the page", .total, .didNotHold) {
            $0.answer(.listGraphs(offset: 0, limit: 100), page(["a", "b", "c", "d", "e"]))
            $0.answer(.listGraphs(offset: 0, limit: 2), page(["a", "b"], total: 2))
        },
        Row("the newest job is first", .jobOrder, .held) {
            let old = ExchangeScript.job("j0", "success", beganAt: $0.naked(.seconds(-60)))
            let new = ExchangeScript.job("j1", "success", beganAt: $0.naked())
            $0.answer(.listJobs(graphName: nil), ["job_list": [new, old]])
        },
        Row("the oldest job is first", .jobOrder, .didNotHold) {
            let old = ExchangeScript.job("j0", "success", beganAt: $0.naked(.seconds(-60)))
            let new = ExchangeScript.job("j1", "success", beganAt: $0.naked())
            $0.answer(.listJobs(graphName: nil), ["job_list": [old, new]])
        },
        Row("a status is unknown", .knownStatuses, .didNotHold, says: "209") { $0.show("209") },
        Row("a version is too old", .version, .didNotHold, says: "2.2.9") {
            $0.show("200", [JSONMember("data_store_version", "2.2.9")])
        },
        Row("a version is new enough", .version, .held, says: "2.10") {
            $0.show("200", [JSONMember("data_store_version", "2.10")])
        },
        Row("a version is none", .version, .notSeen) {
            $0.show("200", [JSONMember("data_store_version", "latest")])
        },
    ]

    private static let nodes = ObservedOperation.dataPlane(
        graphName: ExchangeScript.name,
        path: "om/metrics"
    )
    private static let probe = ObservedOperation.dataPlane(
        graphName: ExchangeScript.name,
        path: "version"
    )

    static let dataPlane: [Row] = [
        Row("om/metrics is as documented", .nodeMetrics, .held, says: "1 nodes") {
            $0.answer(nodes, ["timestamp": 1_700_000_000_000, "node_metrics": [[:]]])
        },
        Row("om/metrics has another name", .nodeMetrics, .didNotHold, says: "gpu") {
            $0.answer(nodes, ["gpu": 1])
        },
        Row("om/metrics is refused", .nodeMetrics, .notSeen, says: "400 GES.8000") {
            $0.answer(nodes, ["errorCode": "GES.8000"], status: 400)
        },
        Row("a timestamp is in seconds", .nodeMetricsTime, .didNotHold) {
            $0.answer(nodes, ["timestamp": "1700000000"])
        },
        Row("a timestamp is in milliseconds", .nodeMetricsTime, .held) {
            $0.answer(nodes, ["timestamp": 1_700_000_000_000])
        },
        Row("a certificate is verified", .certificate, .didNotHold) {
            $0.answer(probe, [:], isEncrypted: true)
        },
        Row("a certificate is refused", .certificate, .held) { $0.fail(probe, .tls) },
        Row("plain HTTP shows no certificate", .certificate, .notSeen) { $0.answer(probe, [:]) },
        Row("a token is refused with 401", .credentialRefusal, .held) {
            $0.answer(probe, nil, status: 401)
        },
        Row("a token is refused with 403", .credentialRefusal, .didNotHold, says: "403") {
            $0.answer(probe, nil, status: 403)
        },
        Row("a metric is new", .metricNames, .didNotHold, says: "ges033_new") {
            $0.answer(.listMetrics, ["metrics": [["metric_name": "ges033_new"]]])
        },
        Row("a name has spaces", .metricNames, .didNotHold) {
            $0.answer(.listMetrics, ["metrics": [["metric_name": "ges019 _running"]]])
        },
        Row("metrics are known", .metricNames, .held) {
            $0.answer(.listMetrics, ["metrics": [["metric_name": "ges021_memory_usage"]]])
        },
    ]

    @Test("says what was seen", arguments: answers + courses + lists + dataPlane)
    func verdicts(row: Row) throws {
        var script = ExchangeScript()
        row.play(&script)
        let finding = try #require(script.finding(row.assumption))
        #expect(finding.verdict == row.verdict, "\(finding.evidence)")
        #expect(finding.evidence.contains(row.says), "\(finding.evidence)")
        #expect(!finding.evidence.isEmpty)
    }

    @Test("signed requests tell whether the data plane takes signatures")
    func signatures() {
        var signed = ExchangeScript { $0.areSigned = true }
        signed.answer(Self.probe, nil, status: 401)
        #expect(signed.finding(.dataPlaneSignature)?.verdict == .held)
        signed.answer(Self.probe, [:])
        #expect(signed.finding(.dataPlaneSignature)?.verdict == .didNotHold)
        var token = ExchangeScript()
        token.answer(Self.probe, [:])
        #expect(token.finding(.dataPlaneSignature)?.verdict == .notSeen)
    }

    @Test("has one row for each assumption, seen or not, each with its evidence")
    func complete() {
        let findings = AssumptionReport().findings
        #expect(findings.map(\.assumption) == Assumption.allCases)
        #expect(findings.allSatisfy { $0.verdict == .notSeen && !$0.evidence.isEmpty })
        #expect(Set(Assumption.allCases.map(\.text)).count == Assumption.allCases.count)
        for assumption in Assumption.allCases { #expect(assumption.text.contains(" ")) }
    }

    @Test("what another graph does is no evidence")
    func otherGraph() {
        var script = ExchangeScript()
        let before = script.report.findings.filter { $0.verdict != .notSeen }
        #expect(before.isEmpty)
        script.answer(.restart(id: "another"), ["job_id": "j9"])
        script.answer(.dataPlane(graphName: "another", path: "om/metrics"), ["gpu": 1])
        #expect(script.report.restartAnswer == nil)
        for assumption in [Assumption.restartNamesJob, .restartPermitted, .nodeMetrics] {
            #expect(script.finding(assumption)?.verdict == .notSeen)
        }
    }

    @Test("hostile answers neither crash it nor make it grow")
    func hostile() {
        var script = ExchangeScript()
        let long = String(repeating: "x", count: 100_000)
        let bodies: [JSONValue?] = [
            nil, .null, [], "text", 7, .string(long), ["graph": []], ["graph": ["id": .null]],
            ["graphs": "none"], ["graphs": [[:], 1, .null]], ["job_list": [["job_id": []]]],
            .object([JSONMember("job_id", .string(long)), JSONMember(long, 1)]),
            ["metrics": [["metric_name": .string(long)]]], ["timestamp": .string(long)],
        ]
        let operations: [ObservedOperation] = [
            .listGraphs(offset: 0, limit: 2), .listGraphs(offset: 1, limit: 2),
            .listGraphs(offset: -1, limit: .max), .showGraph(id: ExchangeScript.id),
            .restart(id: ExchangeScript.id), .listJobs(graphName: ExchangeScript.name),
            .showJob(id: "j1"), .listMetrics, Self.nodes, Self.probe, .other,
        ]
        for round in 0..<20 {
            for operation in operations {
                for body in bodies {
                    script.answer(
                        operation,
                        body,
                        status: [200, 204, 400, 500, 999, -1][round % 6],
                        headers: [HTTPHeader("Trace-\(round)-\(long)", long)]
                    )
                }
            }
            script.show("status \(round) \(long)")
            script.answer(.listMetrics, ["metrics": [["metric_name": .string("new \(round)")]]])
        }
        for finding in script.report.findings {
            #expect(finding.evidence.utf8.count < 2_000, "\(finding.assumption)")
        }
        #expect((script.report.statusPath ?? "").utf8.count < 40 * 100)
    }
}
