package import Time

/// An order with its answer, as it is kept on disk.
package struct AnsweredOrder: Hashable, Sendable, Codable {
    package let id: String
    /// `Order.Kind.verb`.
    package let order: String
    /// `Order.Kind.subject`: what an order given again must ask for too.
    package let subject: String
    package let by: String
    package let reason: String
    package private(set) var at: Timestamp
    package let answer: OrderAnswer

    package init(_ order: Order, _ answer: OrderAnswer, at instant: Timestamp) {
        id = order.id
        self.order = order.kind.verb
        subject = order.kind.subject
        by = order.by
        reason = order.reason
        at = instant
        self.answer = answer
    }

    /// Whether the order names this graph, or with nil, whether it names no single graph.
    package func isAbout(_ id: GraphID?) -> Bool {
        let what = subject.dropFirst(order.count + 1)
        if ["pause", "resume"].contains(order) {
            let isOfGraph = what.hasPrefix("\(PauseScope.graph(GraphID("")))")
            return id.map { what == "\(PauseScope.graph($0))" } ?? !isOfGraph
        }
        if order == "label", let id, what.hasPrefix("\(id)-") { return true }
        return id.map { what == $0.rawValue || what.hasPrefix("\($0), ") } ?? false
    }

    func shifted(by jump: Duration) -> AnsweredOrder {
        var shifted = self
        shifted.at = at + jump
        return shifted
    }

    /// How long an answer is kept, and how many are: the newest.
    package static let retention: Duration = .seconds(30 * 86_400)
    package static let capacity = 10_000

    /// Whether the state of the machine says what the answer says, whatever the disk does. A
    /// restart is not sent while the disk refuses.
    fileprivate var isInForce: Bool {
        answer.outcome == .done && !["restart", "approve"].contains(order)
    }
}

extension Machine {
    /// The order with this id and its answer; nil if none was given lately.
    package func answeredOrder(_ id: String) -> AnsweredOrder? { answered[id] }

    /// The answer to an order that was given before. An id that was used for another order is
    /// refused: whoever gave that one would be told of this one.
    func earlierAnswer(to order: Order, at instant: Timestamp) -> OrderAnswer? {
        guard let earlier = answered[order.id], instant - earlier.at < AnsweredOrder.retention
        else { return nil }
        guard earlier.subject == order.kind.subject else {
            return .refused(
                "the id \"\(order.id)\" was used at \(earlier.at) for another order:"
                    + " \(earlier.subject); choose a new id"
            )
        }
        return earlier.answer
    }

    mutating func remember(_ answer: AnsweredOrder) {
        answered[answer.id] = answer
        pending.answered.append(answer)
        guard answered.count > AnsweredOrder.capacity else { return }
        let oldest = answered.values.sorted { ($0.at, $0.id) < ($1.at, $1.id) }
        // A tenth at a time: sorting them with every order would take longer than the order.
        let excess = answered.count - AnsweredOrder.capacity * 9 / 10
        for answer in oldest.prefix(excess) { answered[answer.id] = nil }
    }

    /// The disk refused the last changes, so nobody was answered. What is in force, such as a
    /// pause, stays so and is written later. Everything else did not happen, restarts included:
    /// whoever asks again gets an answer of that moment.
    package mutating func changesWereRefused() {
        for order in pending.answered where !order.isInForce { answered[order.id] = nil }
        pending.answered.removeAll { !$0.isInForce }
    }
}
