import Remediation
import Testing
import Time

@Suite struct AuditTrailTests {
    @Test("what waits for the disk is bounded, and what is lost is counted")
    func bounded() {
        var machine = Machine()
        func order(_ number: Int) -> Report {
            .order(Order(id: "o\(number)", .resume(.fleet), by: "kim", reason: "on call"))
        }
        let view = Incident().view
        _ = machine.step(
            requests: [],
            reports: (1...10_000).map(order),
            view: view,
            at: Incident.start
        )
        #expect(machine.changes.audit.count == 10_000)
        #expect(machine.counters.droppedAuditEntries == 0)
        _ = machine.step(requests: [], reports: [order(0)], view: view, at: Incident.start)
        #expect(machine.changes.audit.count == 5001)
        #expect(machine.counters.droppedAuditEntries == 5000)
    }
}
