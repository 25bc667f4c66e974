import Testing
import Time

@testable import Remediation

@Suite("The label of a person")
struct LabelTests {
    private func judged(_ end: (inout Incident) -> Void) -> Incident {
        var incident = Incident.decided()
        incident.machine.noteIncident("g-1", of: Incident.g)
        end(&incident)
        return incident
    }

    @Test("counts instead of what was seen, and may be given again", arguments: [true, false])
    func overrides(isRight: Bool) {
        var incident = judged { $0.recover() }
        #expect(incident.score().wrong == 1)
        incident.order(.label(incidentID: "g-1", isRight: isRight))
        #expect(
            incident.answer
                == "the decision of 2026-11-23T10:00:30Z counts as \(isRight ? "right" : "wrong");"
                + " what was seen: wrong: it came back alone within the time that a restart takes"
        )
        #expect(incident.score().right == (isRight ? 1 : 0))
        #expect(incident.score().wrong == (isRight ? 0 : 1))
        #expect(incident.decisionRecords.last?.label?.reason == "on call")
        incident.order(.label(incidentID: "g-1", isRight: !isRight), id: "o2")
        #expect(incident.score().right == (isRight ? 0 : 1))
        #expect(incident.score().labelled == 1)
        #expect(incident.machine.counters.labels.values.reduce(0, +) == 2)
    }

    @Test("stays when the hang ends later")
    func early() {
        var incident = judged { _ in }
        incident.order(.label(incidentID: "g-1", isRight: true))
        #expect(incident.answer?.hasSuffix("what was seen: nothing that tells yet") == true)
        incident.recover()
        #expect(incident.judgement == .recoveredAlone)
        #expect(incident.score().right == 1 && incident.score().wrong == 0)
    }

    @Test("is an order: on record with who and why, beside the other lines of the graph")
    func audit() {
        var incident = judged { $0.recover() }
        incident.order(.label(incidentID: "g-1", isRight: true))
        let line = incident.effects.compactMap(\.audit).first
        #expect(line?.graphID == Incident.g && line?.kind == .order)
        #expect(line?.detail.hasPrefix("kim ordered: label incident g-1 right (on call)") == true)
        #expect(incident.effects.allSatisfy { $0.intent == nil })
    }

    @Test("needs an incident with a decision")
    func refused() {
        var incident = judged { $0.recover() }
        incident.order(.label(incidentID: "g-2", isRight: true))
        #expect(
            incident.answer == "not found: no decision of incident \"g-2\" is remembered"
        )
        #expect(incident.score().labelled == 0)

        incident = Incident()
        incident[Incident.g].entry = "prod"
        incident.view.sightSince = incident.now
        incident.requests = [Incident.request()]
        incident.pass(silent: .seconds(600))
        #expect(incident.labels == ["startup_grace"])
        incident.status("901")
        incident.cycle()
        #expect(incident.courses == [.missed])
        incident.machine.noteIncident("g-3", of: Incident.g)
        incident.order(.label(incidentID: "g-3", isRight: true))
        #expect(incident.answer?.hasPrefix("refused: nothing was decided") == true)
    }

    @Test("takes every incident of the hang, those of other agents, and the id of the graph")
    func incidents() {
        let early = Incident.start - .seconds(60)
        for id in ["g-1", "g-5", "g-\(early.milliseconds)", "g-\(early.milliseconds)-2", "g"] {
            var incident = judged {
                $0.machine.noteIncident("g-5", of: Incident.g)
                $0.recover()
            }
            incident.order(.label(incidentID: id, isRight: true))
            #expect(incident.score().right == 1, "\(id)")
            #expect(incident.effects.compactMap(\.audit).first?.graphID == Incident.g)
        }
        // The alert began fifteen minutes before the decision.
        for seconds in [-7200, -1200, 7200] {
            var incident = judged { $0.recover() }
            let other = Incident.start + .seconds(Int64(seconds))
            incident.order(.label(incidentID: "g-\(other.milliseconds)", isRight: true))
            #expect(incident.answer?.hasPrefix("not found") == true)
        }
    }

    @Test("of an earlier decision leaves the newest as it is")
    func earlier() {
        var incident = judged { $0.recover() }
        incident.cycle()
        incident.answer(false)
        incident.requests = [Incident.request()]
        incident.cycle()
        incident.machine.noteIncident("g-2", of: Incident.g)
        incident.order(.label(incidentID: "g-1", isRight: true))
        #expect(incident.decisionRecords.map(\.incidentIDs) == [["g-1"], ["g-2"]])
        #expect(incident.decisionRecords.map { $0.label?.isRight } == [true, nil])
    }
}
