import HTTPClient
import JSON
import LiveRehearsal
import Testing
import Time

/// What is seen, and what it says of one assumption.
struct AssumptionRow: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let assumption: Assumption
    let verdict: AssumptionFinding.Verdict
    /// Part of the evidence.
    let says: String
    let play: @Sendable (inout ExchangeScript) -> Void

    init(
        _ testDescription: String,
        _ assumption: Assumption,
        _ verdict: AssumptionFinding.Verdict,
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

extension AssumptionRow {
    static let all = answers + courses + lists + dataPlane

    static let answers: [AssumptionRow] = [
        AssumptionRow("the answer names a job", .restartNamesJob, .held, says: "job_id") {
            $0.restart()
        },
        AssumptionRow("the answer of v1 names a job", .restartNamesJob, .held, says: "jobId") {
            $0.restart(["jobId": "j1"])
        },
        AssumptionRow("the answer is an empty object", .restartNamesJob, .didNotHold) {
            $0.restart(.object([]))
        },
        AssumptionRow("the answer has no body", .restartNamesJob, .didNotHold) { $0.restart(nil) },
        AssumptionRow("the answer is lost", .restartNamesJob, .notSeen, says: "it failed") {
            $0.fail(.restart(id: ExchangeScript.id), .timeout)
        },
        AssumptionRow("the restart is permitted", .restartPermitted, .held) { $0.restart() },
        AssumptionRow(
            "the restart is forbidden",
            .restartPermitted,
            .didNotHold,
            says: "403 GES.0011"
        ) {
            $0.restart(["error_code": "GES.0011"], status: 403)
        },
        AssumptionRow("the restart is refused", .refusalCode, .held, says: "400 GES.7016") {
            $0.restart(["errorCode": "GES.7016"], status: 400)
        },
        AssumptionRow("a gateway refuses it", .refusalCode, .didNotHold, says: "APIGW.0106") {
            $0.restart(["error_code": "APIGW.0106"], status: 400)
        },
        AssumptionRow("a proxy may have refused it", .refusalCode, .notSeen, says: "not known") {
            $0.restart(nil, status: 400)
        },
        AssumptionRow("a proxy loses it", .refusalCode, .notSeen, says: "not known") {
            $0.restart(["error_code": "APIGW.0201"], status: 502)
        },
        AssumptionRow("it fails behind the API", .restartPermitted, .notSeen, says: "not known") {
            $0.restart(["errorCode": "GES.7006"], status: 400)
        },
        AssumptionRow("the answer is no object", .restartNamesJob, .notSeen, says: "not known") {
            $0.restart("gone")
        },
        AssumptionRow("GES lacks permission", .restartPermitted, .didNotHold, says: "GES.7041") {
            $0.restart(["errorCode": "GES.7041"], status: 400)
        },
        AssumptionRow("a lost answer says nothing of the edition", .edition, .notSeen) {
            $0.show("200", [JSONMember("product_type", "Persistence")])
            $0.fail(.restart(id: ExchangeScript.id), .timeout)
        },
        AssumptionRow("a success carries a code", .successCode, .didNotHold, says: "GES.9999") {
            $0.restart(["errorCode": "GES.9999"])
        },
        AssumptionRow("a blank code is none", .successCode, .held) {
            $0.restart(["errorCode": "", "jobId": "j1"])
        },
        AssumptionRow("answers are throttled", .throttling, .didNotHold, says: "Retry-After: 7") {
            $0.answer(
                .listJobs(graphName: nil),
                nil,
                status: 429,
                headers: [HTTPHeader("Retry-After", "7")]
            )
        },
        AssumptionRow("answers carry another id", .requestID, .didNotHold, says: "TraceID") {
            $0.answer(.listJobs(graphName: nil), nil, headers: [HTTPHeader("TraceID", "1")])
        },
        AssumptionRow("answers carry no date", .dateHeader, .didNotHold) {
            $0.answer(.listJobs(graphName: nil), nil, headers: [HTTPHeader("X", "1")])
        },
        AssumptionRow("v2 answers in snake case", .spelling, .held) { $0.restart() },
        AssumptionRow("v2 answers in camel case", .spelling, .didNotHold, says: "jobId") {
            $0.restart(["jobId": "j1"])
        },
    ]

    static let courses: [AssumptionRow] = [
        AssumptionRow("901 comes first", .statusPath, .held, says: "200, 901 after") {
            $0.show("200")
            $0.restart()
            for status in ["901", "920", "200"] { $0.show(status) }
        },
        AssumptionRow("900 comes first", .statusPath, .didNotHold, says: "900 after") {
            $0.restart()
            $0.show("900")
        },
        AssumptionRow("901 may have been missed", .statusPath, .notSeen, says: "too late") {
            $0.restart()
            $0.pass(60)
            $0.show("920")
        },
        AssumptionRow("the status never changes", .statusPath, .notSeen) {
            $0.show("200")
            $0.restart()
            $0.show("200")
        },
        AssumptionRow("the graph runs again in time", .duration, .held, says: "1m") {
            $0.restart()
            $0.show("901")
            $0.pass(60)
            $0.show("200")
        },
        AssumptionRow("the graph runs again too late", .duration, .didNotHold) {
            $0.restart()
            $0.show("901")
            $0.pass(3600)
            $0.show("200")
        },
        AssumptionRow("the graph does not run again", .duration, .notSeen) {
            $0.restart()
            $0.show("901")
        },
        AssumptionRow(
            "the job succeeds before the graph runs",
            .statusAfterJob,
            .didNotHold,
            says: "920"
        ) {
            $0.restart()
            $0.job("success")
            $0.show("920")
            $0.show("200")
        },
        AssumptionRow("the graph runs when the job succeeds", .statusAfterJob, .held) {
            $0.restart()
            $0.job("success")
            $0.show("200")
        },
        AssumptionRow(
            "a job ends in part",
            .jobEnding,
            .didNotHold,
            says: "running, partiallyFailed"
        ) {
            $0.restart()
            $0.job("running")
            $0.job("partiallyFailed")
        },
        AssumptionRow("a job has another name", .restartJobName, .didNotHold, says: "RebootGraph") {
            $0.restart()
            $0.job("running", name: "RebootGraph")
        },
        AssumptionRow("a job is lost", .jobReadable, .didNotHold, says: "400 GES.8301") {
            $0.restart()
            $0.answer(.showJob(id: "j1"), ["errorCode": "GES.8301"], status: 400)
        },
        AssumptionRow("the list has the job", .jobListed, .held, says: "1 of 1") {
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
        AssumptionRow("the list lacks the job", .jobListed, .didNotHold, says: "0 of 1") {
            $0.restart()
            $0.answer(
                .listJobs(graphName: ExchangeScript.name),
                ["job_list": [ExchangeScript.job("j0", "failed")]]
            )
        },
        AssumptionRow("a job of another graph says nothing", .jobListed, .notSeen) {
            $0.restart()
            $0.answer(.listJobs(graphName: "other"), ["job_list": []])
        },
        AssumptionRow("the job begins by another clock", .jobTimes, .didNotHold) {
            $0.restart()
            $0.job("running", beganAt: $0.naked(.seconds(8 * 3600)))
        },
        AssumptionRow("the job begins in UTC", .jobTimes, .held) {
            $0.restart()
            $0.job("running", beganAt: $0.naked())
        },
        AssumptionRow("updated is in UTC", .graphTimes, .held) {
            $0.show("200", [JSONMember("updated", "2020-01-01T00:00:00")])
            $0.restart()
            $0.show("901", [JSONMember("updated", .string($0.naked()))])
        },
        AssumptionRow("updated is ahead", .graphTimes, .didNotHold) {
            $0.show("200", [JSONMember("updated", .string($0.naked(.seconds(8 * 3600))))])
        },
        AssumptionRow("updated is behind", .graphTimes, .didNotHold) {
            $0.show("200", [JSONMember("updated", "2020-01-01T00:00:00")])
            $0.restart()
            $0.show("901", [JSONMember("updated", .string($0.naked(.seconds(-5 * 3600))))])
        },
        AssumptionRow(
            "the data plane answers meanwhile",
            .dataPlaneDown,
            .didNotHold,
            says: "1 requests"
        ) {
            $0.restart()
            $0.show("901")
            $0.answer(.dataPlane(graphName: ExchangeScript.name, path: "version"), [:])
            $0.show("920")
        },
        AssumptionRow("the data plane answers just before the status", .dataPlaneDown, .notSeen) {
            $0.restart()
            $0.show("901")
            $0.answer(.dataPlane(graphName: ExchangeScript.name, path: "version"), [:])
            $0.show("200")
        },
        AssumptionRow("the data plane is silent meanwhile", .dataPlaneDown, .held) {
            $0.restart()
            $0.show("901")
            $0.fail(.dataPlane(graphName: ExchangeScript.name, path: "version"), .timeout)
            $0.show("901")
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

    static let lists: [AssumptionRow] = [
        AssumptionRow("an offset counts entries", .offset, .held) {
            $0.answer(.listGraphs(offset: 0, limit: 2), page(["a", "b"]))
            $0.answer(.listGraphs(offset: 1, limit: 2), page(["b", "c"]))
        },
        AssumptionRow("an offset counts pages", .offset, .didNotHold, says: "after the first page")
        {
            $0.answer(.listGraphs(offset: 0, limit: 2), page(["a", "b"]))
            $0.answer(.listGraphs(offset: 1, limit: 2), page(["c", "d"]))
        },
        AssumptionRow("an offset is ignored", .offset, .didNotHold, says: "the first graph") {
            $0.answer(.listGraphs(offset: 0, limit: 2), page(["a", "b"]))
            $0.answer(.listGraphs(offset: 1, limit: 2), page(["a", "b"]))
        },
        AssumptionRow("a limit is ignored", .offset, .notSeen, says: "more graphs") {
            $0.answer(.listGraphs(offset: 0, limit: 2), page(["a", "b", "c"]))
            $0.answer(.listGraphs(offset: 1, limit: 2), page(["b", "c"]))
        },
        AssumptionRow("one graph tells nothing", .offset, .notSeen, says: "fewer graphs") {
            $0.answer(.listGraphs(offset: 0, limit: 2), page(["a"], total: 1))
            $0.answer(.listGraphs(offset: 1, limit: 2), page([], total: 1))
        },
        AssumptionRow("the total counts all pages", .total, .held) {
            $0.answer(.listGraphs(offset: 0, limit: 100), page(["a", "b", "c", "d", "e"]))
            $0.answer(.listGraphs(offset: 0, limit: 2), page(["a", "b"]))
        },
        AssumptionRow("the total counts the page", .total, .didNotHold) {
            $0.answer(.listGraphs(offset: 0, limit: 100), page(["a", "b", "c", "d", "e"]))
            $0.answer(.listGraphs(offset: 0, limit: 2), page(["a", "b"], total: 2))
        },
        AssumptionRow("the newest job is first", .jobOrder, .held) {
            let old = ExchangeScript.job("j0", "success", beganAt: $0.naked(.seconds(-60)))
            let new = ExchangeScript.job("j1", "success", beganAt: $0.naked())
            $0.answer(.listJobs(graphName: nil), ["job_list": [new, old]])
        },
        AssumptionRow("the oldest job is first", .jobOrder, .didNotHold) {
            let old = ExchangeScript.job("j0", "success", beganAt: $0.naked(.seconds(-60)))
            let new = ExchangeScript.job("j1", "success", beganAt: $0.naked())
            $0.answer(.listJobs(graphName: nil), ["job_list": [old, new]])
        },
        AssumptionRow("a status is unknown", .knownStatuses, .didNotHold, says: "209") {
            $0.show("209")
        },
        AssumptionRow("a version is too old", .version, .didNotHold, says: "2.2.9") {
            $0.show("200", [JSONMember("data_store_version", "2.2.9")])
        },
        AssumptionRow("a version is new enough", .version, .held, says: "2.10") {
            $0.show("200", [JSONMember("data_store_version", "2.10")])
        },
        AssumptionRow("a version is none", .version, .notSeen) {
            $0.show("200", [JSONMember("data_store_version", "latest")])
        },
    ]

    static let nodes = ObservedOperation.dataPlane(
        graphName: ExchangeScript.name,
        path: "om/metrics"
    )
    static let probe = ObservedOperation.dataPlane(
        graphName: ExchangeScript.name,
        path: "version"
    )

    static let dataPlane: [AssumptionRow] = [
        AssumptionRow("om/metrics is as documented", .nodeMetrics, .held, says: "1 nodes") {
            $0.answer(nodes, ["timestamp": 1_700_000_000_000, "node_metrics": [[:]]])
        },
        AssumptionRow("om/metrics has another name", .nodeMetrics, .didNotHold, says: "gpu") {
            $0.answer(nodes, ["gpu": 1])
        },
        AssumptionRow("om/metrics is refused", .nodeMetrics, .notSeen, says: "400 GES.8000") {
            $0.answer(nodes, ["errorCode": "GES.8000"], status: 400)
        },
        AssumptionRow("a timestamp is in seconds", .nodeMetricsTime, .didNotHold) {
            $0.answer(nodes, ["timestamp": "1700000000"])
        },
        AssumptionRow("a timestamp is in milliseconds", .nodeMetricsTime, .held) {
            $0.answer(nodes, ["timestamp": 1_700_000_000_000])
        },
        AssumptionRow("a certificate is verified", .certificate, .didNotHold) {
            $0.answer(probe, [:], isEncrypted: true)
        },
        AssumptionRow("a certificate is refused", .certificate, .held) { $0.fail(probe, .tls) },
        AssumptionRow("plain HTTP shows no certificate", .certificate, .notSeen) {
            $0.answer(probe, [:])
        },
        AssumptionRow("a token is refused with 401", .credentialRefusal, .held) {
            $0.answer(probe, nil, status: 401)
        },
        AssumptionRow("a token is refused with 403", .credentialRefusal, .didNotHold, says: "403") {
            $0.answer(probe, nil, status: 403)
        },
        AssumptionRow("a metric is new", .metricNames, .didNotHold, says: "ges033_new") {
            $0.answer(.listMetrics, ["metrics": [["metric_name": "ges033_new"]]])
        },
        AssumptionRow("a name has spaces", .metricNames, .didNotHold) {
            $0.answer(.listMetrics, ["metrics": [["metric_name": "ges019 _running"]]])
        },
        AssumptionRow("metrics are known", .metricNames, .held) {
            $0.answer(.listMetrics, ["metrics": [["metric_name": "ges021_memory_usage"]]])
        },
    ]
}
