import GES
import HTTPClient
import JSON
import LiveRehearsal
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
