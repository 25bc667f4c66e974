import HTTPClient
import JSON
import Time

/// The result of sending an action. An action is sent only once: the API has no idempotency key, so
/// an unknown outcome must be resolved by reading status and jobs, never by sending again.
///
/// Invariant: every case but `accepted` and `unknown` proves that the action was not carried out.
/// When in doubt the answer is `unknown`.
package enum ActionAnswer: Hashable, Sendable {
    /// The service accepted the action. The response may or may not name the job.
    case accepted(jobID: String?)
    /// The service refused the action.
    case refused(ServiceFailure)
    /// 401 or 403; not carried out.
    case unauthorised(ServiceFailure)
    /// 429 or the client's own rate limit; not carried out.
    case throttled(retryAfter: Duration?)
    /// The request did not reach the service.
    case notSent(GESError)
    /// The action may have been carried out: there was no response, or an inconclusive one. A 5xx
    /// does not prove a refusal.
    case unknown(GESError)
}

extension ActionAnswer {
    /// Codes for a failure behind the API, possibly after the action was accepted. The GES error
    /// code reference says to check status and jobs first.
    private static let inconclusiveCodes: Set = ["GES.7005", "GES.7006"]

    init(_ answer: ServiceAnswer, now: Timestamp) {
        let error = AnswerReader.failure(of: answer, now: now)
        switch answer.status {
        case 200..<300: self = Self.success(answer, error: error)
        case 401, 403: self = error.failure.map(Self.unauthorised) ?? .unknown(error)
        case 429: self = .throttled(retryAfter: answer.retryAfter(now: now))
        // 408 may come from a proxy that had already forwarded the request.
        case 400..<500 where answer.status != 408: self = Self.refusal(error)
        default: self = .unknown(error)
        }
    }

    /// For a request that failed without a response.
    init(failure error: GESError) {
        switch error {
        case .http(let cause):
            self = cause.requestMayHaveBeenSent ? .unknown(error) : .notSent(error)
        case .throttled(nil, let retryAfter): self = .throttled(retryAfter: retryAfter)
        case .credentials, .invalidArgument, .withdrawn, .noAddress, .refusedAddress:
            self = .notSent(error)
        default: self = .unknown(error)
        }
    }

    private static func success(_ answer: ServiceAnswer, error: GESError) -> ActionAnswer {
        if answer.body.isEmpty { return .accepted(jobID: nil) }
        do {
            guard let object = WireObject(try AnswerReader.parse(answer)) else {
                return .unknown(.unexpected("response \(answer.status): expected a JSON object"))
            }
            guard error.code == nil else { return refusal(error) }
            return .accepted(jobID: object.text("job_id", "jobId"))
        } catch {
            return .unknown(error)
        }
    }

    /// Only an error code of the service proves a refusal: a bare 4xx may come from a proxy.
    private static func refusal(_ error: GESError) -> ActionAnswer {
        guard let failure = error.failure, let code = failure.code,
            !inconclusiveCodes.contains(code)
        else { return .unknown(error) }
        return .refused(failure)
    }
}
