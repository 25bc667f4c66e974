import JSON
import Listener
import Remediation
import Time

/// `/api/v1/admin/`: what persons order. Each order is on disk, with who gave it and why, before it
/// is answered.
struct AdminAPI: Sendable {
    /// nil if the agent was started without `--web.enable-admin-api`.
    let receiver: (any OrderReceiver)?
    let metrics: MetricRegistry
    let now: @Sendable () -> Timestamp

    /// Each waits for a write of the ledger.
    private static let maximumInFlight = 16

    var routes: [Route] {
        Order.Kind.verbs.map { verb in
            var route = Route(
                "POST",
                "/api/v1/admin/\(verb)",
                maximumBodyBytes: OrderBody.limits.maximumBytes
            ) {
                await carryOut(verb, $0)
            }
            route.maximumInFlight = Self.maximumInFlight
            route.precondition = { refusal($0) }
            return route
        }
    }

    /// Before the body is read.
    private func refusal(_ request: ServerRequest) -> ServerResponse? {
        guard receiver == nil || request.user == nil else { return nil }
        let text =
            receiver == nil
            ? "admin APIs disabled; start the agent with --web.enable-admin-api"
            : "orders need an authenticated user"
        guard case .response(let response) = APIResponse.failure(403, "unavailable", text) else {
            return nil
        }
        return response
    }

    private func carryOut(_ verb: String, _ request: ServerRequest) async -> Reply {
        guard let receiver, let user = request.user else {
            return refusal(request).map(Reply.response)
                ?? APIResponse.failure(403, "unavailable", "orders need an authenticated user")
        }
        let order: Order
        do {
            order = try OrderBody.order(verb, request.body, user: user, at: now())
        } catch {
            metrics.add(to: MetricCatalog.orders, verb, "invalid")
            return APIResponse.failure(400, "bad_data", "\(error)")
        }
        do throws(OrderRefusal) {
            return Self.reply(order, try await receiver.carryOut(order))
        } catch {
            switch error {
            case .unavailable(let cause):
                metrics.add(to: MetricCatalog.orders, verb, "unavailable")
                return APIResponse.failure(503, "unavailable", cause)
            case .timeout:
                metrics.add(to: MetricCatalog.orders, verb, "timeout")
                return APIResponse.failure(
                    504,
                    "timeout",
                    "no answer in time; ask again with the same id"
                )
            }
        }
    }

    // MARK: - Answers

    private static func reply(_ order: Order, _ answer: OrderAnswer) -> Reply {
        switch answer.outcome {
        case .done: APIResponse.success(document(order, answer))
        case .unknown: APIResponse.failure(404, "not_found", answer.text)
        case .refused, .held:
            APIResponse.failure(
                409,
                answer.outcome.rawValue,
                answer.text,
                data: [
                    "id": .string(order.id),
                    "reasons": .array(answer.reasons.map(reason)),
                ]
            )
        }
    }

    private static func document(_ order: Order, _ answer: OrderAnswer) -> JSONValue {
        var members = [
            JSONMember("id", .string(order.id)),
            JSONMember("order", .string(order.kind.verb)),
            JSONMember("outcome", .string(answer.outcome.rawValue)),
            JSONMember("text", .string(answer.text)),
        ]
        if let until = answer.until {
            members.append(JSONMember("until", .string(until.rfc3339)))
        }
        switch order.kind {
        case .pause, .restart, .approve:
            members.append(JSONMember("inFlight", .array(answer.inFlight.map(restart))))
        case .reject, .acknowledge, .resume, .label: break
        }
        return .object(members)
    }

    private static func reason(_ gate: ClosedGate) -> JSONValue {
        [
            "gate": .string(gate.gate),
            "reason": .string(gate.reason),
            "text": .string(gate.text),
            "override": gate.override.map { .string($0.rawValue) } ?? .null,
        ]
    }

    private static func restart(_ restart: RestartInFlight) -> JSONValue {
        [
            "graphId": .string(restart.graphID.rawValue),
            "graphName": .string(restart.graphName),
            "attempt": .integer(Int64(restart.attempt)),
            "phase": .string(restart.phase),
            "latestLanding": restart.latestLanding.map { .string($0.rfc3339) } ?? .null,
        ]
    }
}
