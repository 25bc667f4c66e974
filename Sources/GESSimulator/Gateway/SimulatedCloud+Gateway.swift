import JSON
package import Time

/// From a request to the reply: outage, faults, authentication, service, log.
extension SimulatedCloud {
    /// Answers one request and logs it.
    package mutating func handle(
        _ request: CloudRequest,
        at trueTime: Timestamp
    ) -> CloudReply {
        let route = CloudRoute.of(request)
        let graphID = graphID(of: route)
        let requestID = random.requestIDs.requestID()
        let applied = faults.take(
            for: route,
            graphID: graphID,
            at: trueTime,
            with: &random.faults
        )
        let exchange = CloudExchange(
            request: request,
            route: route,
            graphID: graphID,
            requestID: requestID,
            faults: applied,
            now: trueTime,
            wrongNow: trueTime + clockError + applied.clockError
        )
        let reply = reply(to: exchange)
        log.append { number in exchange.record(number, reply) }
        return reply
    }

    private func graphID(of route: CloudRoute) -> String? {
        guard let graph = route.graph else { return nil }
        return route.service == .dataPlane
            ? graphID(named: graph) : self.graph(graph).map { $0.id }
    }

    private mutating func reply(to exchange: CloudExchange) -> CloudReply {
        if let outage, outage.meets(exchange.route.service, at: exchange.now) {
            return outageReply(outage, exchange)
        }
        if let reply = replyOfNetwork(exchange) { return reply }
        let manner = mannerOfGraph(exchange)
        switch manner {
        case .silent, .unreachable: return .never
        case .dropping, .refusing: return .close
        case .answering, .slow, .failing: break
        }
        if case .delayed(let lateness) = exchange.faults[.delivery] {
            delay(exchange, by: lateness)
            return .never
        }
        var answer: CloudAnswer?
        if !exchange.faults.preempt {
            do throws(ServiceError) {
                if case .failing(let error) = manner { throw error }
                answer = try perform(exchange)
            } catch {
                answer = exchange.refusal(error)
            }
        }
        let final = exchange.distorted(answer)
        let reply = exchange.delivered(exchange.finished(final))
        guard case .slow(let delay) = manner, case .answer(let slowed) = reply else {
            return reply
        }
        return .late(slowed, delay)
    }

    private mutating func delay(_ exchange: CloudExchange, by lateness: Duration) {
        guard delayed.count < Self.delayedMaximum else { return }
        delayed.append(exchange.moved(by: lateness))
    }

    private static let delayedMaximum = 1000

    /// Carries out the requests that were delayed until now. Nobody gets their answers.
    mutating func carryOutDelayed(at now: Timestamp) {
        guard !delayed.isEmpty else { return }
        let due = delayed.filter { $0.now <= now }.sorted { $0.now < $1.now }
        delayed.removeAll { $0.now <= now }
        for exchange in due { _ = try? perform(exchange) }
    }

    private func outageReply(_ outage: Outage, _ exchange: CloudExchange) -> CloudReply {
        switch outage.manner {
        case .hang: .never
        case .drop, .refuse: .close
        case .unavailable:
            .answer(
                exchange.finished(
                    exchange.refusal(
                        ServiceError(
                            "APIGW.0613",
                            "The IAM service is currently unavailable",
                            status: 503
                        )
                    )
                )
            )
        }
    }

    /// What the network does to a connection that it let through to this port, or what somebody
    /// else at the address replies.
    private func replyOfNetwork(_ exchange: CloudExchange) -> CloudReply? {
        guard exchange.route.service == .dataPlane else { return nil }
        let graph = exchange.graphID.flatMap { self.graph($0) }
        let address = exchange.request.hostName
        let fault = networkFault(
            for: graph,
            at: address,
            port: exchange.request.port,
            exchange.now
        )
        switch fault {
        case .timeout, .silent: return .never
        case .refused: return .close
        case nil: break
        }
        switch graph?.occupant(at: address) {
        case nil: return nil
        case .balancer(let status):
            let page = "<html><head><title>\(status)</title></head><body></body></html>\n"
            let body = CloudAnswer.Body.bytes(Array(page.utf8), contentType: "text/html")
            return .answer(exchange.finished(CloudAnswer(status, body)))
        case .graph(let id):
            let operation = exchange.route.operation
            guard let other = self.graph(id) else { return .close }
            switch other.effectiveManner(of: operation, at: exchange.now) {
            case .answering: break
            case .silent, .unreachable: return .never
            default: return .close
            }
            let error = ServiceError.graphNotFound(exchange.route.graph ?? "")
            return .answer(exchange.finished(exchange.refusal(error)))
        }
    }

    /// A graph that hangs or is down answers nobody, so this comes before authentication.
    private func mannerOfGraph(_ exchange: CloudExchange) -> DataPlaneManner {
        guard exchange.route.service == .dataPlane,
            let graph = exchange.graphID.flatMap({ graph($0) })
        else { return .answering }
        return graph.effectiveManner(of: exchange.route.operation, at: exchange.now)
    }

    private mutating func perform(_ exchange: CloudExchange) throws(ServiceError) -> CloudAnswer {
        if exchange.faults[.revocation] != nil { revokeTokens() }
        switch exchange.route.service {
        case .ges:
            try authenticate(exchange)
            return try performManagement(exchange)
        case .dataPlane:
            try authenticateDataPlane(exchange)
            return try performDataPlane(exchange)
        case .iam:
            return try performIdentity(exchange)
        case .metadata:
            return try performMetadata(exchange)
        case .cloudEye:
            try authenticate(exchange)
            return try performCloudEye(exchange)
        }
    }
}
