/// Authorization: the gateway's checks in front of GES and Cloud Eye, and the graph's own.
extension SimulatedCloud {
    /// Checks the token if one is present, otherwise the signature; then the project.
    mutating func authenticate(_ exchange: CloudExchange) throws(ServiceError) {
        guard exchange.route.operation != .unknown else { throw .noSuchInterface }
        if let tail = credentialRefusal(exchange) { throw tail }
        guard exchange.route.projectID == configuration.projectID else {
            throw .parameterIncorrect
        }
    }

    /// The graph checks by itself, with its own codes; there is no gateway in front of it.
    mutating func authenticateDataPlane(_ exchange: CloudExchange) throws(ServiceError) {
        guard exchange.route.operation != .unknown else { throw .bodyIncorrect }
        guard credentialRefusal(exchange) == nil,
            !dataPlaneRefuses.contains(exchange.offeredAuthentication)
        else { throw .tokenInvalid }
        guard exchange.route.projectID == configuration.projectID else { throw .accessInvalid }
        guard exchange.graphID != nil else { throw .graphNotFound(exchange.route.graph ?? "") }
    }

    mutating func credentialRefusal(_ exchange: CloudExchange) -> ServiceError? {
        let request = exchange.request
        if let token = request.header("X-Auth-Token"), !token.isEmpty {
            return identity.refusalTail(ofToken: token, at: exchange.now)
                .map { .authenticationIncorrect($0) }
        }
        guard let authorization = request.header("Authorization") else {
            return .authenticationIncorrect("x-auth-token not found")
        }
        guard let signature = RequestSignature(authorization: authorization) else {
            return .authenticationIncorrect("verify aksk signature fail")
        }
        return keys.refusal(of: signature, on: request, at: exchange.wrongNow)
    }
}
