import Diagnosis
import Remediation
import Testing
import Time

@Suite("An answer to a question")
struct QuestionTests {
    private static func question(_ incident: Incident) throws -> Question {
        try #require(incident.machine.record(of: Incident.g).question)
    }

    @Test("counts for no other rung that is asked about later")
    func otherRung() throws {
        var incident = climb(mode: .approve)
        incident.cycle()
        let cancel = try Self.question(incident)
        #expect(cancel.remedy == "cancel/7")
        incident[Incident.g].cancellableTasks = []
        incident.cycle()
        let restart = try Self.question(incident)
        #expect(restart.remedy == "restart" && restart.since > cancel.since)
        for kind in [Order.Kind.approve(Incident.g, cancel), .reject(Incident.g, cancel)] {
            incident.order(kind, id: kind.verb)
            #expect(
                incident.answer
                    == "refused: the question has changed since (\(cancel)): now \(restart)"
            )
        }
        #expect(incident.intents == [] && incident.phase.label == "awaiting_approval")
        incident.order(.approve(Incident.g, restart), id: "o3")
        #expect(incident.action == .restart)
    }

    @Test("counts for no later incident of the graph")
    func otherIncident() throws {
        var incident = climb([.restart], mode: .approve)
        incident.cycle()
        let first = try Self.question(incident)
        incident.requests = []
        incident.cycle()
        incident.requests = [Incident.request()]
        incident.cycle()
        incident.order(.approve(Incident.g, first))
        #expect(incident.answer?.contains("the question has changed") == true)
        #expect(incident.intents == [])
        incident.order(.approve(Incident.g, try Self.question(incident)), id: "o2")
        #expect(incident.answer == "the restart begins")
    }

    @Test("vetoes what was announced while its evidence is gathered")
    func lateVeto() throws {
        var incident = climb([.restart]) { policy in
            policy.veto = [.unresponsive: .seconds(120)]
            policy.evidenceTimeout = .seconds(600)
        }
        incident.cycle()
        let announced = try Self.question(incident)
        _ = incident.pass(.seconds(180))
        #expect(incident.phase.label == "gathering_evidence")
        incident.order(.reject(Incident.g, announced))
        #expect(incident.phase.label == "suspended")
    }

    @Test("is another order than one to another question")
    func subjects() {
        let questions = [
            nil, Question(remedy: "restart", since: Incident.start),
            Question(remedy: "restart", since: Incident.start + .seconds(1)),
            Question(remedy: "cancel/7", since: Incident.start),
        ]
        let subjects = questions.map { question in
            AnsweredOrder(
                Order(id: "o", .approve(Incident.g, question), by: "kim", reason: "x"),
                .done("x"),
                at: Incident.start
            )
        }
        #expect(Set(subjects.map(\.subject)).count == questions.count)
        #expect(subjects.allSatisfy { $0.isAbout(Incident.g) && !$0.isAbout(nil) })
        #expect(subjects.allSatisfy { !$0.isAbout(GraphID("h")) })
    }

    @Test("tells what an answered order was about")
    func about() {
        let kinds: [(Order.Kind, String?)] = [
            (.pause(.fleet, until: Incident.start), nil), (.resume(.entry("graph g")), nil),
            (.pause(.graph(GraphID("g")), until: Incident.start), "g"),
            (.reject(GraphID("g")), "g"),
            (.restart(GraphID("g"), RestartTerms(overrides: [.attempts])), "g"),
            (.acknowledge(GraphID("g"), clearsAttempts: true), "g"),
            (.label(incidentID: "g-1", isRight: true), "g"),
            (.label(incidentID: "g", isRight: true), "g"),
        ]
        for (kind, id) in kinds {
            let graph = id.map { GraphID($0) }
            let order = Order(id: "o", kind, by: "kim", reason: "x")
            let answered = AnsweredOrder(order, .done("x"), at: Incident.start)
            #expect(answered.isAbout(graph), "\(kind)")
            #expect(!answered.isAbout(graph == nil ? GraphID("g") : nil), "\(kind)")
            #expect(!answered.isAbout(GraphID("gg")) && !answered.isAbout(GraphID("")), "\(kind)")
        }
    }
}
