import Remediation
import Time

@testable import Diagnosis

/// An incident with everything that one can have.
enum FullIncident {
    static let start = BusyAgent.start

    /// The clock of the incident: it begins at 02:58.
    static func at(_ minutes: Int64, day: Int64 = 0) -> Timestamp {
        let midnight = start.milliseconds / 86_400_000 * 86_400_000
        let begin = Timestamp(milliseconds: midnight) + .seconds(2 * 3_600 + 58 * 60)
        return begin + .seconds(minutes * 60 + day * 86_400)
    }

    static func timeLine(
        _ word: String = "orders",
        hangClass: HangClass = .unresponsive,
        _ change: (inout IncidentRecord) -> Void = { _ in },
        events: [(String, String, Int64)] = [("intended", "restarting \"orders\"", 16)]
    ) -> IncidentTimeLine {
        var record = IncidentRecord(
            graphID: GraphID(word),
            graphName: word,
            hangClass: hangClass,
            alertname: word,
            openedAt: at(3)
        )
        record.milestones.firstSignAt = at(0)
        record.milestones.alertActiveAt = at(1)
        record.milestones.alertFiredAt = at(3)
        record.milestones.provedAt = at(4)
        record.milestones.decidedAt = at(16)
        record.milestones.acceptedAt = at(16)
        record.milestones.restartedAt = at(20)
        record.milestones.recoveredAt = at(20)
        record.milestones.verifiedAt = at(21)
        record.endedAt = at(22)
        record.outcome = "verified"
        record.jobID = word
        record.sizeBefore = .init(vertices: 1_000, edges: 5_000, at: at(0))
        record.sizeAfter = .init(vertices: 1_000, edges: nil, at: at(21))
        record.omittedTasks = 1
        record.omittedEvents = 2
        record.diagnosis = .init(verdict: "hung", text: word, path: word, signs: [sign(word)])
        record.gates = [gate(word)]
        change(&record)
        let noted =
            events + [
                ("verdict", "hung: " + word, 4), ("answer", "HTTP 200\n" + word, 17),
                (word, word, 17),
            ]
        return IncidentTimeLine(
            record: record,
            events: noted.enumerated().map { number, event in
                IncidentEvent(
                    incidentID: record.id,
                    position: number + 1,
                    at: at(event.2),
                    kind: event.0,
                    text: event.1
                )
            },
            tasks: [task(word)]
        )
    }

    private static func sign(_ word: String) -> IncidentRecord.Sign {
        IncidentRecord.Sign(
            Assessment.SignReport(
                sign: word,
                word: .silent,
                answer: word,
                at: at(4),
                since: at(0)
            )
        )
    }

    private static func gate(_ word: String) -> IncidentRecord.GateState {
        let machine = Machine()
        let view = FleetView(graphs: [:], sightSince: nil, freshness: .zero)
        let finding = machine.explain(GraphID(word), in: view, at: at(0)).gates[0]
        return IncidentRecord.GateState(finding)
    }

    private static func task(_ word: String) -> IncidentRecord.InterruptedTask {
        var task = IncidentRecord.InterruptedTask(
            id: word,
            type: word,
            state: "running",
            progressRatio: 0.5,
            startedAt: at(0),
            request: "POST /ges\n" + word,
            notedAt: at(15)
        )
        task.isRequestCut = true
        return task
    }
}
