import API
import Cycle
import Remediation
import Time

/// Takes orders from the admin API into the inbox, and waits for their answers.
struct OrderIntake: OrderReceiver {
    let inbox: Inbox
    let clock: AgentClock

    /// A step may wait for a locked ledger, and clients give up after half a minute.
    private static let patience = Duration.seconds(15)

    func carryOut(_ order: Order) async throws(OrderRefusal) -> OrderAnswer {
        let ticket = try inbox.give(order)
        _ = await ticket.settled.race { [clock] in try? await clock.sleep(Self.patience) }
        guard let result = ticket.result else {
            inbox.orders.leave(ticket)
            throw .timeout
        }
        return try result.get()
    }
}
