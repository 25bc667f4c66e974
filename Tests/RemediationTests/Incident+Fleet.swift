import Diagnosis
import Remediation
import Time

extension Incident {
    /// Further graphs that stop answering now.
    mutating func sicken(_ count: Int) {
        for number in 1...count { answer(false, from: GraphID("other-\(number)")) }
    }

    /// The operation of this kind does not end.
    mutating func stick(_ hangClass: HangClass) {
        self[Self.g].statusCode = hangClass.expectedStatusCode
        requests = [Self.request(Self.g, hangClass)]
    }

    /// Sends the restart of another graph, which answers again.
    mutating func restartAnother(_ outcome: RestartOutcome) {
        let (other, asked) = (GraphID("other-1"), requests)
        answer(false, from: other)
        requests = [Incident.request(other)]
        step()
        let id = machine.record(of: other).phase.intent?.id ?? ""
        step([.outcome(intentID: id, outcome, at: now)])
        answer(true, from: other)
        requests = asked
    }

    mutating func pause(_ scope: PauseScope, _ reason: String) {
        view.entries = ["prod"]
        self[Incident.g].entry = "prod"
        let until = now + .seconds(3600)
        let order = Order(id: "p", .pause(scope, until: until), by: "kim", reason: reason)
        let asked = requests
        requests = []
        step([.order(order)])
        requests = asked
    }

    mutating func resume(_ scope: PauseScope) {
        let asked = requests
        requests = []
        step([.order(Order(id: "r", .resume(scope), by: "kim", reason: "done"))])
        requests = asked
    }
}
