import Cycle
import Diagnosis
import Series
import Testing
import Time

@testable import Agent
@testable import Remediation

@Suite("The alerts about remediations")
struct AlertDerivationTests {
    private static let now = Timestamp(milliseconds: 1_795_428_000_000)
    private static let id = GraphID("g-1")
    private static let request = RestartRequest(
        graphID: id,
        hangClass: .unresponsive,
        alertname: "GraphHung",
        reason: "no answer",
        activeAt: now - .seconds(600)
    )
    private static let intent = Intent(
        request: request,
        graphName: "prod",
        attempt: 1,
        createdAt: now - .seconds(300)
    )

    private func status(_ change: (inout GraphRecord) -> Void) -> Status {
        var record = GraphRecord(id: Self.id)
        change(&record)
        var status = Status.starting
        status.at = Self.now
        status.machine = Machine(
            restoring: MachineSnapshot(records: [record], pauses: []),
            at: Self.now
        )
        return status
    }

    private func alerts(_ status: Status, url: String? = nil) -> [OutgoingAlert] {
        AlertDerivation(status: status, externalURL: url).alerts
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let name: String?
        let severity: String
        let phase: Phase
        var testDescription: String { phase.label }
    }

    static let rows = [
        Row(name: nil, severity: "", phase: .idle),
        Row(
            name: "GraphwardenApprovalRequested",
            severity: "warning",
            phase: .awaitingApproval(since: now, expiresAt: now + .seconds(60))
        ),
        Row(
            name: "GraphwardenRestartAnnounced",
            severity: "info",
            phase: .countingDown(since: now, until: now + .seconds(60))
        ),
        Row(
            name: "GraphwardenRestarted",
            severity: "info",
            phase: .verifying(
                Phase.Verifying(intent: intent, wasStalled: false, since: now, deadline: now)
            )
        ),
        Row(
            name: "GraphwardenStalled",
            severity: "critical",
            phase: .stalled(intent, since: now, cause: "the job failed")
        ),
        Row(name: "GraphwardenExhausted", severity: "critical", phase: .exhausted(since: now)),
        Row(name: nil, severity: "", phase: .waiting(until: now, cause: "acknowledged")),
    ]

    @Test("tell each phase that people have to know by one alert", arguments: rows)
    func phases(row: Row) throws {
        let alerts = alerts(status { $0.phase = row.phase }, url: "http://agent/gw")
        #expect(alerts.map { $0.labels["alertname"] } == [row.name].compactMap(\.self))
        guard let alert = alerts.first else { return }
        #expect(alert.labels["severity"] == row.severity)
        #expect(alert.labels["graph_id"] == "g-1")
        #expect(alert.link == "http://agent/gw/api/v1/graphs/g-1/why")
        #expect(alert.annotations.map(\.name) == ["description", "summary"])
        #expect(alert.annotations.first?.value == "\(row.phase)")
    }

    @Test("tell for 15 minutes that a restart helped")
    func verified() {
        func told(_ age: Duration, _ outcome: AttemptOutcome) -> [String] {
            let status = status { record in
                var attempt = Attempt(of: Self.intent)
                attempt.ending = Attempt.Ending(outcome: outcome, at: Self.now - age)
                record.attempts = [attempt]
            }
            return alerts(status).map { $0.labels["alertname"] }
        }
        #expect(told(.seconds(899), .verified) == ["GraphwardenVerified"])
        #expect(told(.seconds(900), .verified).isEmpty)
        #expect(told(.zero, .notRecovered).isEmpty)
    }

    @Test("tell once that a restart is held for half an hour, unless the hold is planned")
    func held() {
        func told(after minutes: Int, _ hold: ExternalHold?) -> [String] {
            var graph = GraphView(
                id: Self.id,
                name: "prod",
                statusCode: "200",
                statusSince: .distantPast,
                observedAt: Self.now,
                verdict: .suspect(since: Self.now),
                policy: Policy()
            )
            if let hold { graph.externalHolds = [hold] }
            let view = FleetView(
                graphs: [Self.id: graph],
                sightSince: .distantPast,
                freshness: .seconds(90)
            )
            var status = Status.starting
            for minute in [0, minutes] {
                status.at = Self.now + .seconds(minute * 60)
                _ = status.machine.step(
                    requests: [Self.request],
                    reports: [],
                    view: view,
                    at: status.at
                )
            }
            return alerts(status).map { $0.labels["alertname"] }
        }
        #expect(told(after: 29, nil).isEmpty)
        #expect(told(after: 30, nil) == ["GraphwardenHeldFor30Minutes"])
        #expect(told(after: 90, .maintenance(window: "w", ends: nil, observe: .zero)).isEmpty)
        #expect(told(after: 90, .silenced(by: "x", ends: nil)).isEmpty)
    }

