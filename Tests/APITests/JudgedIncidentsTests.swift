import Cycle
import Diagnosis
import JSON
import Remediation
import Testing
import Time

@testable import API

@Suite("Incidents with what is known of their decisions")
struct JudgedIncidentsTests {
    private struct Sealed: IncidentSource {
        let record: IncidentRecord

        func incidents(_ filter: IncidentFilter) throws(AuditSourceError) -> [IncidentRecord] {
            [record]
        }

        func incident(_ id: String) throws(AuditSourceError) -> IncidentTimeLine? {
            id == record.id ? IncidentTimeLine(record: record, events: []) : nil
        }
    }

    private static let start = Timestamp(milliseconds: 1_795_428_000_000)

    @Test("show a label that was given after they were sealed, wherever the records are kept")
    func label() throws {
        let incident = IncidentRecord(
            graphID: GraphID("g"),
            graphName: "orders",
            hangClass: .unresponsive,
            alertname: "GraphHung",
            openedAt: Self.start
        )
        var graph = GraphRecord(id: GraphID("g"))
        graph.decisions = [
            DecisionRecord(.shadow, .unresponsive, entry: "prod", at: Self.start)
        ]
        graph.decisions[0].incidentIDs = ["g-0", incident.id]
        graph.decisions[0].label = DecisionLabel(
            isRight: true,
            by: "kim",
            reason: "log",
            at: Self.start
        )
        let snapshot = MachineSnapshot(records: [graph], pauses: [], answered: [])
        var status = Status.starting
        status.machine = Machine(restoring: snapshot, at: Self.start)
        let board = StatusBoard()
        let source = JudgedIncidents(source: Sealed(record: incident), board: board)
        #expect(try source.incident(incident.id)?.record.decision == nil)
        board.publish(status)
        #expect(try source.incident(incident.id)?.record.decision == graph.decisions[0])
        #expect(try source.incidents(IncidentFilter()).map(\.decision) == [graph.decisions[0]])
        #expect(try source.incident("g-1") == nil)
        #expect(IncidentJSON.decision(graph.decisions[0])["incident"] == .string(incident.id))
    }
}
