import GES
import HTTPClient
import JSON
import LiveRehearsal
import Testing
import Time

@Suite("LiveRehearsal.Assumptions")
struct AssumptionReportTests {
    @Test("says what was seen", arguments: AssumptionRow.all)
    func verdicts(row: AssumptionRow) throws {
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
        signed.answer(AssumptionRow.probe, nil, status: 401)
        #expect(signed.finding(.dataPlaneSignature)?.verdict == .held)
        signed.answer(AssumptionRow.probe, [:])
        #expect(signed.finding(.dataPlaneSignature)?.verdict == .didNotHold)
        var token = ExchangeScript()
        token.answer(AssumptionRow.probe, [:])
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
            .showJob(id: "j1"), .listMetrics, AssumptionRow.nodes, AssumptionRow.probe, .other,
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
