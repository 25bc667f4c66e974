import Agent
import HTTPClient
import JSON
import Time

/// Orders: requests that change what the agent does.
extension AgentClient {
    /// The waits between sends, in milliseconds. The agent carries out an order with the same id
    /// once, so asking again is safe.
    private static let waits = [500, 1_000, 2_000, 4_000]

    /// Sends the order until there is an answer, five times at most.
    ///
    /// - Parameter note: called before the order is sent again, with the reason.
    func give(
        _ order: OrderRequest,
        note: (String) -> Void
    ) async throws(AgentClientError) -> AgentResponse {
        let body: [UInt8]
        do {
            body = try order.body.serialized()
        } catch {
            throw .refused("the order cannot be encoded as JSON: \(error)")
        }
        var mayBeDone = false
        var waits = Self.waits[...]
        while true {
            let problem: String
            switch try await reply(to: order.verb, body) {
            case .done(let response): return response
            case .refused(let text): throw .refused(text)
            case .foreign(let text): throw .unreachable("\(address): \(text)")
            case .turnedAway(let text): problem = text
            case .lost(let text):
                mayBeDone = true
                problem = text
            case .unreachable(let text):
                problem = text
                // Nobody listens there: that will not change while a person waits.
                guard mayBeDone else { throw .unreachable(text) }
            }
            guard let wait = waits.popFirst() else {
                throw .unreachable(
                    mayBeDone
                        ? "\(problem); the order \(order.id) may have been carried out: see"
                            + " graphwarden why and graphwarden status" : problem
                )
            }
            note("\(problem); asking again with the same id")
            try? await AgentClock.system.sleep(.milliseconds(wait))
        }
    }

    private func reply(to verb: String, _ body: [UInt8]) async throws(AgentClientError)
        -> OrderReply
    {
        do throws(SendError) {
            return OrderReply(try await send("/api/v1/admin/\(verb)", body: body))
        } catch {
            switch error {
            case .credentials(let cause): throw .unreachable("\(cause)")
            case .request(let cause):
                let text = "\(unreachable(cause))"
                return cause.requestMayHaveBeenSent ? .lost(text) : .unreachable(text)
            }
        }
    }
}
