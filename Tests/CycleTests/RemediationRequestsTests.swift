import Diagnosis
import Remediation
import Series
import Testing

@testable import Cycle
@testable import Rules
import Time

@Suite("An alert")
struct RemediationRequestsTests {
    private let time = Timestamp(seconds: 100)

    private func alert(
        _ labels: [(String, String)],
        state: AlertState,
        unconfirmedUntil: Timestamp? = nil
    ) -> ActiveAlert {
        ActiveAlert(
            ruleName: "A",
            group: "g",
            file: "f",
            labels: Labels([("alertname", "A")] + labels),
            annotations: [],
            state: state,
            activeAt: time,
            value: 1,
            lastSeenAt: time,
            unconfirmedUntil: unconfirmedUntil
        )
    }

    private let wanted = [("remediate", "restart"), ("graph_id", "x"), ("hang", "import")]

    private func count(_ alert: ActiveAlert) -> Int {
        RemediationRequests.from([alert], at: time).count
    }

    @Test("requests a restart while it fires and its expression holds")
    func firing() {
        let firing = AlertState.firing(since: time, keptSince: nil)
        #expect(count(alert(wanted, state: firing)) == 1)
    }

    @Test("requests nothing while pending, resolved, unconfirmed, or only kept firing")
    func notFiring() {
        let firing = AlertState.firing(since: time, keptSince: nil)
        #expect(count(alert(wanted, state: .pending)) == 0)
        #expect(count(alert(wanted, state: .resolved(at: time))) == 0)
        #expect(count(alert(wanted, state: firing, unconfirmedUntil: time)) == 0)
        let kept = AlertState.firing(since: time, keptSince: time)
        #expect(count(alert(wanted, state: kept)) == 0)
    }

    @Test("of a condition that a reload changed counts once that has held for as long as any other")
    func changedCondition() {
        var changed = alert(wanted, state: .firing(since: time, keptSince: nil))
        changed.holdDuration = .seconds(60)
        changed.conditionSince = .unknown
        #expect(count(changed) == 0)
        changed.conditionSince = .at(time - .seconds(59))
        #expect(count(changed) == 0)
        changed.activeAt = time - .seconds(600)
        changed.conditionSince = .at(time - .seconds(60))
        #expect(count(changed) == 1)
    }

    @Test("requests nothing without the required labels, or with an unknown hang")
    func labels() {
        let firing = AlertState.firing(since: time, keptSince: nil)
        #expect(count(alert([("graph_id", "x")], state: firing)) == 0)
        #expect(count(alert([("remediate", "restart")], state: firing)) == 0)
        #expect(count(alert(Array(wanted.dropLast()) + [("hang", "zzz")], state: firing)) == 0)
        let unnamed = alert(Array(wanted.dropLast()), state: firing)
        #expect(RemediationRequests.from([unnamed], at: time).map(\.hangClass) == [.unresponsive])
    }
}
