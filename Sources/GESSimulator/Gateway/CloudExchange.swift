import JSON
import Time

/// One request in progress in the cloud.
struct CloudExchange: Sendable {
    let request: CloudRequest
    let route: CloudRoute
    /// The id of the graph that the request names; nil if it names none or one that does not exist.
    let graphID: String?
    let requestID: String
    let faults: AppliedFaults
    let now: Timestamp
    /// The cloud clock's time, for signatures and the Date header.
    let wrongNow: Timestamp

    var offeredAuthentication: AuthenticationKind {
        if request.header("X-Metadata-Token") != nil { return .metadataToken }
        if let token = request.header("X-Auth-Token"), !token.isEmpty { return .token }
        guard request.header("Authorization") != nil else { return .none }
        return request.header("X-Security-Token") == nil ? .signature : .temporarySignature
    }

    /// The same request, met later and by no fault.
    func moved(by delay: Duration) -> CloudExchange {
        CloudExchange(
            request: request,
            route: route,
            graphID: graphID,
            requestID: requestID,
            faults: AppliedFaults(),
            now: now + delay,
            wrongNow: wrongNow + delay
        )
    }

    /// An error in the format of this operation.
    func refusal(_ error: ServiceError) -> CloudAnswer {
        CloudAnswer(
            ErrorDocument.document(error, on: route, requestID: requestID),
            status: error.status
        )
    }

    /// Adds the headers that every answer carries.
    func finished(_ answer: CloudAnswer) -> CloudAnswer {
        var answer = answer
        answer.headers.append(("Date", wrongNow.httpDate))
        if wrongNow != now { answer.isVerbatim = true }
        answer.headers.append(("X-Request-Id", requestID))
        switch route.service {
        case .iam: answer.headers.append(("X-IAM-Trace-Id", requestID))
        case .dataPlane: answer.headers.append(("TraceID", requestID))
        case .ges, .metadata, .cloudEye: break
        }
        return answer
    }

    func record(_ number: Int, _ reply: CloudReply) -> RequestRecord {
        let answer = reply.answer
        return RequestRecord(
            number: number,
            time: now,
            service: route.service,
            operation: route.operation,
            method: request.method,
            path: request.path,
            query: request.query,
            graphID: graphID,
            authentication: offeredAuthentication,
            signature: request.header("Authorization")
                .flatMap { RequestSignature(authorization: $0)?.signature },
            status: answer?.status,
            code: answer?.document.flatMap { ErrorDocument.code(in: $0) },
            faults: faults.names
        )
    }
}