    @Test("tell that the agent only watches, with the reasons")
    func detectOnly() {
        var status = status { _ in }
        status.detectOnly = [.ledger("disk full")]
        let alerts = alerts(status)
        #expect(alerts.map { $0.labels["alertname"] } == ["GraphwardenDetectOnly"])
        #expect(alerts.first?.labels["severity"] == "critical")
        #expect(alerts.first?.annotations.first?.value.contains("disk full") == true)
    }

    @Test("put the worst first, before the alerts of rules")
    func order() {
        let phases: [(String, Phase)] = [
            ("a", .countingDown(since: Self.now, until: Self.now)),
            ("b", .awaitingApproval(since: Self.now, expiresAt: Self.now)),
            ("c", .exhausted(since: Self.now)),
        ]
        let records = phases.map { id, phase in
            var record = GraphRecord(id: GraphID(id))
            record.phase = phase
            return record
        }
        var status = Status.starting
        status.at = Self.now
        status.machine = Machine(
            restoring: MachineSnapshot(records: records, pauses: []),
            at: Self.now
        )
        #expect(alerts(status).map { $0.labels["graph_id"] } == ["c", "b", "a"])
    }

    @Test("tell of pauses that are older than a day, by labels that do not change")
    func paused() {
        func alerts(_ scope: PauseScope, hours: Int) -> [OutgoingAlert] {
            let pause = Pause(
                scope: scope,
                by: "kim",
                reason: "move",
                since: Self.now - .seconds(hours * 3600),
                until: Self.now + .seconds(3600)
            )
            var status = Status.starting
            status.at = Self.now
            status.machine = Machine(
                restoring: MachineSnapshot(records: [], pauses: [pause]),
                at: Self.now
            )
            for id in ["g-1", "g-2"] {
                status.view.graphs[GraphID(id)] = GraphView(
                    id: GraphID(id),
                    name: id,
                    statusCode: "200",
                    statusSince: .distantPast,
                    observedAt: Self.now,
                    verdict: .healthy,
                    policy: nil
                )
            }
            status.view.entries = ["prod"]
            status.view.graphs[Self.id]?.entry = "prod"
            return self.alerts(status)
        }
        let rows: [(PauseScope, Labels, String)] = [
            (.fleet, ["scope": "fleet"], "2"),
            (.entry("prod"), ["scope": "entry", "entry": "prod"], "1"),
            (.graph(Self.id), ["scope": "graph", "graph_id": "g-1"], "1"),
        ]
        for (scope, labels, count) in rows {
            #expect(alerts(scope, hours: 23).isEmpty)
            let told = alerts(scope, hours: 24)
            #expect(told.map(\.startsAt) == [Self.now])
            let common: Labels = ["alertname": "GraphwardenPaused", "severity": "warning"]
            #expect(told.first?.labels == Labels(common.elements + labels.elements))
            #expect(alerts(scope, hours: 30).first?.labels == told.first?.labels)
            let annotations = told.first?.annotations ?? []
            #expect(
                annotations.map(\.name) == [
                    "by", "description", "graphs", "reason", "summary", "until",
                ]
            )
            #expect(annotations.first { $0.name == "graphs" }?.value == count)
            #expect(annotations.first { $0.name == "by" }?.value == "kim")
        }
    }

    @Test("link to a graph whatever characters its id has")
    func link() {
        var record = GraphRecord(id: GraphID("a b/%ü"))
        record.phase = .exhausted(since: Self.now)
        var status = Status.starting
        status.machine = Machine(
            restoring: MachineSnapshot(records: [record], pauses: []),
            at: Self.now
        )
        let links = alerts(status, url: "http://agent").map(\.link)
        #expect(links == ["http://agent/api/v1/graphs/a%20b%2F%25%C3%BC/why"])
    }
}
