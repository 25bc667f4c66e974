import API
import Cycle
import Remediation
import Synchronization

/// Orders that wait for the next step, and the persons who wait for the answer.
///
/// An order that is given again while it waits is carried out once, and all who gave it get the
/// answer.
final class OrderDesk: Sendable {
    private struct Waiting {
        let order: Order
        var tickets: [OrderTicket]
    }

    private struct State {
        var isOpen = false
        /// Orders for the next step, oldest first.
        var queue: [Order] = []
        /// By the id of the order.
        var waiting: [String: Waiting] = [:]
    }

    /// More persons than give orders at once.
    private static let maximumWaiting = 64
    private let state = Mutex(State())

    /// Nothing is taken before the first step, because the graphs are not known yet.
    func put(_ order: Order) throws(OrderRefusal) -> OrderTicket {
        let result = state.withLock { state -> Result<OrderTicket, OrderRefusal> in
            guard state.isOpen else {
                return .failure(
                    .unavailable("the agent takes no orders: it is starting or stopping")
                )
            }
            guard state.waiting.values.reduce(0, { $0 + $1.tickets.count }) < Self.maximumWaiting
            else { return .failure(.unavailable("too many orders wait; ask again")) }
            let ticket = OrderTicket()
            if let same = state.waiting[order.id] {
                guard same.order.kind.subject == order.kind.subject else {
                    return .failure(
                        .unavailable("another order with the same id waits; choose a new id")
                    )
                }
                state.waiting[order.id]?.tickets.append(ticket)
            } else {
                state.waiting[order.id] = Waiting(order: order, tickets: [ticket])
                state.queue.append(order)
            }
            return .success(ticket)
        }
        return try result.get()
    }

    func take() -> [Order] {
        state.withLock { state in
            defer { state.queue = [] }
            return state.queue
        }
    }

    /// Answers what the effects of a step answer, as far as the step is on disk.
    func answer(_ effects: [Effect], _ disk: DiskOutcome) {
        for case .answer(let id, let answer) in effects {
            switch disk {
            case .written: settle(id, .success(answer))
            case .refused(let reason):
                let text = "the order is not on record; ask again with the same id: \(reason)"
                settle(id, .failure(.unavailable(text)))
            }
        }
    }

    private func settle(_ id: String, _ result: Result<OrderAnswer, OrderRefusal>) {
        let waiting = state.withLock { $0.waiting.removeValue(forKey: id) }
        for ticket in waiting?.tickets ?? [] { ticket.settle(result) }
    }

    /// Nobody waits for the answer any more. An order that no step has taken yet is dropped: it
    /// must not be carried out much later, and whoever still wants it gives it again. One that a
    /// step has taken is carried out.
    func leave(_ ticket: OrderTicket) {
        state.withLock { state in
            let given = state.waiting.first { $0.value.tickets.contains { $0 === ticket } }
            guard let (id, _) = given else { return }
            state.waiting[id]?.tickets.removeAll { $0 === ticket }
            guard state.waiting[id]?.tickets.isEmpty ?? false,
                let place = state.queue.firstIndex(where: { $0.id == id })
            else { return }
            state.queue.remove(at: place)
            state.waiting[id] = nil
        }
    }

    func open() {
        state.withLock { $0.isOpen = true }
    }

    /// Refuses what waits; none of it was carried out.
    func close() {
        let waiting = state.withLock { state in
            defer { state = State() }
            return state.waiting.values.flatMap(\.tickets)
        }
        for ticket in waiting { ticket.settle(.failure(.unavailable("the agent is stopping"))) }
    }
}

/// One person who waits for the answer to an order.
final class OrderTicket: Sendable {
    let settled = AsyncEvent()
    private let content = Mutex<Result<OrderAnswer, OrderRefusal>?>(nil)

    /// nil until it is settled.
    var result: Result<OrderAnswer, OrderRefusal>? { content.withLock { $0 } }

    func settle(_ result: Result<OrderAnswer, OrderRefusal>) {
        content.withLock { $0 = result }
        settled.set()
    }
}
