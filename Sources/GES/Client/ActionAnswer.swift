import HTTPClient
import JSON
import Time

/// What is known after an action was asked for. An action is sent once: the service has no idempotency
/// key, so what is not known must be found out by looking, never by sending again.
package enum ActionAnswer: Hashable, Sendable {
    /// The service takes the action; it may or may not name the job.
    case accepted(jobID: String?)
    /// The service says no.
    case refused(ServiceFailure)
    /// 401 or 403: not carried out.
    case unauthorised(ServiceFailure)
    /// Too many requests: not carried out.
    case throttled(retryAfter: Duration?)
    /// Certainly nothing reached the service.
    case notSent(GESError)
    /// It may or may not be carried out: no answer, or one that proves nothing. A 5xx is no "no".
    case unknown(GESError)
}

extension ActionAnswer {
    /// These say that something behind the interface failed, perhaps after it took the action; the
    /// reference tells to read status and jobs before anything else.
    private static let inconclusiveCodes: Set = ["GES.7005", "GES.7006"]

    init(_ answer: ServiceAnswer, now: Timestamp) {
        let error = AnswerReader.failure(of: answer, now: now)
        switch answer.status {
        case 200..<300: self = Self.success(answer, error: error)
        case 401, 403: self = error.failure.map(Self.unauthorised) ?? .unknown(error)
        case 429: self = .throttled(retryAfter: answer.retryAfter(now: now))
        case 400..<500 where answer.status != 408: self = Self.refusal(error)
        default: self = .unknown(error)
        }
    }

    /// The request failed before there was an answer.
    init(failure error: GESError) {
        switch error {
        case .http(let cause):
            self = cause.requestMayHaveBeenSent ? .unknown(error) : .notSent(error)
        case .throttled(nil, let retryAfter): self = .throttled(retryAfter: retryAfter)
        case .credentials, .invalidArgument, .noAddress: self = .notSent(error)
        default: self = .unknown(error)
        }
    }

    private static func success(_ answer: ServiceAnswer, error: GESError) -> ActionAnswer {
        if answer.body.isEmpty { return .accepted(jobID: nil) }
        do {
            guard let object = WireObject(try AnswerReader.parse(answer)) else {
                return .unknown(.unexpected("answer \(answer.status): JSON, but no object"))
            }
            guard error.code == nil else { return refusal(error) }
            return .accepted(jobID: object.text("job_id", "jobId"))
        } catch {
            return .unknown(error)
        }
    }

    private static func refusal(_ error: GESError) -> ActionAnswer {
        guard let failure = error.failure, let code = failure.code,
            !inconclusiveCodes.contains(code)
        else { return .unknown(error) }
        return .refused(failure)
    }
}
