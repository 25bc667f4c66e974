import Diagnosis
import Remediation
import Testing
import Time

@testable import Page

@Suite("The sentence of an incident")
struct IncidentSentenceTests {
    private func text(
        events: [(String, String, Int64)] = [("intended", "restarting \"orders\"", 16)],
        hangClass: HangClass = .unresponsive,
        _ change: (inout IncidentRecord) -> Void = { _ in }
    ) -> String {
        let incident = FullIncident.timeLine(
            "orders",
            hangClass: hangClass,
            change,
            events: events
        )
        return IncidentSentence(incident: incident).text
    }

    @Test("tells the hang, the restart, the end and how long it took")
    func verified() {
        #expect(
            text() == "orders hung at 02:58, restarted once at 03:14, verified at 03:19: 21 min."
        )
    }

    @Test("tells what was done on each rung of the ladder")
    func ladder() {
        let events: [(String, String, Int64)] = [
            ("intended", "cancelling task 7 of \"orders\"", 5),
            ("intended", "stopping \"orders\"", 10), ("intended", "starting \"orders\"", 16),
            ("ended", "attempt 1 was refused", 17), ("intended", "starting \"orders\"", 18),
        ]
        #expect(
            text(events: events)
                == "orders hung at 02:58, relieved of a task once at 03:03, stopped once at 03:08, "
                + "started twice at 03:14 and 03:16, verified at 03:19: 21 min."
        )
    }

    @Test(
        "tells how it ended",
        arguments: [
            ("notRecovered", "but the last attempt did not bring the graph back."),
            ("refused", "but the last attempt was refused."), ("unfinished", "lost sight of it"),
            ("alertEnded", "the alert ended at 03:18."),
            ("recoveredAlone", "recovered without a restart at 03:18."),
        ]
    )
    func endings(outcome: String, ending: String) {
        let text = text {
            $0.outcome = outcome
            $0.milestones.verifiedAt = nil
        }
        #expect(text.contains(ending), "\(text)")
    }

    @Test("tells of shadow mode, of an order and of another day")
    func others() {
        let shadow = text(events: [], hangClass: .importing) {
            $0.isShadow = true
            $0.milestones.decidedAt = nil
            $0.milestones.verifiedAt = nil
            $0.outcome = nil
            $0.endedAt = nil
        }
        #expect(
            shadow == "orders hung while importing at 02:58, not restarted because of shadow mode."
        )
        var record = IncidentRecord(
            graphID: GraphID("orders"),
            graphName: "orders",
            hangClass: .unresponsive,
            alertname: "",
            openedAt: FullIncident.at(16)
        )
        record.milestones.decidedAt = FullIncident.at(16)
        record.milestones.verifiedAt = FullIncident.at(0, day: 1)
        record.outcome = "verified"
        let ordered = IncidentTimeLine(record: record, events: [])
        let sentence = IncidentSentence(incident: ordered).text
        let date = CivilTime(FullIncident.at(0, day: 1)).date
        #expect(
            sentence.hasPrefix("A person ordered a restart of orders at 03:14, restarted once"),
            "\(sentence)"
        )
        #expect(sentence.contains("verified at \(date) 02:58"), "\(sentence)")
    }
}
